//! `GET /api/v1/leads/{id}/engagements`: what happened to a lead, newest first.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::ids::{BroadcastId, EngagementId, LeadId};
use domain::tracking::{EngagementType, EventName, Properties, TimelineEntry};
use serde::{Deserialize, Serialize};

use super::super::cursor::Cursor;
use super::limit;
use crate::blocking::blocking;
use crate::error::{ApiError, Complaint, Failure};
use crate::extract::ApiQuery;
use crate::security::ApiCaller;
use crate::state::State;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct EngagementQuery {
    r#type: Vec<String>,
    cursor: Option<Cursor<EngagementId>>,
    limit: Option<u32>,
}

#[derive(Serialize)]
struct List<'a> {
    engagements: Vec<Document<'a>>,
    next_cursor: Option<Cursor<EngagementId>>,
}

#[derive(Serialize)]
struct Document<'a> {
    id: EngagementId,
    r#type: &'static str,
    occurred_at: DateTime<Utc>,
    url: Option<&'a str>,
    title: Option<&'a str>,
    referrer: Option<&'a str>,
    important: bool,
    machine: &'static str,
    machine_reason: Option<&'static str>,
    broadcast: Option<BroadcastId>,
    detail: Option<&'a str>,
    /// The name of a custom event.
    event: Option<&'a str>,
    properties: &'a Properties,
    points: i32,
    rule: Option<&'a str>,
}

impl<'a> Document<'a> {
    fn of(entry: &'a TimelineEntry) -> Self {
        Self {
            id: entry.id,
            r#type: entry.kind.as_str(),
            occurred_at: entry.occurred_at,
            url: entry.url.as_deref(),
            title: entry.title.as_deref(),
            referrer: entry.referrer.as_deref(),
            important: entry.important,
            machine: entry.verdict.as_str(),
            machine_reason: entry.verdict.reason().map(|reason| reason.as_str()),
            broadcast: entry.broadcast.as_ref().map(|(id, _)| *id),
            detail: entry.detail.as_deref(),
            event: entry.event.as_ref().map(EventName::as_str),
            properties: &entry.properties,
            points: entry.points,
            rule: entry.rule.as_ref().map(|(_, name)| name.as_str()),
        }
    }
}

fn kinds(names: &[String]) -> Result<Vec<EngagementType>, Failure> {
    let unknown = || Failure::Invalid(Complaint::about("type", "there is no such type"));
    let kinds = names.iter().map(|name| EngagementType::parse(name));
    kinds.collect::<Option<Vec<_>>>().ok_or_else(unknown)
}

pub(super) async fn list(
    caller: ApiCaller,
    state: State,
    id: web::Path<LeadId>,
    ApiQuery(query): ApiQuery<EngagementQuery>,
) -> Result<HttpResponse, ApiError> {
    let (tenant, id) = (caller.tenant_id(), id.into_inner());
    let (kinds, limit) = (kinds(&query.r#type)?, limit(query.limit)?);
    let mut entries = blocking(move || {
        let ports = &state.ports;
        ports.leads.find(tenant, id)?.ok_or(Failure::NotFound)?;
        let before = query.cursor.map(Cursor::place);
        let timeline = &ports.timeline;
        Ok::<_, Failure>(timeline.timeline(tenant, id, &kinds, before, limit + 1)?)
    })
    .await?;
    let has_more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let last = entries.last().filter(|_| has_more);
    Ok(HttpResponse::Ok().json(List {
        next_cursor: last.map(|entry| Cursor::new(entry.occurred_at, entry.id)),
        engagements: entries.iter().map(Document::of).collect(),
    }))
}
