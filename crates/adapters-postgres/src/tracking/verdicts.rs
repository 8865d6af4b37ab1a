//! Whether a machine did it: corrected with the lead's other clicks in view, and read back.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{EngagementId, TenantId};
use domain::tracking::{Engagement, MachineReason, MachineVerdict};
use uuid::Uuid;

use super::batch::{Changes, Item};
use super::events::{Place, place, place_of};
use crate::statement::statement;

const CORRECT: &str = "
    UPDATE engagement_events SET machine = new.machine, machine_reason = new.machine_reason
    FROM (
        SELECT new.* FROM UNNEST($2, $3, $4, $5) AS new (occurred_at, id, machine, machine_reason)
        LIMIT cardinality($2)
    ) AS new
    WHERE engagement_events.tenant_id = $1
        AND engagement_events.occurred_at = new.occurred_at
        AND engagement_events.id = new.id";

/// Writes the verdicts that only the lead's other clicks gave: on new rows and on logged ones.
pub(super) fn correct(
    connection: &mut PgConnection,
    tenant: TenantId,
    items: &[Item<'_>],
    changes: &Changes,
) -> QueryResult<()> {
    let new = items
        .iter()
        .filter(|item| item.is_new && item.verdict != item.engagement.verdict)
        .map(|item| {
            (
                item.engagement.occurred_at,
                item.engagement.id,
                item.verdict,
            )
        });
    let logged = changes
        .values()
        .flat_map(|change| change.reclassified.iter().chain(&change.restated))
        .map(|old| (old.click.at, old.click.id, old.verdict));
    let all: Vec<(DateTime<Utc>, EngagementId, MachineVerdict)> = new.chain(logged).collect();
    if all.is_empty() {
        return Ok(());
    }
    let reason = |verdict: MachineVerdict| verdict.reason().map(MachineReason::as_str);
    statement(CORRECT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<Timestamptz>, _>(all.iter().map(|(at, ..)| *at).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(all.iter().map(|(_, id, _)| id.uuid()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(all.iter().map(|(.., v)| v.as_str()).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(all.iter().map(|(.., v)| reason(*v)).collect::<Vec<_>>())
        .execute(connection)
        .map(drop)
}

const RECALL: &str = "
    SELECT event.occurred_at, event.id, event.machine, event.machine_reason
    FROM (SELECT old.* FROM UNNEST($2, $3) AS old (occurred_at, id) LIMIT cardinality($2)) AS old
    JOIN engagement_events AS event
        ON event.tenant_id = $1 AND event.occurred_at = old.occurred_at AND event.id = old.id";

#[derive(QueryableByName)]
struct Recalled {
    #[diesel(sql_type = Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    machine: String,
    #[diesel(sql_type = Nullable<Text>)]
    machine_reason: Option<String>,
}

/// Which of the engagements the log has.
pub(super) fn logged(
    connection: &mut PgConnection,
    tenant: TenantId,
    engagements: &[&&Engagement],
) -> QueryResult<BTreeSet<Place>> {
    let rows = read(connection, tenant, engagements.iter().map(|new| **new))?;
    Ok(rows.into_keys().collect())
}

/// Gives repeats the verdict of the log: a request that is sent again does not wash a suspect clean.
pub(super) fn recall(
    connection: &mut PgConnection,
    tenant: TenantId,
    items: &mut [Item<'_>],
) -> QueryResult<()> {
    let old = items.iter().filter(|item| !item.is_new);
    let verdicts = read(connection, tenant, old.map(|item| item.engagement))?;
    for item in items.iter_mut().filter(|item| !item.is_new) {
        let stored = verdicts.get(&place_of(item.engagement));
        item.verdict = stored.copied().unwrap_or(item.verdict);
    }
    Ok(())
}

/// Those of the engagements that the log has, with the verdicts there.
fn read<'a>(
    connection: &mut PgConnection,
    tenant: TenantId,
    engagements: impl Iterator<Item = &'a Engagement>,
) -> QueryResult<BTreeMap<Place, MachineVerdict>> {
    let (times, ids): (Vec<DateTime<Utc>>, Vec<Uuid>) = engagements
        .map(|engagement| (engagement.occurred_at, engagement.id.uuid()))
        .unzip();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<Recalled> = statement(RECALL)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<Timestamptz>, _>(times)
        .bind::<Array<SqlUuid>, _>(ids)
        .load(connection)?;
    let verdict = |row: Recalled| {
        let verdict = MachineVerdict::from_stored(&row.machine, row.machine_reason.as_deref());
        (place(row.occurred_at, row.id), verdict)
    };
    Ok(rows.into_iter().map(verdict).collect())
}
