//! `GET /api/v1/leads/{id}/score-history`: the lines whose sum is the score, newest first (B54).

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::ids::{EngagementId, LeadId, ScoreEntryId};
use domain::scoring::ScoreLine;
use domain::tracking::EngagementType;
use serde::{Deserialize, Serialize};

use super::super::cursor::Cursor;
use super::limit;
use crate::blocking::blocking;
use crate::error::{ApiError, Failure};
use crate::extract::ApiQuery;
use crate::security::ApiCaller;
use crate::state::State;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct HistoryQuery {
    cursor: Option<Cursor<ScoreEntryId>>,
    limit: Option<u32>,
}

#[derive(Serialize)]
struct List<'a> {
    score: i32,
    engagement_score: i32,
    fit_score: i32,
    history: Vec<Document<'a>>,
    next_cursor: Option<Cursor<ScoreEntryId>>,
}

#[derive(Serialize)]
struct Document<'a> {
    id: ScoreEntryId,
    occurred_at: DateTime<Utc>,
    rule: &'a str,
    r#type: &'static str,
    engagement: Option<EngagementId>,
    points: i32,
    old_score: i32,
    new_score: i32,
    url: Option<&'a str>,
    reason: &'static str,
}

impl<'a> Document<'a> {
    fn of(line: &'a ScoreLine) -> Self {
        Self {
            id: line.id,
            occurred_at: line.occurred_at,
            rule: &line.rule,
            r#type: line.kind.map_or("campaign", EngagementType::as_str),
            engagement: line.engagement,
            points: line.points,
            old_score: line.old_score,
            new_score: line.new_score,
            url: line.url.as_deref(),
            reason: line.reason.as_str(),
        }
    }
}

pub(super) async fn list(
    caller: ApiCaller,
    state: State,
    id: web::Path<LeadId>,
    ApiQuery(query): ApiQuery<HistoryQuery>,
) -> Result<HttpResponse, ApiError> {
    let (tenant, id) = (caller.tenant_id(), id.into_inner());
    let limit = limit(query.limit)?;
    let (lead, mut lines) = blocking(move || {
        let ports = &state.ports;
        let lead = ports.leads.find(tenant, id)?.ok_or(Failure::NotFound)?;
        let before = query.cursor.map(Cursor::place);
        let history = &ports.score_history;
        let lines = history.score_history(tenant, id, before, limit + 1)?;
        Ok::<_, Failure>((lead, lines))
    })
    .await?;
    let has_more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    let last = lines.last().filter(|_| has_more);
    Ok(HttpResponse::Ok().json(List {
        score: lead.score,
        engagement_score: lead.engagement_score,
        fit_score: lead.fit_score,
        next_cursor: last.map(|line| Cursor::new(line.occurred_at, line.id)),
        history: lines.iter().map(Document::of).collect(),
    }))
}
