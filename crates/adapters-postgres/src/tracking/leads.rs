//! The leads of a batch: locked, and changed together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{LeadId, TenantId};
use domain::scoring::Band;
use domain::tracking::VisitorId;
use uuid::Uuid;

use super::batch::Changes;
use crate::statement::statement;

/// What scoring needs to know of a lead.
#[derive(Debug)]
pub(super) struct LockedLead {
    pub(super) engagement_score: i32,
    pub(super) fit_score: i32,
    pub(super) band: Band,
    pub(super) last_engaged_at: Option<DateTime<Utc>>,
    pub(super) tracking_id: Option<VisitorId>,
    /// The person stopped the tracking (C14).
    pub(super) is_untracked: bool,
}

pub(super) type LockedLeads = BTreeMap<LeadId, LockedLead>;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Integer)]
    engagement_score: i32,
    #[diesel(sql_type = Integer)]
    fit_score: i32,
    #[diesel(sql_type = Text)]
    score_band: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_engaged_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    tracking_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    is_untracked: bool,
}

/// Locks the leads until the transaction ends, in the order of their ids. Those that do not exist
/// are missing from the answer.
pub(super) fn lock(
    connection: &mut PgConnection,
    tenant: TenantId,
    ids: &BTreeSet<LeadId>,
) -> QueryResult<LockedLeads> {
    if ids.is_empty() {
        return Ok(LockedLeads::new());
    }
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Row> = statement(include_str!("lock_leads.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(ids)
        .load(connection)?;
    Ok(rows.into_iter().map(locked).collect())
}

fn locked(row: Row) -> (LeadId, LockedLead) {
    let lead = LockedLead {
        engagement_score: row.engagement_score,
        fit_score: row.fit_score,
        band: Band::parse(&row.score_band).unwrap_or_default(),
        last_engaged_at: row.last_engaged_at,
        tracking_id: row.tracking_id.map(VisitorId::from_uuid),
        is_untracked: row.is_untracked,
    };
    (LeadId::from_uuid(row.id), lead)
}

/// Writes what the domain decided about the leads themselves. (A47)
pub(super) fn write(
    connection: &mut PgConnection,
    tenant: TenantId,
    changes: &Changes,
) -> QueryResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = changes.keys().map(|id| id.uuid()).collect();
    let sums: Vec<i32> = changes.values().map(|c| c.engagement_score).collect();
    let scores: Vec<i32> = changes.values().map(|c| c.score).collect();
    let bands: Vec<&str> = changes.values().map(|c| c.band.as_str()).collect();
    let engaged: Vec<_> = changes.values().map(|c| c.last_engaged_at).collect();
    let last_click = || changes.values().map(|c| c.last_click.as_ref());
    let clicked_at: Vec<_> = last_click().map(|click| click.map(|(at, _)| *at)).collect();
    let clicked_url: Vec<_> = last_click()
        .map(|click| click.map(|(_, url)| url))
        .collect();
    let tracking: Vec<_> = changes
        .values()
        .map(|c| c.tracking_id.map(VisitorId::uuid))
        .collect();
    statement(include_str!("update_leads.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Integer>, _>(sums)
        .bind::<Array<Integer>, _>(scores)
        .bind::<Array<Text>, _>(bands)
        .bind::<Array<Nullable<Timestamptz>>, _>(engaged)
        .bind::<Array<Nullable<Timestamptz>>, _>(clicked_at)
        .bind::<Array<Nullable<Text>>, _>(clicked_url)
        .bind::<Array<Nullable<SqlUuid>>, _>(tracking)
        .execute(connection)
        .map(drop)
}
