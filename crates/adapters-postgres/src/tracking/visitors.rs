//! The browsers of a batch.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::ids::{LeadId, TenantId, WebSessionId};
use domain::tracking::{Action, Engagement, VisitorId};
use uuid::Uuid;

use super::batch::{Changes, Item};
use crate::pool::TenantWorkError;
use crate::schema::visitors;
use crate::statement::statement;

/// What is known of a browser.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Visitor {
    pub(super) lead: Option<LeadId>,
    pub(super) session: Option<WebSessionId>,
    pub(super) first_seen_at: DateTime<Utc>,
    pub(super) last_seen_at: DateTime<Utc>,
}

/// The browsers of a batch, locked.
#[derive(Debug, Default)]
pub(super) struct Visitors {
    pub(super) known: BTreeMap<VisitorId, Visitor>,
    /// As the table has them.
    stored: BTreeMap<VisitorId, Visitor>,
    /// Those that got their row just now.
    new: BTreeSet<VisitorId>,
}

impl Visitors {
    /// Whose browser it is, if it is anyone's.
    pub(super) fn lead(&self, id: VisitorId) -> Option<LeadId> {
        self.known.get(&id).and_then(|visitor| visitor.lead)
    }

    /// Those that were never seen before this batch.
    pub(super) fn never_seen(&self) -> impl Iterator<Item = VisitorId> {
        self.new.iter().copied()
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Bool)]
    is_new: bool,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    lead_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    session_id: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    first_seen_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    last_seen_at: DateTime<Utc>,
}

/// Locks the browsers of the page views, and those they had been before, in the order of ids.
///
/// Those that were never seen get their row first, so that two writers who meet the same new
/// browser come one after the other, and none misses what the other writes of it. A row that another
/// writer inserted or deleted while this one waited is neither new nor known; to lock it now would
/// be out of order.
pub(super) fn lock(
    connection: &mut PgConnection,
    tenant: TenantId,
    engagements: &[&Engagement],
) -> Result<Visitors, TenantWorkError> {
    let seen = seen(engagements.iter().copied());
    let mut visitors = Visitors::default();
    if seen.is_empty() {
        return Ok(visitors);
    }
    let rows: Vec<Row> = statement(include_str!("lock_visitors.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(seen.keys().map(|id| id.uuid()).collect::<Vec<_>>())
        .bind::<Array<Timestamptz>, _>(seen.values().copied().collect::<Vec<_>>())
        .load(connection)?;
    for row in rows {
        let id = VisitorId::from_uuid(row.id);
        if row.is_new {
            visitors.new.insert(id);
        }
        visitors.known.insert(id, locked(&row));
    }
    if visitors.known.len() < seen.len() {
        return Err(TenantWorkError::Again);
    }
    visitors.stored = visitors.known.clone();
    Ok(visitors)
}

/// The browsers, and when each was first seen in this batch.
fn seen<'a>(
    engagements: impl Iterator<Item = &'a Engagement>,
) -> BTreeMap<VisitorId, DateTime<Utc>> {
    let mut seen = BTreeMap::new();
    for engagement in engagements {
        for id in browsers(engagement) {
            let at = seen.entry(id).or_insert(engagement.occurred_at);
            *at = engagement.occurred_at.min(*at);
        }
    }
    seen
}

/// The browser of a page view, and the one it had been before.
pub(super) fn browsers(engagement: &Engagement) -> impl Iterator<Item = VisitorId> {
    let (now, before) = match &engagement.action {
        Action::PageView {
            visitor, earlier, ..
        } => (Some(*visitor), *earlier),
        Action::Open { .. }
        | Action::Click { .. }
        | Action::Report { .. }
        | Action::Custom { .. } => (None, None),
    };
    now.into_iter().chain(before)
}

fn locked(row: &Row) -> Visitor {
    Visitor {
        lead: row.lead_id.map(LeadId::from_uuid),
        session: row.session_id.map(WebSessionId::from_uuid),
        first_seen_at: row.first_seen_at,
        last_seen_at: row.last_seen_at,
    }
}

/// Takes back the rows of new browsers that none of `kept` has seen.
pub(super) fn forget(
    connection: &mut PgConnection,
    tenant: TenantId,
    all: &mut Visitors,
    kept: &[&Engagement],
) -> QueryResult<()> {
    let seen = seen(kept.iter().copied());
    let forgotten: Vec<VisitorId> = all
        .never_seen()
        .filter(|id| !seen.contains_key(id))
        .collect();
    let ids: Vec<Uuid> = forgotten.iter().map(|id| id.uuid()).collect();
    diesel::delete(visitors::table)
        .filter(visitors::tenant_id.eq(tenant.uuid()))
        .filter(visitors::id.eq_any(ids))
        .execute(connection)?;
    all.known.retain(|id, _| seen.contains_key(id));
    Ok(())
}

/// They are locked, so nobody else changed or removed them.
const UPDATE: &str = "
    UPDATE visitors SET
        lead_id = new.lead_id, session_id = new.session_id, last_seen_at = new.last_seen_at
    FROM (
        SELECT new.* FROM UNNEST($2, $3, $4, $5) AS new (id, lead_id, session_id, last_seen_at)
        LIMIT cardinality($2)
    ) AS new
    WHERE visitors.tenant_id = $1 AND visitors.id = new.id";

const ISSUE: &str = "
    INSERT INTO visitors (tenant_id, id, lead_id, first_seen_at, last_seen_at)
    SELECT $1, new.id, new.lead_id, new.issued_at, new.issued_at
    FROM UNNEST($2, $3, $4) AS new (id, lead_id, issued_at)
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        lead_id = COALESCE(visitors.lead_id, EXCLUDED.lead_id)";

/// Writes the browsers of which something changed, and those of the visitor ids just issued.
pub(super) fn write(
    connection: &mut PgConnection,
    tenant: TenantId,
    seen: &Visitors,
    changes: &Changes,
    items: &[Item<'_>],
) -> QueryResult<()> {
    update(connection, tenant, seen)?;
    let mut issued: BTreeMap<VisitorId, (LeadId, DateTime<Utc>)> = BTreeMap::new();
    for item in items {
        let change = item.lead.and_then(|lead| Some((lead, changes.get(&lead)?)));
        if let Some((lead, id)) = change.and_then(|(lead, it)| Some((lead, it.tracking_id?)))
            && !seen.known.contains_key(&id)
        {
            let at = item.engagement.occurred_at;
            issued.entry(id).or_insert((lead, at));
        }
    }
    if issued.is_empty() {
        return Ok(());
    }
    let leads: Vec<Uuid> = issued.values().map(|(lead, _)| lead.uuid()).collect();
    let times: Vec<_> = issued.values().map(|(_, at)| *at).collect();
    statement(ISSUE)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(issued.keys().map(|id| id.uuid()).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(leads)
        .bind::<Array<Timestamptz>, _>(times)
        .execute(connection)
        .map(drop)
}

fn update(connection: &mut PgConnection, tenant: TenantId, seen: &Visitors) -> QueryResult<()> {
    let is_changed = |(id, visitor): &(&VisitorId, &Visitor)| seen.stored.get(id) != Some(visitor);
    let changed: Vec<_> = seen.known.iter().filter(is_changed).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let visitors = || changed.iter().map(|(_, visitor)| visitor);
    let leads: Vec<_> = visitors().map(|v| v.lead.map(LeadId::uuid)).collect();
    let sessions: Vec<_> = visitors()
        .map(|v| v.session.map(WebSessionId::uuid))
        .collect();
    let last_seen: Vec<_> = visitors().map(|v| v.last_seen_at).collect();
    statement(UPDATE)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(changed.iter().map(|(id, _)| id.uuid()).collect::<Vec<_>>())
        .bind::<Array<Nullable<SqlUuid>>, _>(leads)
        .bind::<Array<Nullable<SqlUuid>>, _>(sessions)
        .bind::<Array<Timestamptz>, _>(last_seen)
        .execute(connection)
        .map(drop)
}
