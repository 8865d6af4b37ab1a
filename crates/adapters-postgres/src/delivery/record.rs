//! What became of sends.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Int2, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::delivery::{SendKey, SendRecord, SendState};
use domain::ids::TenantId;
use domain::leads::AsOf;
use uuid::Uuid;

use super::daily::DailySends;
use super::ended::skip_ended;
use crate::statement::statement;

/// What came of a try is not waited for until it is on disk: all senders count into one row of the
/// day, and would wait for each other's disk. Should the machine lose power just then, the send is
/// still dispatching, which is on disk, and becomes unknown; it is never sent twice. The next
/// intent that is written takes it to the disk.
const WITHOUT_WAITING: &str = "SELECT set_config('synchronous_commit', 'off', true)";

/// The columns that a record writes.
#[derive(Clone, Copy)]
struct Written<'a> {
    state: SendState,
    reason: Option<&'a str>,
    next_attempt_at: Option<DateTime<Utc>>,
    attempts: Option<i16>,
    message: Option<&'a str>,
    /// It was not begun: only a send that is still claimed is written.
    is_unbegun: bool,
}

impl<'a> Written<'a> {
    fn of(record: &'a SendRecord) -> Self {
        let state = |state: SendState, reason: Option<&'a str>| Self {
            state,
            reason,
            next_attempt_at: None,
            attempts: None,
            message: None,
            is_unbegun: false,
        };
        match record {
            SendRecord::Accepted {
                provider_message_id,
            } => Self {
                message: Some(provider_message_id),
                ..state(SendState::Accepted, None)
            },
            SendRecord::Failed { reason } => state(SendState::Failed, Some(reason)),
            SendRecord::Unknown { reason } => state(SendState::Unknown, Some(reason)),
            SendRecord::Skipped(reason) => state(SendState::Skipped, Some(reason.as_str())),
            SendRecord::GivenBack { at, reason } => Self {
                next_attempt_at: Some(*at),
                is_unbegun: true,
                ..state(SendState::RetryWait, Some(reason))
            },
            SendRecord::RetryAt {
                at,
                reason,
                attempts,
            } => Self {
                next_attempt_at: Some(*at),
                attempts: Some(i16::try_from(*attempts).unwrap_or(i16::MAX)),
                ..state(SendState::RetryWait, Some(reason))
            },
        }
    }
}

#[derive(QueryableByName)]
struct RecordedRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    source: Option<Uuid>,
    #[diesel(sql_type = Text)]
    state: String,
}

pub(super) fn record(
    connection: &mut PgConnection,
    tenant: TenantId,
    records: &[(SendKey, SendRecord)],
    as_of: AsOf,
) -> QueryResult<Vec<bool>> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    statement(WITHOUT_WAITING).execute(connection)?;
    let recorded = write(connection, tenant, records, as_of.now)?;
    let waits = |row: &RecordedRow| row.state == SendState::RetryWait.as_str();
    if recorded.values().any(waits) {
        let keys: Vec<SendKey> = records.iter().map(|(send, _)| *send).collect();
        skip_ended(connection, tenant, &keys, as_of.now)?;
    }
    let mut sends = DailySends::default();
    for row in recorded.values() {
        if row.state == SendState::Accepted.as_str() {
            sends.count(as_of.today, row.source);
        }
    }
    sends.write(connection, tenant)?;
    let is_recorded = |(send, _): &(SendKey, _)| recorded.contains_key(&send.id.uuid());
    Ok(records.iter().map(is_recorded).collect())
}

fn write(
    connection: &mut PgConnection,
    tenant: TenantId,
    records: &[(SendKey, SendRecord)],
    now: DateTime<Utc>,
) -> QueryResult<BTreeMap<Uuid, RecordedRow>> {
    let times: Vec<_> = records.iter().map(|(send, _)| send.queued_at).collect();
    let ids: Vec<_> = records.iter().map(|(send, _)| send.id.uuid()).collect();
    let written: Vec<_> = records
        .iter()
        .map(|(_, record)| Written::of(record))
        .collect();
    let states: Vec<_> = written.iter().map(|it| it.state.as_str()).collect();
    let reasons: Vec<_> = written.iter().map(|it| it.reason).collect();
    let next: Vec<_> = written.iter().map(|it| it.next_attempt_at).collect();
    let attempts: Vec<_> = written.iter().map(|it| it.attempts).collect();
    let messages: Vec<_> = written.iter().map(|it| it.message).collect();
    let unbegun: Vec<_> = written.iter().map(|it| it.is_unbegun).collect();
    let rows: Vec<RecordedRow> = statement(include_str!("record.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<Timestamptz>, _>(times)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Text>, _>(states)
        .bind::<Array<Nullable<Text>>, _>(reasons)
        .bind::<Array<Nullable<Timestamptz>>, _>(next)
        .bind::<Array<Nullable<Int2>>, _>(attempts)
        .bind::<Array<Nullable<Text>>, _>(messages)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<Bool>, _>(unbegun)
        .load(connection)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
