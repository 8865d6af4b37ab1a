//! `DELETE /api/v1/leads/{id}`: deletes the lead with all its traces.

use actix_web::{HttpResponse, web};
use domain::ids::LeadId;
use domain::leads::audit;
use domain::tenancy::AuditEntry;

use crate::blocking::blocking;
use crate::error::{ApiError, Failure};
use crate::security::ApiCaller;
use crate::state::State;

pub(super) async fn remove(
    caller: ApiCaller,
    state: State,
    id: web::Path<LeadId>,
) -> Result<HttpResponse, ApiError> {
    let (tenant, actor, id) = (caller.tenant_id(), caller.actor(), id.into_inner());
    blocking(move || {
        if !state.ports.lead_removal.remove(tenant, id)? {
            return Err(Failure::NotFound);
        }
        let entry = AuditEntry::new(actor, audit::LEAD_DELETED, audit::lead(id), state.now());
        Ok(state.ports.audit.append(tenant, &entry)?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
