//! `GET /api/v1/leads/{id}`

use actix_web::{HttpResponse, web};
use domain::ids::LeadId;

use super::document::LeadDocument;
use crate::blocking::blocking;
use crate::error::{ApiError, Failure};
use crate::security::ApiCaller;
use crate::state::State;

pub(super) async fn read(
    caller: ApiCaller,
    state: State,
    id: web::Path<LeadId>,
) -> Result<HttpResponse, ApiError> {
    let (tenant, id) = (caller.tenant_id(), id.into_inner());
    let found = blocking(move || state.ports.leads.find(tenant, id)).await?;
    let lead = found.ok_or(Failure::NotFound)?;
    Ok(HttpResponse::Ok().json(LeadDocument::of(&lead)))
}
