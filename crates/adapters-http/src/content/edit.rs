//! Changing a template. What has been started keeps the template as it was then.

use actix_web::{HttpRequest, web};
use domain::ids::TemplateId;
use domain::tenancy::{AuditEntry, AuditTarget};

use super::CHANGED;
use super::form::{TemplateForm, page};
use super::saving::{Refusal, examine, taken_name_refused};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    template: web::Path<TemplateId>,
) -> PageResult {
    let (tenant, id) = (me.tenant_id(), template.into_inner());
    let found = blocking(move || state.ports.templates.find(tenant, id)).await?;
    let form = TemplateForm::of(found.ok_or(Failure::NotFound)?);
    page(&request, Some(id), &form, &Refusal::default()).render()
}

pub(super) async fn submit(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    template: web::Path<TemplateId>,
    Form(form): Form<TemplateForm>,
) -> PageResult {
    let id = template.into_inner();
    let (outcome, form) =
        blocking(move || change(&state, &me, id, &form).map(|outcome| (outcome, form))).await?;
    match outcome {
        Ok(()) => {
            let flash = Flash::success("content-saved");
            Ok(redirect(&format!("/ui/templates/{id}"), Some(flash)))
        }
        Err(refusal) => page(&request, Some(id), &form, &refusal).render(),
    }
}

pub(super) fn change(
    state: &AppState,
    me: &SignedIn,
    id: TemplateId,
    form: &TemplateForm,
) -> Result<Result<(), Refusal>, Failure> {
    let (tenant, now) = (me.tenant_id(), me.now());
    let draft = match examine(&*state.ports.renderer, form, me) {
        Ok(draft) => draft,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let stored = state.ports.templates.update(tenant, id, &draft, now);
    match taken_name_refused(stored)? {
        Ok(true) => {}
        Ok(false) => return Err(Failure::NotFound),
        Err(refusal) => return Ok(Err(refusal)),
    }
    let target = AuditTarget::one("template", id);
    let audit = AuditEntry::new(me.actor(), CHANGED, target, now).with_detail(draft.name);
    state.ports.audit.append(tenant, &audit)?;
    Ok(Ok(()))
}
