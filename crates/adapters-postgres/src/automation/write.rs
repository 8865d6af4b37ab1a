//! Reactions, in the transaction of what causes them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::automation::Reaction;
use domain::ids::{EngagementId, TenantId};
use domain::store::StoreError;
use uuid::Uuid;

use crate::pool::TenantWorkError;
use crate::statement::statement;

const ADD: &str = "
    INSERT INTO reactions (tenant_id, id, lead_id, carrier, kind, due_at, engagement_id)
    SELECT $1, new.*
    FROM UNNEST($2, $3, $4, $5, $6, $7) AS new (id, lead_id, carrier, kind, due_at, engagement_id)
    ORDER BY new.id
    ON CONFLICT DO NOTHING";

/// Adds them; one that exists, or existed and is done, adds nothing. Costs nothing for none.
pub(crate) fn add_reactions<'a>(
    connection: &mut PgConnection,
    tenant: TenantId,
    reactions: impl IntoIterator<Item = &'a Reaction>,
) -> Result<(), TenantWorkError> {
    let reactions: Vec<&Reaction> = reactions.into_iter().collect();
    if reactions.is_empty() {
        return Ok(());
    }
    let kinds: Result<Vec<serde_json::Value>, _> = reactions
        .iter()
        .map(|reaction| serde_json::to_value(&reaction.kind))
        .collect();
    let uuids = |of: fn(&Reaction) -> Uuid| reactions.iter().map(|r| of(r)).collect::<Vec<_>>();
    let carriers: Vec<&str> = (reactions.iter())
        .map(|reaction| reaction.kind.carrier().as_str())
        .collect();
    let due: Vec<DateTime<Utc>> = reactions.iter().map(|reaction| reaction.due_at).collect();
    let engagements: Vec<Option<Uuid>> = reactions
        .iter()
        .map(|reaction| reaction.engagement.map(EngagementId::uuid))
        .collect();
    statement(ADD)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(uuids(|reaction| reaction.id.uuid()))
        .bind::<Array<SqlUuid>, _>(uuids(|reaction| reaction.lead.uuid()))
        .bind::<Array<Text>, _>(carriers)
        .bind::<Array<Jsonb>, _>(kinds.map_err(StoreError::unexpected)?)
        .bind::<Array<Timestamptz>, _>(due)
        .bind::<Array<Nullable<SqlUuid>>, _>(engagements)
        .execute(connection)?;
    Ok(())
}

const TAKE_BACK: &str = "
    DELETE FROM reactions USING (
        SELECT old.id FROM UNNEST($2) AS old (id) LIMIT cardinality($2)
    ) AS old
    WHERE reactions.tenant_id = $1 AND reactions.engagement_id = old.id AND reactions.state = 'waiting'";

/// Takes back what waits because of these engagements.
pub(crate) fn take_back(
    connection: &mut PgConnection,
    tenant: TenantId,
    engagements: &[EngagementId],
) -> QueryResult<()> {
    if engagements.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = engagements.iter().map(|id| id.uuid()).collect();
    statement(TAKE_BACK)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(ids)
        .execute(connection)
        .map(drop)
}
