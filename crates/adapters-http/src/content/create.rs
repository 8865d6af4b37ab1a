//! A new template.

use actix_web::HttpRequest;
use chrono::Utc;
use domain::ids::TemplateId;
use domain::store::StoreResult;
use domain::tenancy::{AuditEntry, AuditTarget};

use super::CREATED;
use super::form::{TemplateForm, page};
use super::saving::{Refusal, examine, taken_name_refused};
use crate::blocking::blocking;
use crate::error::PageResult;
use crate::extract::Form;
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};

pub(super) async fn show(request: HttpRequest, me: SignedIn) -> PageResult {
    let form = TemplateForm::starter(me.locale());
    page(&request, None, &form, &Refusal::default()).render()
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
    let (tenant, now) = (me.tenant_id(), Utc::now());
    let draft = form.draft();
    if let Err(refusal) = examine(&*state.ports.renderer, &draft) {
        return Ok(Err(refusal));
    }
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
