//! Editing a lead.

use actix_web::{HttpRequest, web};
use domain::ids::LeadId;
use domain::leads::audit;
use domain::store::StoreError;
use domain::tenancy::AuditEntry;

use super::form::{LeadForm, changes};
use super::list::owners;
use super::new::Offered;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::State;

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    id: web::Path<LeadId>,
) -> PageResult {
    let (tenant, id) = (me.tenant_id(), id.into_inner());
    let (offered, lead) = blocking(move || {
        let found = state.ports.leads.find(tenant, id)?;
        let lead = found.ok_or(Failure::NotFound)?;
        Ok::<_, Failure>((Offered::read(&state.ports, tenant)?, lead))
    })
    .await?;
    let form = LeadForm::of(&lead);
    page(&request, id, &offered, &form, &FormErrors::default()).render()
}

pub(super) async fn save(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    id: web::Path<LeadId>,
    Form(form): Form<LeadForm>,
) -> PageResult {
    let (tenant, actor, id) = (me.tenant_id(), me.actor(), id.into_inner());
    let typed = form.clone();
    let (offered, errors) = blocking(move || {
        let ports = &state.ports;
        ports.leads.find(tenant, id)?.ok_or(Failure::NotFound)?;
        let offered = Offered::read(ports, tenant)?;
        let draft = match typed.read(&offered.attributes, &offered.staff_ids()) {
            Ok(draft) => draft,
            Err(errors) => return Ok((offered, errors)),
        };
        let now = ports.now();
        let edit = changes(draft, &offered.attributes);
        match ports.leads.update(tenant, id, edit, now) {
            Ok(found) => {
                found.ok_or(Failure::NotFound)?;
                let entry = AuditEntry::new(actor, audit::LEAD_CHANGED, audit::lead(id), now);
                ports.audit.append(tenant, &entry)?;
                Ok((offered, FormErrors::default()))
            }
            Err(StoreError::Duplicate(_)) => {
                let errors = FormErrors::one("email", "leads-error-email-taken");
                Ok((offered, errors))
            }
            Err(other) => Err(Failure::from(other)),
        }
    })
    .await?;
    if errors.is_empty() {
        let flash = Flash::success("leads-saved");
        return Ok(redirect(&format!("/ui/leads/{id}"), Some(flash)));
    }
    page(&request, id, &offered, &form, &errors).render()
}

fn page(
    request: &HttpRequest,
    id: LeadId,
    offered: &Offered,
    form: &LeadForm,
    errors: &FormErrors,
) -> Page {
    Page::of(request, "leads/form.html")
        .title("leads-edit-title")
        .nav(Nav::Leads)
        .with("action", &format!("/ui/leads/{id}/edit"))
        .with("back", &format!("/ui/leads/{id}"))
        .with("form", form)
        .with("attributes", &form.attribute_fields(&offered.attributes))
        .with("owners", &owners(&offered.staff))
        .errors(errors)
}
