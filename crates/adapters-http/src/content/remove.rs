//! Removing a template that no broadcast is made from.

use actix_web::web;
use domain::ids::TemplateId;
use domain::store::StoreError;
use domain::tenancy::{AuditEntry, AuditTarget};

use super::REMOVED;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};

pub(super) async fn submit(
    me: SignedIn,
    state: State,
    template: web::Path<TemplateId>,
) -> PageResult {
    let id = template.into_inner();
    let removed = blocking(move || remove(&state, &me, id)).await?;
    Ok(match removed {
        Removed::Gone(name) => {
            let flash = Flash::success("content-deleted").with("name", name);
            redirect("/ui/templates", Some(flash))
        }
        Removed::InUse => {
            let flash = Flash::danger("content-in-use");
            redirect(&format!("/ui/templates/{id}"), Some(flash))
        }
    })
}

enum Removed {
    Gone(String),
    InUse,
}

fn remove(state: &AppState, me: &SignedIn, id: TemplateId) -> Result<Removed, Failure> {
    let tenant = me.tenant_id();
    let found = state.ports.templates.find(tenant, id)?;
    let template = found.ok_or(Failure::NotFound)?;
    match state.ports.templates.remove(tenant, id) {
        Ok(true) => {}
        Ok(false) => return Err(Failure::NotFound),
        Err(StoreError::InUse(_)) => return Ok(Removed::InUse),
        Err(error) => return Err(error.into()),
    }
    let target = AuditTarget::one("template", id);
    let audit =
        AuditEntry::new(me.actor(), REMOVED, target, me.now()).with_detail(template.name.clone());
    state.ports.audit.append(tenant, &audit)?;
    Ok(Removed::Gone(template.name))
}
