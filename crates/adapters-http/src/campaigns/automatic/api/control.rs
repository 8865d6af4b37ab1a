//! Activating, pausing, resuming and deleting.

use actix_web::{HttpResponse, web};
use domain::campaigns::CampaignStatus;
use domain::ids::CampaignId;
use domain::tenancy::AuditAction;
use serde::Deserialize;

use super::audit;
use super::problems::refusal;
use super::read::in_full;
use super::shape::CampaignInFull;
use crate::blocking::blocking;
use crate::campaigns::automatic::activate::activated;
use crate::campaigns::automatic::{ACTIVATED, PAUSED, REMOVED, RESUMED};
use crate::error::{ApiError, Complaint, Failure};
use crate::extract::ApiQuery;
use crate::security::ApiCaller;
use crate::state::{AppState, State};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivateQuery {
    /// People inside go on in the new version, too.
    #[serde(default)]
    move_along: bool,
}

pub(super) async fn activate(
    caller: ApiCaller,
    state: State,
    campaign: web::Path<CampaignId>,
    ApiQuery(asked): ApiQuery<ActivateQuery>,
) -> Result<HttpResponse, ApiError> {
    let id = campaign.into_inner();
    let shape = blocking(move || {
        let tenant = caller.tenant_id();
        let found = state.ports.campaigns.find(tenant, id)?;
        let campaign = found.ok_or(Failure::NotFound)?;
        activated(&state, tenant, id, asked.move_along)
            .map_err(|refused| refusal(refused, &campaign))?;
        audit(&state, &caller, ACTIVATED, id)?;
        in_full(&state, &caller, id)
    })
    .await?;
    Ok(HttpResponse::Ok().json(shape))
}

pub(super) async fn pause(
    caller: ApiCaller,
    state: State,
    campaign: web::Path<CampaignId>,
) -> Result<HttpResponse, ApiError> {
    let id = campaign.into_inner();
    let way = (CampaignStatus::Active, CampaignStatus::Paused, PAUSED);
    let shape = blocking(move || change(&state, &caller, id, way)).await?;
    Ok(HttpResponse::Ok().json(shape))
}

pub(super) async fn resume(
    caller: ApiCaller,
    state: State,
    campaign: web::Path<CampaignId>,
) -> Result<HttpResponse, ApiError> {
    let id = campaign.into_inner();
    let way = (CampaignStatus::Paused, CampaignStatus::Active, RESUMED);
    let shape = blocking(move || change(&state, &caller, id, way)).await?;
    Ok(HttpResponse::Ok().json(shape))
}

fn change(
    state: &AppState,
    caller: &ApiCaller,
    id: CampaignId,
    (from, to, action): (CampaignStatus, CampaignStatus, AuditAction),
) -> Result<CampaignInFull, Failure> {
    let (tenant, campaigns) = (caller.tenant_id(), &state.ports.campaigns);
    let campaign = campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
    if campaign.status != from || !campaigns.change_status(tenant, id, to, caller.now())? {
        let reason = format!("the campaign is not {}", from.as_str());
        return Err(Failure::Conflict(Complaint::about("status", reason)));
    }
    audit(state, caller, action, id)?;
    in_full(state, caller, id)
}

pub(super) async fn remove(
    caller: ApiCaller,
    state: State,
    campaign: web::Path<CampaignId>,
) -> Result<HttpResponse, ApiError> {
    let id = campaign.into_inner();
    blocking(move || {
        let (tenant, campaigns) = (caller.tenant_id(), &state.ports.campaigns);
        campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
        if !campaigns.remove(tenant, id)? {
            let reason = "people have been in the campaign; it is kept for the record";
            return Err(Failure::Conflict(Complaint::about_all(reason)));
        }
        audit(&state, &caller, REMOVED, id)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
