//! Reading campaigns.

use actix_web::{HttpResponse, web};
use domain::campaigns::CampaignStatus;
use domain::ids::CampaignId;
use serde::Deserialize;

use super::shape::{CampaignInFull, CampaignShape};
use crate::blocking::blocking;
use crate::campaigns::api::paging;
use crate::error::{ApiError, Complaint, Failure};
use crate::extract::ApiQuery;
use crate::security::ApiCaller;
use crate::state::{AppState, State};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    status: Option<String>,
    /// Where the page before this one ended, as its `next_cursor` said.
    cursor: Option<u32>,
    limit: Option<u32>,
}

pub(super) async fn list(
    caller: ApiCaller,
    state: State,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<HttpResponse, ApiError> {
    let page = paging::Asked::of(asked.cursor, asked.limit);
    let status = asked.status.as_deref().map(|name| {
        let unknown = || Complaint::about("status", "is no status of a campaign");
        CampaignStatus::parse(name).ok_or_else(|| Failure::Invalid(unknown()))
    });
    let status = status.transpose()?;
    let tenant = caller.tenant_id();
    let found = blocking(move || {
        let campaigns = &state.ports.campaigns;
        let found = campaigns.list(tenant, status, page.offset(), page.rows())?;
        let shapes = found.iter().map(CampaignShape::of);
        shapes.collect::<Result<Vec<_>, Failure>>()
    })
    .await?;
    Ok(HttpResponse::Ok().json(page.page(found)))
}

pub(super) async fn one(
    caller: ApiCaller,
    state: State,
    campaign: web::Path<CampaignId>,
) -> Result<HttpResponse, ApiError> {
    let id = campaign.into_inner();
    let shape = blocking(move || in_full(&state, &caller, id)).await?;
    Ok(HttpResponse::Ok().json(shape))
}

/// The campaign as it stands now.
pub(super) fn in_full(
    state: &AppState,
    caller: &ApiCaller,
    id: CampaignId,
) -> Result<CampaignInFull, Failure> {
    let found = state.ports.campaigns.find(caller.tenant_id(), id)?;
    CampaignInFull::of(found.ok_or(Failure::NotFound)?)
}
