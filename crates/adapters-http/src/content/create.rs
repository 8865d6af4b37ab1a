//! A new template: how it shall be written, then the editor.

use actix_web::HttpRequest;
use domain::content::{TemplateMode, UnknownMode};
use domain::ids::TemplateId;
use domain::store::StoreResult;
use domain::tenancy::{AuditEntry, AuditTarget, Locale};
use serde::Deserialize;

use super::CREATED;
use super::form::{TemplateForm, page};
use super::saving::{Refusal, examine, taken_name_refused};
use super::starters;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::{Form, Query};
use crate::pages::{Flash, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    mode: Option<String>,
    starter: Option<String>,
}

/// The choice of a mode or a starter, or the editor if that is chosen.
pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    Query(asked): Query<Asked>,
) -> PageResult {
    let mode = asked.mode.map(|mode| mode.parse::<TemplateMode>());
    let mode = mode.transpose().map_err(|UnknownMode| Failure::NotFound)?;
    let form = match (asked.starter, mode) {
        (Some(key), mode) => {
            let starter = starters::named(&key).ok_or(Failure::NotFound)?;
            TemplateForm::of_starter(starter, mode.unwrap_or(TemplateMode::Visual))
        }
        (None, Some(mode)) => blank(mode, me.locale()),
        (None, None) => return choice(&request),
    };
    page(&request, None, &form, &Refusal::default()).render()
}

fn choice(request: &HttpRequest) -> PageResult {
    Page::of(request, "content/new.html")
        .title("content-new")
        .nav(Nav::Templates)
        .with("modes", &TemplateMode::ALL.map(TemplateMode::as_str))
        .with("starters", starters::ALL)
        .render()
}

fn blank(mode: TemplateMode, locale: Locale) -> TemplateForm {
    let body = match (mode, locale) {
        (TemplateMode::Visual, _) => starters::BLANK_VISUAL,
        (TemplateMode::Plain, _) => starters::BLANK_PLAIN,
        (TemplateMode::Code, Locale::Ja) => include_str!("starter/ja.html"),
        (TemplateMode::Code, Locale::En) => include_str!("starter/en.html"),
    };
    TemplateForm {
        mode,
        body: body.to_owned(),
        ..TemplateForm::default()
    }
}

pub(super) async fn submit(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<TemplateForm>,
) -> PageResult {
    let (outcome, form) =
        blocking(move || create(&state, &me, &form).map(|outcome| (outcome, form))).await?;
    match outcome {
        Ok(id) => {
            let flash = Flash::success("content-saved");
            Ok(redirect(&format!("/ui/templates/{id}"), Some(flash)))
        }
        Err(refusal) => page(&request, None, &form, &refusal).render(),
    }
}

fn create(
    state: &AppState,
    me: &SignedIn,
    form: &TemplateForm,
) -> StoreResult<Result<TemplateId, Refusal>> {
    let (tenant, now) = (me.tenant_id(), me.now());
    let draft = match examine(&*state.ports.renderer, form, me) {
        Ok(draft) => draft,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let template = draft.into_template(TemplateId::new(), now);
    let stored = state.ports.templates.create(tenant, &template);
    if let Err(refusal) = taken_name_refused(stored)? {
        return Ok(Err(refusal));
    }
    let target = AuditTarget::one("template", template.id);
    let audit = AuditEntry::new(me.actor(), CREATED, target, now).with_detail(template.name);
    state.ports.audit.append(tenant, &audit)?;
    Ok(Ok(template.id))
}
