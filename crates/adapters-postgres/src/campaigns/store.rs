//! Broadcasts, for people.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use domain::campaigns::{
    Broadcast, BroadcastDraft, BroadcastStatus, BroadcastStore, BroadcastTotals,
};
use domain::delivery::{SendState, SkipReason};
use domain::ids::{BroadcastId, TenantId};
use domain::store::{StoreError, StoreResult};

use super::row::{BroadcastRow, status_named};
use crate::PgStore;
use crate::pool::TenantWorkError;
use crate::schema::{broadcasts, daily_delivery, send_logs};

const DRAFT: &str = BroadcastStatus::Draft.as_str();

fn totals(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
) -> Result<BroadcastTotals, TenantWorkError> {
    let counts: Vec<(String, i64)> = send_logs::table
        .filter(send_logs::tenant_id.eq(tenant.uuid()))
        .filter(send_logs::broadcast_id.eq(id.uuid()))
        .group_by(send_logs::state)
        .select((send_logs::state, count_star()))
        .load(connection)?;
    let mut totals = BroadcastTotals::default();
    for (state, count) in counts {
        let state = SendState::parse(&state)
            .ok_or_else(|| StoreError::unexpected(format!("unknown state of a send '{state}'")))?;
        totals.by_state.insert(state, count.unsigned_abs());
    }
    // From the roll-up, so that a screen never counts a million rows of opens.
    let days: Vec<(i64, i64, i64, i64, i64)> = daily_delivery::table
        .filter(daily_delivery::tenant_id.eq(tenant.uuid()))
        .filter(daily_delivery::source_id.eq(id.uuid()))
        .select((
            daily_delivery::unique_opens,
            daily_delivery::machine_opens,
            daily_delivery::unique_clicks,
            daily_delivery::machine_clicks,
            daily_delivery::unsubscribes,
        ))
        .load(connection)?;
    for (opened, machine_opens, clicked, machine_clicks, unsubscribed) in days {
        totals.opened += opened.unsigned_abs();
        totals.machine_opens += machine_opens.unsigned_abs();
        totals.clicked += clicked.unsigned_abs();
        totals.machine_clicks += machine_clicks.unsigned_abs();
        totals.unsubscribed += unsubscribed.unsigned_abs();
    }
    Ok(totals)
}

/// Skips what no worker has; a worker that has one asks again before it calls the provider.
fn skip_waiting(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let waiting = [SendState::Queued.as_str(), SendState::RetryWait.as_str()];
    diesel::update(send_logs::table)
        .filter(send_logs::tenant_id.eq(tenant.uuid()))
        .filter(send_logs::broadcast_id.eq(id.uuid()))
        .filter(send_logs::state.eq_any(waiting))
        .set((
            send_logs::state.eq(SendState::Skipped.as_str()),
            send_logs::state_reason.eq(SkipReason::Cancelled.as_str()),
            send_logs::next_attempt_at.eq(None::<DateTime<Utc>>),
            send_logs::updated_at.eq(now),
        ))
        .execute(connection)
        .map(drop)
}

fn change_status(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    next: BroadcastStatus,
    now: DateTime<Utc>,
) -> Result<bool, TenantWorkError> {
    let row = broadcasts::table.find((tenant.uuid(), id.uuid()));
    let status: Option<String> = row
        .select(broadcasts::status)
        .for_update()
        .first(connection)
        .optional()?;
    let Some(status) = status else {
        return Ok(false);
    };
    if !status_named(&status)?.allows(next) {
        return Ok(false);
    }
    diesel::update(row)
        .set(broadcasts::status.eq(next.as_str()))
        .execute(connection)?;
    if next == BroadcastStatus::Cancelled {
        diesel::update(row)
            .set(broadcasts::finished_at.eq(now))
            .execute(connection)?;
        skip_waiting(connection, tenant, id, now)?;
    }
    Ok(true)
}

impl BroadcastStore for PgStore {
    fn create(&self, tenant: TenantId, broadcast: &Broadcast) -> StoreResult<()> {
        let audience = serde_json::to_value(&broadcast.audience).map_err(StoreError::unexpected)?;
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(broadcasts::table)
                .values((
                    broadcasts::tenant_id.eq(tenant.uuid()),
                    broadcasts::id.eq(broadcast.id.uuid()),
                    broadcasts::name.eq(&broadcast.name),
                    broadcasts::template_id.eq(broadcast.template.uuid()),
                    broadcasts::audience.eq(audience),
                    broadcasts::status.eq(broadcast.status.as_str()),
                    broadcasts::tracking.eq(broadcast.tracking),
                    broadcasts::created_by.eq(broadcast.created_by.map(|user| user.uuid())),
                    broadcasts::created_at.eq(broadcast.created_at),
                ))
                .execute(connection)?;
            Ok(())
        })
    }

    fn update_draft(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        draft: &BroadcastDraft,
    ) -> StoreResult<bool> {
        let audience = serde_json::to_value(&draft.audience).map_err(StoreError::unexpected)?;
        self.in_tenant(tenant, |connection| {
            let updated = diesel::update(broadcasts::table.find((tenant.uuid(), id.uuid())))
                .filter(broadcasts::status.eq(DRAFT))
                .set((
                    broadcasts::name.eq(draft.name.trim()),
                    broadcasts::template_id.eq(draft.template.uuid()),
                    broadcasts::audience.eq(audience),
                    broadcasts::tracking.eq(draft.tracking),
                ))
                .execute(connection)?;
            Ok(updated > 0)
        })
    }

    fn remove_draft(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let removed = diesel::delete(broadcasts::table.find((tenant.uuid(), id.uuid())))
                .filter(broadcasts::status.eq(DRAFT))
                .execute(connection)?;
            Ok(removed > 0)
        })
    }

    fn find(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<Option<Broadcast>> {
        self.in_tenant(tenant, |connection| {
            let found: Option<BroadcastRow> = broadcasts::table
                .find((tenant.uuid(), id.uuid()))
                .select(BroadcastRow::as_select())
                .first(connection)
                .optional()?;
            Ok(found.map(Broadcast::try_from).transpose()?)
        })
    }

    fn list(&self, tenant: TenantId, offset: u32, limit: u32) -> StoreResult<Vec<Broadcast>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<BroadcastRow> = broadcasts::table
                .filter(broadcasts::tenant_id.eq(tenant.uuid()))
                .order((broadcasts::created_at.desc(), broadcasts::id.desc()))
                .offset(offset.into())
                .limit(limit.into())
                .select(BroadcastRow::as_select())
                .load(connection)?;
            let found: StoreResult<Vec<_>> = rows.into_iter().map(Broadcast::try_from).collect();
            Ok(found?)
        })
    }

    fn totals(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<BroadcastTotals> {
        self.in_tenant(tenant, |connection| totals(connection, tenant, id))
    }

    fn change_status(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        next: BroadcastStatus,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            change_status(connection, tenant, id, next, now)
        })
    }
}
