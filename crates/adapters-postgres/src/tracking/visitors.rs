//! The browsers of a batch.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::ids::{LeadId, TenantId, WebSessionId};
use domain::tracking::{Action, Engagement, VisitorId};
use uuid::Uuid;

use super::batch::{Changes, Item};
use crate::schema::visitors;

/// What is known of a browser.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    pub(super) lead: Option<LeadId>,
    pub(super) session: Option<WebSessionId>,
    pub(super) first_seen_at: DateTime<Utc>,
    pub(super) last_seen_at: DateTime<Utc>,
}

/// The browsers of a batch, locked.
#[derive(Debug, Default)]
pub(super) struct Visitors(pub(super) BTreeMap<VisitorId, Visitor>);

impl Visitors {
    /// Whose browser it is, if it is anyone's.
    pub(super) fn lead(&self, id: VisitorId) -> Option<LeadId> {
        self.0.get(&id).and_then(|visitor| visitor.lead)
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = visitors, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    lead_id: Option<Uuid>,
    session_id: Option<Uuid>,
    first_seen_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
}

const INSERT_UNKNOWN: &str = "
    INSERT INTO visitors (tenant_id, id, first_seen_at, last_seen_at)
    SELECT $1, new.id, new.seen_at, new.seen_at FROM UNNEST($2, $3) AS new (id, seen_at)
    ON CONFLICT (tenant_id, id) DO NOTHING";

/// Locks the browsers of the page views, and those they had been before, in the order of ids.
///
/// Those that were never seen get their row first, so that two writers who meet the same new
/// browser come one after the other, and none misses what the other writes of it.
pub(super) fn lock(
    connection: &mut PgConnection,
    tenant: TenantId,
    engagements: &[&Engagement],
) -> QueryResult<Visitors> {
    let seen = seen(engagements);
    if seen.is_empty() {
        return Ok(Visitors::default());
    }
    let ids: Vec<Uuid> = seen.keys().copied().collect();
    diesel::sql_query(INSERT_UNKNOWN)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(&ids)
        .bind::<Array<Timestamptz>, _>(seen.values().copied().collect::<Vec<_>>())
        .execute(connection)?;
    let rows: Vec<Row> = visitors::table
        .filter(visitors::tenant_id.eq(tenant.uuid()))
        .filter(visitors::id.eq_any(ids))
        .order(visitors::id)
        .for_update()
        .select(Row::as_select())
        .load(connection)?;
    Ok(Visitors(rows.into_iter().map(locked).collect()))
}

/// The browsers, and when each was first seen in this batch.
fn seen(engagements: &[&Engagement]) -> BTreeMap<Uuid, DateTime<Utc>> {
    let mut seen = BTreeMap::new();
    for engagement in engagements {
        let Action::PageView {
            visitor, earlier, ..
        } = &engagement.action
        else {
            continue;
        };
        for id in std::iter::once(visitor).chain(earlier) {
            let at = seen.entry(id.uuid()).or_insert(engagement.occurred_at);
            *at = engagement.occurred_at.min(*at);
        }
    }
    seen
}

fn locked(row: Row) -> (VisitorId, Visitor) {
    let visitor = Visitor {
        lead: row.lead_id.map(LeadId::from_uuid),
        session: row.session_id.map(WebSessionId::from_uuid),
        first_seen_at: row.first_seen_at,
        last_seen_at: row.last_seen_at,
    };
    (VisitorId::from_uuid(row.id), visitor)
}

const UPSERT: &str = "
    INSERT INTO visitors (tenant_id, id, lead_id, session_id, first_seen_at, last_seen_at)
    SELECT $1, new.* FROM UNNEST($2, $3, $4, $5, $6)
        AS new (id, lead_id, session_id, first_seen_at, last_seen_at)
    ON CONFLICT (tenant_id, id) DO UPDATE SET
        lead_id = COALESCE(visitors.lead_id, EXCLUDED.lead_id),
        session_id = COALESCE(EXCLUDED.session_id, visitors.session_id),
        last_seen_at = GREATEST(visitors.last_seen_at, EXCLUDED.last_seen_at)";

/// Writes the browsers that were seen, and those of the visitor ids just issued.
pub(super) fn write(
    connection: &mut PgConnection,
    tenant: TenantId,
    seen: &Visitors,
    changes: &Changes,
    items: &[Item<'_>],
) -> QueryResult<()> {
    let mut all = seen.0.clone();
    for item in items {
        let change = item.lead.and_then(|lead| changes.get(&lead));
        if let Some(id) = change.and_then(|change| change.tracking_id) {
            all.entry(id).or_insert(Visitor {
                lead: item.lead,
                session: None,
                first_seen_at: item.engagement.occurred_at,
                last_seen_at: item.engagement.occurred_at,
            });
        }
    }
    if all.is_empty() {
        return Ok(());
    }
    diesel::sql_query(UPSERT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(all.keys().map(|id| id.uuid()).collect::<Vec<_>>())
        .bind::<Array<Nullable<SqlUuid>>, _>(column(&all, |v| v.lead.map(LeadId::uuid)))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(&all, |v| v.session.map(WebSessionId::uuid)))
        .bind::<Array<Timestamptz>, _>(column(&all, |v| v.first_seen_at))
        .bind::<Array<Timestamptz>, _>(column(&all, |v| v.last_seen_at))
        .execute(connection)
        .map(drop)
}

fn column<T>(all: &BTreeMap<VisitorId, Visitor>, value: impl Fn(&Visitor) -> T) -> Vec<T> {
    all.values().map(value).collect()
}
