//! Web sessions: page views of one browser without half an hour of silence.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{LeadId, TenantId, WebSessionId};
use domain::tracking::{Action, SESSION_SILENCE, VisitorId, continues_session};
use uuid::Uuid;

use super::batch::Item;
use super::visitors::{Visitor, Visitors};
use crate::statement::statement;

/// A visit, as far as it is known: from its first to its last page view.
#[derive(Clone, Copy, Debug)]
struct Span {
    id: WebSessionId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Span {
    fn contains(&self, at: DateTime<Utc>) -> bool {
        (self.from..=self.to).contains(&at)
            || continues_session(self.from, at)
            || continues_session(self.to, at)
    }
}

type Spans = BTreeMap<VisitorId, Vec<Span>>;

/// Gives each page view its session: one of its browser's without half an hour of silence between
/// the two, else a new one. A page view that comes late finds the visit it belonged to, and never
/// becomes the browser's current one.
pub(super) fn assign(
    connection: &mut PgConnection,
    tenant: TenantId,
    items: &mut [Item<'_>],
    visitors: &mut Visitors,
) -> QueryResult<()> {
    let mut spans = past_visits(connection, tenant, items, visitors)?;
    let mut in_order: Vec<&mut Item<'_>> = items.iter_mut().collect();
    in_order.sort_by_key(|item| item.engagement.occurred_at);
    for item in in_order {
        let Action::PageView { visitor, .. } = &item.engagement.action else {
            continue;
        };
        let Some(seen) = visitors.known.get_mut(visitor) else {
            continue;
        };
        let at = item.engagement.occurred_at;
        let visits = spans.entry(*visitor).or_insert_with(|| current(seen));
        let visit = visits.iter_mut().filter(|visit| visit.contains(at));
        let session = if let Some(visit) = visit.max_by_key(|visit| visit.to) {
            visit.from = visit.from.min(at);
            visit.to = visit.to.max(at);
            visit.id
        } else {
            let id = WebSessionId::derived(&[item.engagement.id.uuid().as_bytes()]);
            let (from, to) = (at, at);
            visits.push(Span { id, from, to });
            item.begins_session = true;
            id
        };
        if seen.session.is_none() || at >= seen.last_seen_at {
            seen.session = Some(session);
        }
        seen.last_seen_at = seen.last_seen_at.max(at);
        item.session = Some(session);
    }
    Ok(())
}

/// The visit that the browser's own row knows of: enough for whatever is not late.
fn current(seen: &Visitor) -> Vec<Span> {
    let to = seen.last_seen_at;
    let span = |id| Span { id, from: to, to };
    seen.session.map(span).into_iter().collect()
}

const PAST: &str = "
    SELECT visit.visitor_id, visit.id, visit.started_at, visit.last_seen_at
    FROM (SELECT DISTINCT late.id FROM UNNEST($2) AS late (id) LIMIT cardinality($2)) AS late
    JOIN web_sessions AS visit ON visit.tenant_id = $1 AND visit.visitor_id = late.id
    WHERE visit.last_seen_at >= $3";

#[derive(QueryableByName)]
struct PastVisit {
    #[diesel(sql_type = SqlUuid)]
    visitor_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    started_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    last_seen_at: DateTime<Utc>,
}

/// The visits of the browsers that have a late page view in this batch.
fn past_visits(
    connection: &mut PgConnection,
    tenant: TenantId,
    items: &[Item<'_>],
    visitors: &Visitors,
) -> QueryResult<Spans> {
    let late = |item: &Item<'_>| {
        let Action::PageView { visitor, .. } = &item.engagement.action else {
            return None;
        };
        let (seen, at) = (visitors.known.get(visitor)?, item.engagement.occurred_at);
        let is_late = seen.session.is_some() && at < seen.last_seen_at - SESSION_SILENCE;
        is_late.then(|| (visitor.uuid(), at))
    };
    let (late, times): (Vec<Uuid>, Vec<_>) = items.iter().filter_map(late).unzip();
    let Some(earliest) = times.into_iter().min() else {
        return Ok(Spans::new());
    };
    let rows: Vec<PastVisit> = statement(PAST)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(late)
        .bind::<Timestamptz, _>(earliest - SESSION_SILENCE)
        .load(connection)?;
    let mut spans = Spans::new();
    for row in rows {
        let of_visitor = spans
            .entry(VisitorId::from_uuid(row.visitor_id))
            .or_default();
        of_visitor.push(Span {
            id: WebSessionId::from_uuid(row.id),
            from: row.started_at,
            to: row.last_seen_at,
        });
    }
    Ok(spans)
}

struct Visit {
    visitor: VisitorId,
    lead: Option<LeadId>,
    started_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    page_views: i32,
    entry_url: String,
}

const UPSERT: &str = "
    INSERT INTO web_sessions
        (tenant_id, id, visitor_id, lead_id, started_at, last_seen_at, page_views, entry_url)
    SELECT $1, new.* FROM UNNEST($2, $3, $4, $5, $6, $7, $8)
        AS new (id, visitor_id, lead_id, started_at, last_seen_at, page_views, entry_url)
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        lead_id = COALESCE(web_sessions.lead_id, EXCLUDED.lead_id),
        started_at = LEAST(web_sessions.started_at, EXCLUDED.started_at),
        entry_url = CASE WHEN EXCLUDED.started_at < web_sessions.started_at
                         THEN EXCLUDED.entry_url ELSE web_sessions.entry_url END,
        last_seen_at = GREATEST(web_sessions.last_seen_at, EXCLUDED.last_seen_at),
        page_views = web_sessions.page_views + EXCLUDED.page_views";

/// Writes the sessions of the page views that were new. (A13)
pub(super) fn write(
    connection: &mut PgConnection,
    tenant: TenantId,
    items: &[Item<'_>],
) -> QueryResult<()> {
    let visits = visits(items);
    if visits.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = visits.keys().map(|id| id.uuid()).collect();
    let visits: Vec<&Visit> = visits.values().collect();
    let visitors: Vec<Uuid> = visits.iter().map(|v| v.visitor.uuid()).collect();
    let leads: Vec<Option<Uuid>> = visits.iter().map(|v| v.lead.map(LeadId::uuid)).collect();
    let started: Vec<_> = visits.iter().map(|v| v.started_at).collect();
    let last_seen: Vec<_> = visits.iter().map(|v| v.last_seen_at).collect();
    let page_views: Vec<_> = visits.iter().map(|v| v.page_views).collect();
    let entry_urls: Vec<_> = visits.iter().map(|v| v.entry_url.as_str()).collect();
    statement(UPSERT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<SqlUuid>, _>(visitors)
        .bind::<Array<Nullable<SqlUuid>>, _>(leads)
        .bind::<Array<Timestamptz>, _>(started)
        .bind::<Array<Timestamptz>, _>(last_seen)
        .bind::<Array<Integer>, _>(page_views)
        .bind::<Array<Text>, _>(entry_urls)
        .execute(connection)
        .map(drop)
}

fn visits(items: &[Item<'_>]) -> BTreeMap<WebSessionId, Visit> {
    let mut visits: BTreeMap<WebSessionId, Visit> = BTreeMap::new();
    for item in items.iter().filter(|item| item.is_new) {
        let (Some(session), Action::PageView { visitor, page, .. }) =
            (item.session, &item.engagement.action)
        else {
            continue;
        };
        let at = item.engagement.occurred_at;
        let visit = visits.entry(session).or_insert_with(|| Visit {
            visitor: *visitor,
            lead: item.lead,
            started_at: at,
            last_seen_at: at,
            page_views: 0,
            entry_url: page.to_string(),
        });
        if at < visit.started_at {
            visit.started_at = at;
            visit.entry_url = page.to_string();
        }
        visit.last_seen_at = visit.last_seen_at.max(at);
        visit.page_views += 1;
    }
    visits
}
