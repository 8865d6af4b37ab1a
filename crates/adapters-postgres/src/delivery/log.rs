//! The queue of sends.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use domain::delivery::{
    ClaimedSend, DispatchGate, DispatchNote, Recovered, SendKey, SendLog, SendRecord, SendState,
};
use domain::ids::{SendId, TenantId};
use domain::leads::AsOf;
use domain::store::StoreResult;
use uuid::Uuid;

use super::daily::DailySends;
use super::{claim, hour};
use crate::PgStore;
use crate::schema::{broadcasts, send_logs};
use crate::statement::statement;

/// What a record writes; `None` in a column that a record does not name makes it empty.
#[derive(AsChangeset)]
#[diesel(table_name = send_logs, treat_none_as_null = true)]
struct Recorded<'a> {
    state: &'a str,
    state_reason: Option<&'a str>,
    next_attempt_at: Option<DateTime<Utc>>,
    lease_until: Option<DateTime<Utc>>,
    updated_at: DateTime<Utc>,
}

impl<'a> Recorded<'a> {
    fn of(record: &'a SendRecord, now: DateTime<Utc>) -> Self {
        let state = |state: SendState, reason: Option<&'a str>| Self {
            state: state.as_str(),
            state_reason: reason,
            next_attempt_at: None,
            lease_until: None,
            updated_at: now,
        };
        match record {
            SendRecord::Accepted { .. } => state(SendState::Accepted, None),
            SendRecord::Failed { reason } => state(SendState::Failed, Some(reason)),
            SendRecord::Unknown { reason } => state(SendState::Unknown, Some(reason)),
            SendRecord::Skipped(reason) => state(SendState::Skipped, Some(reason.as_str())),
            SendRecord::RetryAt { at, reason, .. } => Self {
                next_attempt_at: Some(*at),
                ..state(SendState::RetryWait, Some(reason))
            },
        }
    }
}

/// What came of a try is not waited for until it is on disk: all senders count into one row of the
/// day, and would wait for each other's disk. Should the machine lose power just then, the send is
/// still dispatching, which is on disk, and becomes unknown; it is never sent twice. The next
/// intent that is written takes it to the disk.
const WITHOUT_WAITING: &str = "SELECT set_config('synchronous_commit', 'off', true)";

/// The states in which a worker's record counts.
fn states_before(record: &SendRecord) -> &'static [&'static str] {
    const HELD: [&str; 2] = [SendState::Claimed.as_str(), SendState::Dispatching.as_str()];
    const HELD_OR_UNKNOWN: [&str; 3] = [HELD[0], HELD[1], SendState::Unknown.as_str()];
    match record {
        SendRecord::Accepted { .. } => &HELD_OR_UNKNOWN,
        SendRecord::Failed { .. }
        | SendRecord::RetryAt { .. }
        | SendRecord::Unknown { .. }
        | SendRecord::Skipped(_) => &HELD,
    }
}

fn record(
    connection: &mut PgConnection,
    tenant: TenantId,
    send: &SendKey,
    record: &SendRecord,
    as_of: AsOf,
) -> QueryResult<bool> {
    statement(WITHOUT_WAITING).execute(connection)?;
    let row = send_logs::table.find((tenant.uuid(), send.queued_at, send.id.uuid()));
    let recorded: Option<(Option<Uuid>, Option<Uuid>)> = diesel::update(row)
        .filter(send_logs::state.eq_any(states_before(record)))
        .set(Recorded::of(record, as_of.now))
        .returning((send_logs::broadcast_id, send_logs::campaign_id))
        .get_result(connection)
        .optional()?;
    let Some((broadcast, campaign)) = recorded else {
        return Ok(false);
    };
    match record {
        SendRecord::Accepted {
            provider_message_id,
        } => {
            diesel::update(row)
                .set((
                    send_logs::accepted_at.eq(as_of.now),
                    send_logs::provider_message_id.eq(provider_message_id),
                ))
                .execute(connection)?;
            let mut sends = DailySends::default();
            sends.count(as_of.today, broadcast.or(campaign));
            sends.write(connection, tenant)?;
        }
        SendRecord::RetryAt { attempts, .. } => {
            let attempts = i16::try_from(*attempts).unwrap_or(i16::MAX);
            diesel::update(row)
                .set(send_logs::attempts.eq(attempts))
                .execute(connection)?;
        }
        SendRecord::Failed { .. } | SendRecord::Unknown { .. } | SendRecord::Skipped(_) => {}
    }
    Ok(true)
}

fn resend_unknown(
    connection: &mut PgConnection,
    tenant: TenantId,
    send: SendId,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let requeued: Option<Option<Uuid>> = diesel::update(send_logs::table)
        .filter(send_logs::tenant_id.eq(tenant.uuid()))
        .filter(send_logs::id.eq(send.uuid()))
        .filter(send_logs::state.eq(SendState::Unknown.as_str()))
        .set((
            send_logs::state.eq(SendState::Queued.as_str()),
            send_logs::state_reason.eq(None::<String>),
            send_logs::next_attempt_at.eq(now),
            send_logs::updated_at.eq(now),
        ))
        .returning(send_logs::broadcast_id)
        .get_result(connection)
        .optional()?;
    if let Some(Some(broadcast)) = requeued {
        diesel::update(broadcasts::table.find((tenant.uuid(), broadcast)))
            .filter(broadcasts::status.eq("completed"))
            .set((
                broadcasts::status.eq("sending"),
                broadcasts::finished_at.eq(None::<DateTime<Utc>>),
            ))
            .execute(connection)?;
    }
    Ok(requeued.is_some())
}

impl SendLog for PgStore {
    fn is_any_due(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(claim::is_any_due(connection, tenant, now)?)
        })
    }

    fn claim_due(
        &self,
        tenant: TenantId,
        limit: u32,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<ClaimedSend>> {
        self.in_tenant(tenant, |connection| {
            let room = hour::room(connection, tenant, limit, now)?;
            Ok(claim::claim_due(connection, tenant, room, lease, now)?)
        })
    }

    fn begin_dispatch(
        &self,
        tenant: TenantId,
        send: &SendKey,
        note: &DispatchNote,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<DispatchGate> {
        self.in_tenant(tenant, |connection| {
            claim::begin_dispatch(connection, tenant, send, note, lease, now)
        })
    }

    fn record(
        &self,
        tenant: TenantId,
        send: &SendKey,
        outcome: &SendRecord,
        as_of: AsOf,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(record(connection, tenant, send, outcome, as_of)?)
        })
    }

    fn recover_expired(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<Recovered> {
        self.in_tenant(tenant, |connection| {
            Ok(claim::recover_expired(connection, tenant, now)?)
        })
    }

    fn resend_unknown(
        &self,
        tenant: TenantId,
        send: SendId,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(resend_unknown(connection, tenant, send, now)?)
        })
    }
}
