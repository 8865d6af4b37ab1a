//! Reading broadcasts.

use actix_web::{HttpResponse, web};
use domain::ids::BroadcastId;
use serde::{Deserialize, Serialize};

use super::shape::{BroadcastShape, BroadcastWithCounts};
use crate::blocking::blocking;
use crate::error::{ApiError, Failure};
use crate::extract::ApiQuery;
use crate::security::ApiCaller;
use crate::state::{AppState, State};

/// The most on one page.
const LIMIT_MAX: u32 = 200;
const LIMIT_USUAL: u32 = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Where the page before this one ended, as its `next_cursor` said.
    cursor: Option<u32>,
    limit: Option<u32>,
}

#[derive(Serialize)]
struct PageShape {
    data: Vec<BroadcastShape>,
    next_cursor: Option<String>,
}

pub(super) async fn list(
    caller: ApiCaller,
    state: State,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<HttpResponse, ApiError> {
    let limit = asked.limit.unwrap_or(LIMIT_USUAL).clamp(1, LIMIT_MAX);
    let offset = asked.cursor.unwrap_or_default();
    let tenant = caller.tenant_id();
    let mut found =
        blocking(move || state.ports.broadcasts.list(tenant, offset, limit + 1)).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let page = PageShape {
        data: found.into_iter().map(BroadcastShape::of).collect(),
        next_cursor: has_more.then(|| offset.saturating_add(limit).to_string()),
    };
    Ok(HttpResponse::Ok().json(page))
}

pub(super) async fn one(
    caller: ApiCaller,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> Result<HttpResponse, ApiError> {
    let id = broadcast.into_inner();
    let shape = blocking(move || counted(&state, &caller, id)).await?;
    Ok(HttpResponse::Ok().json(shape))
}

/// The broadcast as it stands now.
pub(super) fn counted(
    state: &AppState,
    caller: &ApiCaller,
    id: BroadcastId,
) -> Result<BroadcastWithCounts, Failure> {
    let (tenant, broadcasts) = (caller.tenant_id(), &state.ports.broadcasts);
    let broadcast = broadcasts.find(tenant, id)?.ok_or(Failure::NotFound)?;
    let totals = broadcasts.totals(tenant, id)?;
    Ok(BroadcastWithCounts::of(broadcast, &totals))
}
