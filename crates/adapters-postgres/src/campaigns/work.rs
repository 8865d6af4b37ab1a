//! Broadcasts, for the workers.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use domain::campaigns::{Broadcast, BroadcastStatus, BroadcastWork};
use domain::content::FrozenContent;
use domain::delivery::{NewSend, SendState};
use domain::ids::{BroadcastId, LeadId, TenantId};
use domain::store::StoreResult;
use domain::tracking::MailSource;
use uuid::Uuid;

use super::row::BroadcastRow;
use crate::PgStore;
use crate::delivery::contents::keep_contents;
use crate::delivery::queue::queue_sends;
use crate::pool::TenantWorkError;
use crate::schema::{broadcasts, send_logs};

const DRAFT: &str = BroadcastStatus::Draft.as_str();
const PREPARING: &str = BroadcastStatus::Preparing.as_str();
const SENDING: &str = BroadcastStatus::Sending.as_str();
const SCHEDULED: &str = BroadcastStatus::Scheduled.as_str();

fn start(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    contents: &[FrozenContent],
    started_at: DateTime<Utc>,
) -> Result<bool, TenantWorkError> {
    let started = diesel::update(broadcasts::table.find((tenant.uuid(), id.uuid())))
        .filter(broadcasts::status.eq(DRAFT))
        .set((
            broadcasts::status.eq(PREPARING),
            broadcasts::started_at.eq(started_at),
        ))
        .execute(connection)?;
    if started == 0 {
        return Ok(false);
    }
    let source = MailSource::Broadcast(id);
    keep_contents(connection, tenant, source, contents, started_at)?;
    Ok(true)
}

fn schedule(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    contents: &[FrozenContent],
    scheduled_at: DateTime<Utc>,
) -> Result<bool, TenantWorkError> {
    let scheduled = diesel::update(broadcasts::table.find((tenant.uuid(), id.uuid())))
        .filter(broadcasts::status.eq(DRAFT))
        .set((
            broadcasts::status.eq(SCHEDULED),
            broadcasts::scheduled_at.eq(scheduled_at),
        ))
        .execute(connection)?;
    if scheduled == 0 {
        return Ok(false);
    }
    let source = MailSource::Broadcast(id);
    keep_contents(connection, tenant, source, contents, scheduled_at)?;
    Ok(true)
}

fn start_scheduled(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    started_at: DateTime<Utc>,
) -> QueryResult<bool> {
    let started = diesel::update(broadcasts::table.find((tenant.uuid(), id.uuid())))
        .filter(broadcasts::status.eq(SCHEDULED))
        .filter(broadcasts::scheduled_at.le(started_at))
        .set((
            broadcasts::status.eq(PREPARING),
            broadcasts::started_at.eq(started_at),
        ))
        .execute(connection)?;
    Ok(started > 0)
}

/// Whether a broadcast is still to be prepared after this lead; it stays so while this transaction
/// runs.
fn is_to_prepare_after(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    after: Option<LeadId>,
) -> QueryResult<bool> {
    let up_to: Option<Option<Uuid>> = broadcasts::table
        .find((tenant.uuid(), id.uuid()))
        .filter(broadcasts::status.eq(PREPARING))
        .select(broadcasts::prepared_up_to)
        .for_update()
        .first(connection)
        .optional()?;
    Ok(up_to == Some(after.map(LeadId::uuid)))
}

fn prepare(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    after: Option<LeadId>,
    sends: &[NewSend],
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    if !is_to_prepare_after(connection, tenant, id, after)? {
        return Ok(false);
    }
    let queued = queue_sends(connection, tenant, sends, now)?;
    let queued = i32::try_from(queued).unwrap_or(i32::MAX);
    let up_to = sends.last().map(|send| send.cause.lead()).or(after);
    diesel::update(broadcasts::table.find((tenant.uuid(), id.uuid())))
        .set((
            broadcasts::prepared_up_to.eq(up_to.map(LeadId::uuid)),
            broadcasts::recipients.eq(broadcasts::recipients + queued),
        ))
        .execute(connection)?;
    Ok(true)
}

fn complete_if_done(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let open_states = SendState::ALL
        .into_iter()
        .filter(|state| state.is_open())
        .map(SendState::as_str);
    let open = send_logs::table
        .filter(send_logs::tenant_id.eq(tenant.uuid()))
        .filter(send_logs::broadcast_id.eq(id.uuid()))
        .filter(send_logs::state.eq_any(open_states));
    let completed = diesel::update(broadcasts::table.find((tenant.uuid(), id.uuid())))
        .filter(broadcasts::status.eq(SENDING))
        .filter(not(exists(open)))
        .set((
            broadcasts::status.eq(BroadcastStatus::Completed.as_str()),
            broadcasts::finished_at.eq(now),
        ))
        .execute(connection)?;
    Ok(completed > 0)
}

impl BroadcastWork for PgStore {
    fn start(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        contents: &[FrozenContent],
        started_at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            start(connection, tenant, id, contents, started_at)
        })
    }

    fn schedule(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        contents: &[FrozenContent],
        scheduled_at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            schedule(connection, tenant, id, contents, scheduled_at)
        })
    }

    fn start_scheduled(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        started_at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(start_scheduled(connection, tenant, id, started_at)?)
        })
    }

    fn at_work(&self, tenant: TenantId) -> StoreResult<Vec<Broadcast>> {
        let moving = BroadcastStatus::ALL
            .into_iter()
            .filter(|status| status.is_moving())
            .map(BroadcastStatus::as_str);
        self.in_tenant(tenant, |connection| {
            let rows: Vec<BroadcastRow> = broadcasts::table
                .filter(broadcasts::tenant_id.eq(tenant.uuid()))
                .filter(broadcasts::status.eq_any(moving))
                .order((broadcasts::started_at.asc().nulls_last(), broadcasts::id))
                .select(BroadcastRow::as_select())
                .load(connection)?;
            let found: StoreResult<Vec<_>> = rows.into_iter().map(Broadcast::try_from).collect();
            Ok(found?)
        })
    }

    fn queue_sends(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        after: Option<LeadId>,
        sends: &[NewSend],
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(prepare(connection, tenant, id, after, sends, now)?)
        })
    }

    fn finish_preparing(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let finished = diesel::update(broadcasts::table.find((tenant.uuid(), id.uuid())))
                .filter(broadcasts::status.eq(PREPARING))
                .set(broadcasts::status.eq(SENDING))
                .execute(connection)?;
            Ok(finished > 0)
        })
    }

    fn complete_if_done(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(complete_if_done(connection, tenant, id, now)?)
        })
    }
}
