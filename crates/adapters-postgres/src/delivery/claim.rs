//! Claiming, and the last look before the provider is called.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Bytea, Int2, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::delivery::{
    ClaimedSend, DispatchGate, DispatchNote, Recovered, SOFT_BOUNCE_MEMORY, SOFT_BOUNCES_THAT_STOP,
    SendKey, SkipReason,
};
use domain::ids::{ContentId, LeadId, SendId, TemplateId, TenantId};
use domain::privacy::{CONFIRMATION_LIFETIME, CONFIRMATION_RECHECK};
use domain::store::StoreError;
use uuid::Uuid;

use super::source::source_of;
use crate::pool::TenantWorkError;
use crate::statement::statement;

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
    campaign_id: Option<Uuid>,
    #[diesel(sql_type = SqlUuid)]
    content_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    template_id: Option<Uuid>,
    #[diesel(sql_type = Int2)]
    attempts: i16,
    #[diesel(sql_type = Nullable<Text>)]
    state_reason: Option<String>,
    #[diesel(sql_type = Bool)]
    may_track: bool,
}

impl ClaimedRow {
    /// `None` for a send that was skipped or has to wait.
    fn claimed(self) -> Option<ClaimedSend> {
        if self.state_reason.is_some() {
            return None;
        }
        Some(ClaimedSend {
            key: SendKey {
                id: SendId::from_uuid(self.id),
                queued_at: self.queued_at,
            },
            lead: LeadId::from_uuid(self.lead_id),
            source: source_of(self.broadcast_id, self.campaign_id)?,
            content: ContentId::from_uuid(self.content_id),
            template: self.template_id.map(TemplateId::from_uuid),
            attempts: self.attempts.unsigned_abs(),
            may_track: self.may_track,
        })
    }
}

#[derive(QueryableByName)]
struct DueRow {
    #[diesel(sql_type = Bool)]
    is_due: bool,
}

pub(super) fn is_any_due(
    connection: &mut PgConnection,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let row: DueRow = diesel::sql_query(include_str!("is_any_due.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(now)
        .get_result(connection)?;
    Ok(row.is_due)
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
        .bind::<Timestamptz, _>(now - CONFIRMATION_LIFETIME)
        .bind::<Timestamptz, _>(now + CONFIRMATION_RECHECK)
        .load(connection)?;
    Ok(rows.into_iter().filter_map(ClaimedRow::claimed).collect())
}

#[derive(QueryableByName)]
struct StopRow {
    #[diesel(sql_type = Nullable<Text>)]
    state_reason: Option<String>,
    #[diesel(sql_type = Bool)]
    goes_back: bool,
}

pub(super) fn begin_dispatch(
    connection: &mut PgConnection,
    tenant: TenantId,
    send: &SendKey,
    note: &DispatchNote,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<DispatchGate, TenantWorkError> {
    let held: Option<StopRow> = statement(include_str!("begin_dispatch.sql"))
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
        .bind::<Bool, _>(note.tracked)
        .get_result(connection)
        .optional()?;
    let Some(row) = held.filter(|row| !row.goes_back) else {
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
