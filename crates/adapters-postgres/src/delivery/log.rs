//! The queue of sends.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use domain::campaigns::{BroadcastStatus, CampaignStatus};
use domain::delivery::{
    ClaimTerms, ClaimedSend, DispatchGate, DispatchNote, Recovered, SendKey, SendLog, SendRecord,
    SendState,
};
use domain::ids::{SendId, TenantId};
use domain::leads::AsOf;
use domain::store::StoreResult;
use uuid::Uuid;

use super::{claim, record, room};
use crate::PgStore;
use crate::plans;
use crate::pool::TenantWorkError;
use crate::schema::{broadcasts, campaigns, send_logs};
use crate::statement::statement;

fn resend_unknown(
    connection: &mut PgConnection,
    tenant: TenantId,
    send: SendId,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let cancelled = broadcasts::table
        .filter(broadcasts::tenant_id.eq(tenant.uuid()))
        .filter(broadcasts::id.nullable().eq(send_logs::broadcast_id))
        .filter(broadcasts::status.eq(BroadcastStatus::Cancelled.as_str()));
    let ended = campaigns::table
        .filter(campaigns::tenant_id.eq(tenant.uuid()))
        .filter(campaigns::id.nullable().eq(send_logs::campaign_id))
        .filter(campaigns::status.eq(CampaignStatus::Completed.as_str()));
    let requeued: Option<Option<Uuid>> = diesel::update(send_logs::table)
        .filter(send_logs::tenant_id.eq(tenant.uuid()))
        .filter(send_logs::id.eq(send.uuid()))
        .filter(send_logs::state.eq(SendState::Unknown.as_str()))
        .filter(diesel::dsl::not(diesel::dsl::exists(cancelled)))
        .filter(diesel::dsl::not(diesel::dsl::exists(ended)))
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

/// The queue grows from nothing to a million within a minute. A plan that was kept from when it was
/// empty would read all of it each time; and only with the times at hand are other months left out.
const PLANNED_ANEW: &str = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)";

impl PgStore {
    /// Does `work` on sends that are known by their keys in one transaction of the tenant. Planning
    /// cost more than all of the work: so many joins, partitions and indexes have to be thought of.
    fn by_keys<T>(
        &self,
        tenant: TenantId,
        work: impl FnOnce(&mut PgConnection) -> Result<T, TenantWorkError>,
    ) -> StoreResult<T> {
        self.in_tenant(tenant, |connection| {
            plans::keep(connection)?;
            work(connection)
        })
    }

    /// Does `work` in one transaction of the tenant, whose statements are planned for what the
    /// queue is now.
    fn in_queue<T>(
        &self,
        tenant: TenantId,
        work: impl FnOnce(&mut PgConnection) -> Result<T, TenantWorkError>,
    ) -> StoreResult<T> {
        self.in_tenant(tenant, |connection| {
            statement(PLANNED_ANEW).execute(connection)?;
            work(connection)
        })
    }
}

impl SendLog for PgStore {
    fn is_any_due(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<bool> {
        self.in_queue(tenant, |connection| {
            Ok(claim::is_any_due(connection, tenant, now)?)
        })
    }

    fn claim_due(&self, tenant: TenantId, terms: &ClaimTerms) -> StoreResult<Vec<ClaimedSend>> {
        self.in_queue(tenant, |connection| {
            let room = room::room(connection, tenant, terms)?;
            Ok(claim::claim_due(connection, tenant, room, terms)?)
        })
    }

    fn begin_dispatch(
        &self,
        tenant: TenantId,
        notes: &[DispatchNote],
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<DispatchGate>> {
        self.by_keys(tenant, |connection| {
            claim::begin_dispatch(connection, tenant, notes, lease, now)
        })
    }

    fn record(
        &self,
        tenant: TenantId,
        records: &[(SendKey, SendRecord)],
        as_of: AsOf,
    ) -> StoreResult<Vec<bool>> {
        self.by_keys(tenant, |connection| {
            Ok(record::record(connection, tenant, records, as_of)?)
        })
    }

    fn recover_expired(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<Recovered> {
        self.in_queue(tenant, |connection| {
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
