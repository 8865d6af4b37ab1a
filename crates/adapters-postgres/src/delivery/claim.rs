//! Claiming, and the last look before the provider is called.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, Int2, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::delivery::{
    ClaimedSend, DispatchGate, DispatchNote, Recovered, SOFT_BOUNCE_MEMORY, SOFT_BOUNCES_THAT_STOP,
    SendKey, SkipReason,
};
use domain::ids::{BroadcastId, LeadId, SendId, TemplateId, TenantId};
use domain::store::StoreError;
use uuid::Uuid;

use crate::pool::TenantWorkError;

#[derive(QueryableByName)]
struct ClaimedRow {
    #[diesel(sql_type = Timestamptz)]
    queued_at: DateTime<Utc>,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    lead_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    broadcast_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    template_id: Option<Uuid>,
    #[diesel(sql_type = Int2)]
    attempts: i16,
    #[diesel(sql_type = Nullable<Text>)]
    state_reason: Option<String>,
}

impl ClaimedRow {
    /// `None` for a send that was skipped.
    fn claimed(self) -> Option<ClaimedSend> {
        self.state_reason.is_none().then(|| ClaimedSend {
            key: SendKey {
                id: SendId::from_uuid(self.id),
                queued_at: self.queued_at,
            },
            lead: LeadId::from_uuid(self.lead_id),
            broadcast: self.broadcast_id.map(BroadcastId::from_uuid),
            template: self.template_id.map(TemplateId::from_uuid),
            attempts: self.attempts.unsigned_abs(),
        })
    }
}

pub(super) fn claim_due(
    connection: &mut PgConnection,
    tenant: TenantId,
    limit: u32,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> QueryResult<Vec<ClaimedSend>> {
    let rows: Vec<ClaimedRow> = diesel::sql_query(include_str!("claim.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(i64::from(limit))
        .bind::<Timestamptz, _>(now + lease)
        .bind::<Timestamptz, _>(now - SOFT_BOUNCE_MEMORY)
        .bind::<BigInt, _>(i64::from(SOFT_BOUNCES_THAT_STOP))
        .load(connection)?;
    Ok(rows.into_iter().filter_map(ClaimedRow::claimed).collect())
}

#[derive(QueryableByName)]
struct StopRow {
    #[diesel(sql_type = Nullable<Text>)]
    state_reason: Option<String>,
}

pub(super) fn begin_dispatch(
    connection: &mut PgConnection,
    tenant: TenantId,
    send: &SendKey,
    note: &DispatchNote,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<DispatchGate, TenantWorkError> {
    let held: Option<StopRow> = diesel::sql_query(include_str!("begin_dispatch.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(send.queued_at)
        .bind::<SqlUuid, _>(send.id.uuid())
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(now + lease)
        .bind::<Timestamptz, _>(now - SOFT_BOUNCE_MEMORY)
        .bind::<BigInt, _>(i64::from(SOFT_BOUNCES_THAT_STOP))
        .bind::<Text, _>(note.provider.as_str())
        .bind::<Text, _>(&note.subject)
        .bind::<Bytea, _>(note.content_hash.as_slice())
        .get_result(connection)
        .optional()?;
    let Some(row) = held else {
        return Ok(DispatchGate::Lost);
    };
    let Some(stop) = row.state_reason else {
        return Ok(DispatchGate::Go);
    };
    let reason = SkipReason::parse(&stop)
        .ok_or_else(|| StoreError::unexpected(format!("unknown reason to skip '{stop}'")))?;
    Ok(DispatchGate::Skipped(reason))
}

#[derive(QueryableByName)]
struct StateRow {
    #[diesel(sql_type = Text)]
    state: String,
}

pub(super) fn recover_expired(
    connection: &mut PgConnection,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> QueryResult<Recovered> {
    let rows: Vec<StateRow> = diesel::sql_query(include_str!("recover_expired.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(now)
        .load(connection)?;
    let requeued = rows.iter().filter(|row| row.state == "queued").count() as u64;
    Ok(Recovered {
        requeued,
        unknown: rows.len() as u64 - requeued,
    })
}
