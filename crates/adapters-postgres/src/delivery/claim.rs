//! Claiming, and the last look before the provider is called.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Bytea, Int2, Int4, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::delivery::{
    ClaimTerms, ClaimedSend, DispatchGate, DispatchNote, FREQUENCY_SPAN, Recovered,
    SOFT_BOUNCE_MEMORY, SOFT_BOUNCES_THAT_STOP, SendKey, SendState, SkipReason,
};
use domain::ids::{ContentId, LeadId, SendId, TemplateId, TenantId};
use domain::privacy::{CONFIRMATION_LIFETIME, CONFIRMATION_RECHECK};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use super::ended::skip_ended;
use super::source::source_of;
use crate::pool::TenantWorkError;
use crate::statement::statement;

/// What went out in the last week was queued this long before at most, as far as the frequency cap
/// knows: nobody is asked for mails of years to find those of a week.
const LONGEST_QUEUE: TimeDelta = TimeDelta::days(60);

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
    let row: DueRow = statement(include_str!("is_any_due.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(now)
        .get_result(connection)?;
    Ok(row.is_due)
}

/// `room` is what the tenant's limits leave of `terms.limit`.
pub(super) fn claim_due(
    connection: &mut PgConnection,
    tenant: TenantId,
    room: u32,
    terms: &ClaimTerms,
) -> QueryResult<Vec<ClaimedSend>> {
    let now = terms.now;
    let rows: Vec<ClaimedRow> = statement(include_str!("claim.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(i64::from(room))
        .bind::<Timestamptz, _>(now + terms.lease)
        .bind::<Timestamptz, _>(now - SOFT_BOUNCE_MEMORY)
        .bind::<BigInt, _>(i64::from(SOFT_BOUNCES_THAT_STOP))
        .bind::<Timestamptz, _>(now - CONFIRMATION_LIFETIME)
        .bind::<Timestamptz, _>(now + CONFIRMATION_RECHECK)
        .bind::<Timestamptz, _>(now - TimeDelta::hours(1))
        .bind::<Nullable<Int4>, _>(terms.frequency_cap.map(i32::from))
        .bind::<Timestamptz, _>(now - FREQUENCY_SPAN)
        .bind::<Timestamptz, _>(now - FREQUENCY_SPAN - LONGEST_QUEUE)
        .load(connection)?;
    Ok(rows.into_iter().filter_map(ClaimedRow::claimed).collect())
}

#[derive(QueryableByName)]
struct StopRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    state_reason: Option<String>,
    #[diesel(sql_type = Bool)]
    goes_back: bool,
}

impl StopRow {
    fn gate(self) -> StoreResult<DispatchGate> {
        if self.goes_back {
            return Ok(DispatchGate::Lost);
        }
        let Some(stop) = self.state_reason else {
            return Ok(DispatchGate::Go);
        };
        let reason = SkipReason::parse(&stop)
            .ok_or_else(|| StoreError::unexpected(format!("unknown reason to skip '{stop}'")))?;
        Ok(DispatchGate::Skipped(reason))
    }
}

pub(super) fn begin_dispatch(
    connection: &mut PgConnection,
    tenant: TenantId,
    notes: &[DispatchNote],
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Vec<DispatchGate>, TenantWorkError> {
    let Some(first) = notes.first() else {
        return Ok(Vec::new());
    };
    let times: Vec<_> = notes.iter().map(|note| note.send.queued_at).collect();
    let ids: Vec<_> = notes.iter().map(|note| note.send.id.uuid()).collect();
    let subjects: Vec<_> = notes.iter().map(|note| note.subject.as_str()).collect();
    let hashes: Vec<_> = notes.iter().map(|note| &note.content_hash[..]).collect();
    let tracked: Vec<_> = notes.iter().map(|note| note.tracked).collect();
    let rows: Vec<StopRow> = statement(include_str!("begin_dispatch.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<Timestamptz>, _>(times)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(now + lease)
        .bind::<Timestamptz, _>(now - SOFT_BOUNCE_MEMORY)
        .bind::<BigInt, _>(i64::from(SOFT_BOUNCES_THAT_STOP))
        .bind::<Array<Text>, _>(subjects)
        .bind::<Array<Bytea>, _>(hashes)
        .bind::<Array<Bool>, _>(tracked)
        .bind::<Text, _>(first.provider.as_str())
        .load(connection)?;
    let mut gates = BTreeMap::new();
    for row in rows {
        gates.insert(row.id, row.gate()?);
    }
    let gate = |note: &DispatchNote| {
        let found = gates.remove(&note.send.id.uuid());
        found.unwrap_or(DispatchGate::Lost)
    };
    Ok(notes.iter().map(gate).collect())
}

#[derive(QueryableByName)]
struct RecoveredRow {
    #[diesel(sql_type = Timestamptz)]
    queued_at: DateTime<Utc>,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    state: String,
}

pub(super) fn recover_expired(
    connection: &mut PgConnection,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> QueryResult<Recovered> {
    let rows: Vec<RecoveredRow> = statement(include_str!("recover_expired.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(now)
        .load(connection)?;
    let requeued = rows
        .iter()
        .filter(|row| row.state == SendState::Queued.as_str())
        .map(|row| SendKey {
            id: SendId::from_uuid(row.id),
            queued_at: row.queued_at,
        });
    let requeued: Vec<SendKey> = requeued.collect();
    if !requeued.is_empty() {
        skip_ended(connection, tenant, &requeued, now)?;
    }
    Ok(Recovered {
        requeued: requeued.len() as u64,
        unknown: (rows.len() - requeued.len()) as u64,
    })
}
