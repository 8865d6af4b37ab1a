//! Reading campaigns.

use actix_web::{HttpResponse, web};
use domain::campaigns::CampaignStatus;
use domain::ids::CampaignId;
use serde::{Deserialize, Serialize};

use super::shape::{CampaignInFull, CampaignShape};
use crate::blocking::blocking;
use crate::error::{ApiError, Complaint, Failure};
use crate::extract::ApiQuery;
use crate::security::ApiCaller;
use crate::state::{AppState, State};

/// The most on one page.
pub(super) const LIMIT_MAX: u32 = 200;
pub(super) const LIMIT_USUAL: u32 = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    status: Option<String>,
    /// Where the page before this one ended, as its `next_cursor` said.
    cursor: Option<u32>,
    limit: Option<u32>,
}

/// A page of anything.
#[derive(Serialize)]
pub(super) struct PageShape<T> {
    data: Vec<T>,
    next_cursor: Option<String>,
}

impl<T> PageShape<T> {
    /// From one more than fits, where there is more.
    pub(super) fn of(mut found: Vec<T>, offset: u32, limit: u32) -> Self {
        let has_more = found.len() > limit as usize;
        found.truncate(limit as usize);
        Self {
            data: found,
            next_cursor: has_more.then(|| offset.saturating_add(limit).to_string()),
        }
    }
}

pub(super) async fn list(
    caller: ApiCaller,
    state: State,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<HttpResponse, ApiError> {
    let limit = asked.limit.unwrap_or(LIMIT_USUAL).clamp(1, LIMIT_MAX);
    let offset = asked.cursor.unwrap_or_default();
    let status = asked.status.as_deref().map(|name| {
        let unknown = || Complaint::about("status", "is no status of a campaign");
        CampaignStatus::parse(name).ok_or_else(|| Failure::Invalid(unknown()))
    });
    let status = status.transpose()?;
    let tenant = caller.tenant_id();
    let found = blocking(move || {
        let campaigns = &state.ports.campaigns;
        let found = campaigns.list(tenant, status, offset, limit + 1)?;
        let shapes = found.iter().map(CampaignShape::of);
        shapes.collect::<Result<Vec<_>, Failure>>()
    })
    .await?;
    Ok(HttpResponse::Ok().json(PageShape::of(found, offset, limit)))
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
