//! The lines that explain a score, a page at a time (D5).

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::ids::{LeadId, ScoreEntryId, TenantId};
use domain::scoring::{ScoreLine, ScoreReason};
use domain::store::StoreResult;
use domain::tracking::EngagementType;
use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use super::shown::WebLink;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Query;
use crate::pages::Page;
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

/// Lines that are shown at once.
const LINES: u32 = 20;

/// Which part of the history to show.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct HistoryQuery {
    before: Option<Cursor<ScoreEntryId>>,
}

/// A part of the history.
pub(super) struct Part {
    lines: Vec<ScoreLine>,
    has_more: bool,
}

/// The part as templates show it.
#[derive(Serialize)]
pub(super) struct Shown {
    lines: Vec<Line>,
    /// Where it goes on.
    more: Option<Cursor<ScoreEntryId>>,
}

#[derive(Serialize)]
struct Line {
    at: DateTime<Utc>,
    rule: String,
    kind: &'static str,
    points: i32,
    new_score: i32,
    page: Option<WebLink>,
    is_taken_back: bool,
}

impl Part {
    pub(super) fn read(
        ports: &Ports,
        tenant: TenantId,
        lead: LeadId,
        query: HistoryQuery,
    ) -> StoreResult<Self> {
        let before = query.before.map(Cursor::place);
        let history = &ports.score_history;
        let mut lines = history.score_history(tenant, lead, before, LINES + 1)?;
        let has_more = lines.len() > LINES as usize;
        lines.truncate(LINES as usize);
        Ok(Self { lines, has_more })
    }

    pub(super) fn shown(&self) -> Shown {
        let last = self.lines.last().filter(|_| self.has_more);
        Shown {
            lines: self.lines.iter().map(Line::of).collect(),
            more: last.map(|line| Cursor::new(line.occurred_at, line.id)),
        }
    }
}

impl Line {
    fn of(line: &ScoreLine) -> Self {
        Self {
            at: line.occurred_at,
            rule: line.rule.clone(),
            kind: line.kind.map_or("campaign", EngagementType::as_str),
            points: line.points,
            new_score: line.new_score,
            page: line.url.as_deref().map(WebLink::of),
            is_taken_back: line.reason == ScoreReason::MachineRecognised,
        }
    }
}

/// The next lines, for htmx.
pub(super) async fn more(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    lead: web::Path<LeadId>,
    Query(query): Query<HistoryQuery>,
) -> PageResult {
    let (tenant, lead) = (me.tenant_id(), lead.into_inner());
    let part = blocking(move || {
        let found = state.ports.leads.find(tenant, lead)?;
        found.ok_or(Failure::NotFound)?;
        Ok::<_, Failure>(Part::read(&state.ports, tenant, lead, query)?)
    })
    .await?;
    Page::of(&request, "leads/score_lines.html")
        .with("lead", &lead)
        .with("history", &part.shown())
        .render()
}
