//! Adding a lead by hand.

use actix_web::HttpRequest;
use domain::ids::UserId;
use domain::leads::{AttributeDefinition, audit};
use domain::store::{StoreError, StoreResult};
use domain::tenancy::{AuditEntry, User};

use super::form::LeadForm;
use super::list::owners;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, Nav, Page, redirect};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;
use domain::ids::TenantId;

/// What the form offers.
pub(super) struct Offered {
    pub(super) attributes: Vec<AttributeDefinition>,
    pub(super) staff: Vec<User>,
}

impl Offered {
    pub(super) fn read(ports: &Ports, tenant: TenantId) -> StoreResult<Self> {
        Ok(Self {
            attributes: ports.lead_listing.attributes(tenant)?,
            staff: ports.users.list(tenant)?,
        })
    }

    pub(super) fn staff_ids(&self) -> Vec<UserId> {
        self.staff.iter().map(|user| user.id).collect()
    }
}

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let tenant = me.tenant_id();
    let offered = blocking(move || Offered::read(&state.ports, tenant)).await?;
    let form = LeadForm::default();
    page(&request, &offered, &form, &FormErrors::default()).render()
}

pub(super) async fn create(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<LeadForm>,
) -> PageResult {
    let (tenant, actor, typed) = (me.tenant_id(), me.actor(), form.clone());
    let (offered, outcome) = blocking(move || {
        let ports = &state.ports;
        let offered = Offered::read(ports, tenant)?;
        let draft = match typed.read(&offered.attributes, &offered.staff_ids()) {
            Ok(draft) => draft,
            Err(errors) => return Ok((offered, Err(errors))),
        };
        let now = ports.now();
        let outcome = match ports.leads.create(tenant, draft, now) {
            Ok(lead) => {
                let target = audit::lead(lead.id);
                let entry = AuditEntry::new(actor, audit::LEAD_CREATED, target, now);
                ports.audit.append(tenant, &entry)?;
                Ok(lead.id)
            }
            Err(StoreError::Duplicate(_)) => {
                Err(FormErrors::one("email", "leads-error-email-taken"))
            }
            Err(other) => return Err(Failure::from(other)),
        };
        Ok((offered, outcome))
    })
    .await?;
    match outcome {
        Ok(id) => {
            let flash = Flash::success("leads-created");
            Ok(redirect(&format!("/ui/leads/{id}"), Some(flash)))
        }
        Err(errors) => page(&request, &offered, &form, &errors).render(),
    }
}

fn page(request: &HttpRequest, offered: &Offered, form: &LeadForm, errors: &FormErrors) -> Page {
    Page::of(request, "leads/form.html")
        .title("leads-new-title")
        .nav(Nav::Leads)
        .with("action", "/ui/leads/new")
        .with("back", "/ui/leads")
        .with("form", form)
        .with("attributes", &form.attribute_fields(&offered.attributes))
        .with("owners", &owners(&offered.staff))
        .errors(errors)
}
