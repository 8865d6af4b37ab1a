//! What the domain decided about scores.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{EngagementId, LeadId, ScoringRuleId, TenantId};
use domain::scoring::{OnceKey, ScoreEntry};
use uuid::Uuid;

use crate::statement::statement;
use crate::tracking::batch::Changes;

/// Writes the history, and what has scored or may score again.
pub(in crate::tracking) fn write(
    connection: &mut PgConnection,
    tenant: TenantId,
    changes: &Changes,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    release(connection, tenant, changes)?;
    grant(connection, tenant, changes, now)?;
    write_history(connection, tenant, changes, now)
}

const RELEASE: &str = "
    DELETE FROM score_grants USING (
        SELECT old.* FROM UNNEST($2, $3) AS old (lead_id, once_key) LIMIT cardinality($2)
    ) AS old
    WHERE score_grants.tenant_id = $1 AND score_grants.lead_id = old.lead_id
        AND score_grants.once_key = old.once_key";

fn release(connection: &mut PgConnection, tenant: TenantId, changes: &Changes) -> QueryResult<()> {
    let (leads, keys): (Vec<Uuid>, Vec<Uuid>) = changes
        .iter()
        .flat_map(|(lead, change)| change.released.iter().map(|key| (lead.uuid(), key.uuid())))
        .unzip();
    if keys.is_empty() {
        return Ok(());
    }
    statement(RELEASE)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(leads)
        .bind::<Array<SqlUuid>, _>(keys)
        .execute(connection)
        .map(drop)
}

const GRANT: &str = "
    INSERT INTO score_grants (tenant_id, lead_id, once_key, engagement_id, granted_at)
    SELECT $1, new.lead_id, new.once_key, new.engagement_id, $5
    FROM UNNEST($2, $3, $4) AS new (lead_id, once_key, engagement_id)";

fn grant(
    connection: &mut PgConnection,
    tenant: TenantId,
    changes: &Changes,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let granted: Vec<(Uuid, Uuid, Uuid)> = changes
        .iter()
        .flat_map(|(lead, change)| {
            let row = |(key, engagement): &(OnceKey, EngagementId)| {
                (lead.uuid(), key.uuid(), engagement.uuid())
            };
            change.scored.iter().map(row)
        })
        .collect();
    if granted.is_empty() {
        return Ok(());
    }
    statement(GRANT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(granted.iter().map(|row| row.0).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(granted.iter().map(|row| row.1).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(granted.iter().map(|row| row.2).collect::<Vec<_>>())
        .bind::<Timestamptz, _>(now)
        .execute(connection)
        .map(drop)
}

const HISTORY: &str = include_str!("insert_history.sql");

fn write_history(
    connection: &mut PgConnection,
    tenant: TenantId,
    changes: &Changes,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let lines: Vec<(LeadId, &ScoreEntry)> = changes
        .iter()
        .flat_map(|(lead, change)| change.history.iter().map(|entry| (*lead, entry)))
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    let entries = || lines.iter().map(|(_, entry)| *entry);
    statement(HISTORY)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Timestamptz>, _>(entries().map(|e| e.occurred_at).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(entries().map(|e| e.id.uuid()).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(lines.iter().map(|(l, _)| l.uuid()).collect::<Vec<_>>())
        .bind::<Array<Nullable<SqlUuid>>, _>(
            entries()
                .map(|e| e.rule.map(ScoringRuleId::uuid))
                .collect::<Vec<_>>(),
        )
        .bind::<Array<Text>, _>(entries().map(|e| e.rule_name.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(entries().map(|e| e.kind.as_str()).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(entries().map(|e| e.engagement.uuid()).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(entries().map(|e| e.points).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(entries().map(|e| e.old_score).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(entries().map(|e| e.new_score).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(entries().map(|e| e.url.as_deref()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(entries().map(|e| e.reason.as_str()).collect::<Vec<_>>())
        .execute(connection)
        .map(drop)
}
