//! What a template was each time it was saved, and going back to that.

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::content::TemplateVersion;
use domain::ids::TemplateId;
use domain::tenancy::{AuditEntry, AuditTarget, User};
use serde::Serialize;

use super::RESTORED;
use super::edit::change;
use super::form::{TemplateForm, page};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Flash, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::State;

#[derive(Serialize)]
struct Row {
    number: u32,
    mode: &'static str,
    subject: String,
    at: DateTime<Utc>,
    by: Option<String>,
}

impl Row {
    fn of(version: TemplateVersion, users: &[User]) -> Self {
        let by = users
            .iter()
            .find(|user| Some(user.id) == version.created_by);
        Self {
            number: version.number,
            mode: version.manuscript.mode.as_str(),
            subject: version.source.subject,
            at: version.created_at,
            by: by.map(|user| user.name.clone()),
        }
    }
}

pub(super) async fn list(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    template: web::Path<TemplateId>,
) -> PageResult {
    let (tenant, id) = (me.tenant_id(), template.into_inner());
    let (name, rows) = blocking(move || {
        let ports = &state.ports;
        let found = ports.templates.find(tenant, id)?.ok_or(Failure::NotFound)?;
        let users = ports.users.list(tenant)?;
        let versions = ports.templates.versions(tenant, id)?.into_iter();
        let rows: Vec<Row> = versions.map(|version| Row::of(version, &users)).collect();
        Ok::<_, Failure>((found.name, rows))
    })
    .await?;
    Page::of(&request, "content/versions.html")
        .title("content-versions")
        .nav(Nav::Templates)
        .with("id", &id)
        .with("name", &name)
        .with("rows", &rows)
        .render()
}

/// Saves what was once saved again, as the newest version; nothing is lost.
pub(super) async fn restore(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    path: web::Path<(TemplateId, u32)>,
) -> PageResult {
    let (id, number) = path.into_inner();
    let (outcome, form) = blocking(move || {
        let (tenant, templates) = (me.tenant_id(), &state.ports.templates);
        let name = templates.find(tenant, id)?.ok_or(Failure::NotFound)?.name;
        let mut versions = templates.versions(tenant, id)?.into_iter();
        let version = versions.find(|version| version.number == number);
        let form = TemplateForm::of_version(name, version.ok_or(Failure::NotFound)?);
        let outcome = change(&state, &me, id, &form)?;
        if outcome.is_ok() {
            let target = AuditTarget::one("template", id);
            let audit = AuditEntry::new(me.actor(), RESTORED, target, me.now());
            let detail = format!("{} #{number}", form.name);
            state
                .ports
                .audit
                .append(tenant, &audit.with_detail(detail))?;
        }
        Ok::<_, Failure>((outcome, form))
    })
    .await?;
    match outcome {
        Ok(()) => {
            let flash =
                Flash::success("content-version-restored").with("number", number.to_string());
            Ok(redirect(&format!("/ui/templates/{id}"), Some(flash)))
        }
        // The rules have changed since; the author mends it in the editor.
        Err(refusal) => page(&request, Some(id), &form, &refusal).render(),
    }
}
