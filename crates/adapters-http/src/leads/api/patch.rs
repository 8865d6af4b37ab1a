//! `PATCH /api/v1/leads/{id}`: what is not named stays, `null` clears (RFC 7396).

use actix_web::{HttpResponse, web};
use domain::ids::{LeadId, TenantId, UserId};
use domain::leads::{Change, Checks, EmailAddress, LeadChanges, audit};
use domain::store::StoreError;
use domain::tenancy::AuditEntry;
use serde::Deserialize;

use super::attributes;
use super::document::LeadDocument;
use super::write::staff;
use crate::blocking::blocking;
use crate::error::{ApiError, Complaint, Failure};
use crate::extract::ApiJson;
use crate::ports::Ports;
use crate::security::ApiCaller;
use crate::state::State;

/// What becomes of the fields. There is no id, no score and no date among them (V-28).
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PatchDocument {
    email: Option<EmailAddress>,
    name: Change<String>,
    kana: Change<String>,
    company: Change<String>,
    department: Change<String>,
    title: Change<String>,
    phone: Change<String>,
    graduation_year: Change<i32>,
    grade: Change<String>,
    industry: Change<String>,
    company_size: Change<i32>,
    region: Change<String>,
    owner: Change<UserId>,
    attributes: attributes::Document,
    tags: Option<Vec<String>>,
}

impl PatchDocument {
    /// The edit, checked against the tenant's attributes and staff.
    fn changes(self, ports: &Ports, tenant: TenantId) -> Result<LeadChanges, Failure> {
        let known = ports.lead_listing.attributes(tenant)?;
        let owner = match self.owner {
            Change::Set(owner) => Some(owner),
            Change::Keep | Change::Clear => None,
        };
        let changes = LeadChanges {
            email: self.email,
            name: self.name,
            kana: self.kana,
            company: self.company,
            department: self.department,
            title: self.title,
            phone: self.phone,
            graduation_year: self.graduation_year,
            grade: self.grade,
            industry: self.industry,
            company_size: self.company_size,
            region: self.region,
            owner: self.owner,
            attributes: attributes::read(self.attributes, &known)?,
            tags: self.tags.map(|tags| tags.into_iter().collect()),
        };
        let checks = Checks {
            attributes: &known,
            staff: &staff(ports, tenant, owner)?,
        };
        checks.changes(&changes)?;
        Ok(changes)
    }
}

pub(super) async fn patch(
    caller: ApiCaller,
    state: State,
    id: web::Path<LeadId>,
    ApiJson(document): ApiJson<PatchDocument>,
) -> Result<HttpResponse, ApiError> {
    let (tenant, actor, id) = (caller.tenant_id(), caller.actor(), id.into_inner());
    let lead = blocking(move || {
        let ports = &state.ports;
        let changes = document.changes(ports, tenant)?;
        let now = ports.now();
        let updated = ports.leads.update(tenant, id, changes, now);
        let lead = updated.map_err(address_taken)?.ok_or(Failure::NotFound)?;
        let entry = AuditEntry::new(actor, audit::LEAD_CHANGED, audit::lead(id), now);
        ports.audit.append(tenant, &entry)?;
        Ok::<_, Failure>(lead)
    })
    .await?;
    Ok(HttpResponse::Ok().json(LeadDocument::of(&lead)))
}

fn address_taken(error: StoreError) -> Failure {
    match error {
        StoreError::Duplicate(_) => {
            Failure::Conflict(Complaint::about("email", "another lead has this address"))
        }
        StoreError::Unavailable(_)
        | StoreError::InUse(_)
        | StoreError::Refused(_)
        | StoreError::Unexpected(_) => error.into(),
    }
}
