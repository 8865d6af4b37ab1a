//! Writing a campaign anew. People inside go on by the version they are in.

use actix_web::{HttpResponse, web};
use domain::ids::CampaignId;

use super::audit;
use super::body::CampaignBody;
use super::read::in_full;
use super::shape::CampaignInFull;
use crate::blocking::blocking;
use crate::campaigns::automatic::CHANGED;
use crate::campaigns::automatic::builder::as_stored;
use crate::error::{ApiError, Complaint, Failure};
use crate::extract::ApiJson;
use crate::security::ApiCaller;
use crate::state::{AppState, State};

pub(super) async fn change(
    caller: ApiCaller,
    state: State,
    campaign: web::Path<CampaignId>,
    ApiJson(body): ApiJson<CampaignBody>,
) -> Result<HttpResponse, ApiError> {
    let id = campaign.into_inner();
    let shape = blocking(move || keep(&state, &caller, id, body)).await?;
    Ok(HttpResponse::Ok().json(shape))
}

fn keep(
    state: &AppState,
    caller: &ApiCaller,
    id: CampaignId,
    body: CampaignBody,
) -> Result<CampaignInFull, Failure> {
    let (tenant, ports) = (caller.tenant_id(), &state.ports);
    let found = ports.campaigns.find(tenant, id)?;
    let seen = found.ok_or(Failure::NotFound)?.updated_at;
    let definition = body.definition(ports, tenant, id)?;
    if !ports
        .campaigns
        .update(tenant, id, &definition, seen, as_stored(caller.now()))?
    {
        let reason = "somebody else changed the campaign at the same moment";
        return Err(Failure::Conflict(Complaint::about_all(reason)));
    }
    audit(state, caller, CHANGED, id)?;
    in_full(state, caller, id)
}
