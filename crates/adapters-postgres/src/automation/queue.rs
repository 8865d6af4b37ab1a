//! The reactions that wait.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Int2, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::automation::{Carrier, ClaimedReaction, Reaction, ReactionQueue};
use domain::ids::{EngagementId, LeadId, ReactionId, TenantId};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use super::add_reactions;
use crate::PgStore;
use crate::schema::reactions;

/// How long what is done is remembered: longer than a replay of its cause can come.
const MEMORY: TimeDelta = TimeDelta::days(35);
/// So many are forgotten at a time, so that nobody waits for it.
const FORGOTTEN_AT_ONCE: i64 = 1_000;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    lead_id: Uuid,
    #[diesel(sql_type = Jsonb)]
    kind: serde_json::Value,
    #[diesel(sql_type = Timestamptz)]
    due_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    engagement_id: Option<Uuid>,
    #[diesel(sql_type = Int2)]
    attempts: i16,
}

impl TryFrom<Row> for ClaimedReaction {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        Ok(Self {
            reaction: Reaction {
                id: ReactionId::from_uuid(row.id),
                lead: LeadId::from_uuid(row.lead_id),
                kind: serde_json::from_value(row.kind).map_err(StoreError::unexpected)?,
                due_at: row.due_at,
                engagement: row.engagement_id.map(EngagementId::from_uuid),
            },
            attempts: row.attempts.unsigned_abs(),
        })
    }
}

fn claim_due(
    connection: &mut PgConnection,
    tenant: TenantId,
    carrier: Carrier,
    limit: u32,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Row>> {
    diesel::sql_query(include_str!("claim.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(i64::from(limit))
        .bind::<Timestamptz, _>(until)
        .bind::<Text, _>(carrier.as_str())
        .load(connection)
}

const FORGET: &str = "
    DELETE FROM reactions WHERE tenant_id = $1 AND id IN (
        SELECT old.id FROM reactions AS old
        WHERE old.tenant_id = $1 AND old.state = 'done' AND old.done_at <= $2
        ORDER BY old.done_at LIMIT $3 FOR UPDATE SKIP LOCKED)";

impl ReactionQueue for PgStore {
    fn add(&self, tenant: TenantId, new: &[Reaction], _now: DateTime<Utc>) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| add_reactions(connection, tenant, new))
    }

    fn claim_due(
        &self,
        tenant: TenantId,
        carrier: Carrier,
        limit: u32,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<ClaimedReaction>> {
        let rows = self.in_tenant(tenant, |connection| {
            Ok(claim_due(
                connection,
                tenant,
                carrier,
                limit,
                now + lease,
                now,
            )?)
        })?;
        let claimed: StoreResult<Vec<ClaimedReaction>> =
            rows.into_iter().map(ClaimedReaction::try_from).collect();
        let mut claimed = claimed?;
        claimed.sort_by_key(|claimed| (claimed.reaction.due_at, claimed.reaction.id));
        Ok(claimed)
    }

    fn done(&self, tenant: TenantId, id: ReactionId, now: DateTime<Utc>) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            diesel::update(reactions::table.find((tenant.uuid(), id.uuid())))
                .set((
                    reactions::state.eq("done"),
                    reactions::done_at.eq(now),
                    reactions::lease_until.eq(None::<DateTime<Utc>>),
                ))
                .execute(connection)?;
            Ok(())
        })
    }

    fn failed(
        &self,
        tenant: TenantId,
        id: ReactionId,
        reason: &str,
        again_at: Option<DateTime<Utc>>,
    ) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            let row = diesel::update(reactions::table.find((tenant.uuid(), id.uuid())))
                .filter(reactions::state.eq("waiting"));
            let tried = (
                reactions::reason.eq(reason),
                reactions::attempts.eq(reactions::attempts + 1),
                reactions::lease_until.eq(None::<DateTime<Utc>>),
            );
            match again_at {
                Some(at) => row
                    .set((tried, reactions::due_at.eq(at)))
                    .execute(connection)?,
                None => row
                    .set((tried, reactions::state.eq("failed")))
                    .execute(connection)?,
            };
            Ok(())
        })
    }
}

impl PgStore {
    /// Forgets reactions that were done so long ago that no replay of their cause can come any
    /// more, a limited number at a time; says how many.
    ///
    /// # Errors
    /// Only those of the storage itself.
    pub fn forget_reactions(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<usize> {
        self.in_tenant(tenant, |connection| {
            Ok(diesel::sql_query(FORGET)
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<Timestamptz, _>(now - MEMORY)
                .bind::<BigInt, _>(FORGOTTEN_AT_ONCE)
                .execute(connection)?)
        })
    }
}
