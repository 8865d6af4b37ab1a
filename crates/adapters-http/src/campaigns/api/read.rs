//! Reading broadcasts.

use actix_web::{HttpResponse, web};
use domain::ids::BroadcastId;
use serde::Deserialize;

use super::paging;
use super::shape::{BroadcastShape, BroadcastWithCounts};
use crate::blocking::blocking;
use crate::error::{ApiError, Failure};
use crate::extract::ApiQuery;
use crate::security::ApiCaller;
use crate::state::{AppState, State};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Where the page before this one ended, as its `next_cursor` said.
    cursor: Option<u32>,
    limit: Option<u32>,
}

pub(super) async fn list(
    caller: ApiCaller,
    state: State,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<HttpResponse, ApiError> {
    let asked = paging::Asked::of(asked.cursor, asked.limit);
    let tenant = caller.tenant_id();
    let found = blocking(move || {
        let broadcasts = &state.ports.broadcasts;
        broadcasts.list(tenant, asked.offset(), asked.rows())
    })
    .await?;
    let shapes = found.into_iter().map(BroadcastShape::of).collect();
    Ok(HttpResponse::Ok().json(asked.page(shapes)))
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
