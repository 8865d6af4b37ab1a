//! Broadcasts, for people.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use domain::campaigns::{
    Broadcast, BroadcastDraft, BroadcastStatus, BroadcastStore, BroadcastTotals,
};
use domain::delivery::SendState;
use domain::ids::{BroadcastId, TenantId};
use domain::store::{StoreError, StoreResult};

use super::row::{BroadcastRow, written};
use super::status::change_status;
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

/// A limit is at most a million.
fn limit_column(limit: u32) -> i32 {
    i32::try_from(limit).unwrap_or(i32::MAX)
}

impl BroadcastStore for PgStore {
    fn create(&self, tenant: TenantId, broadcast: &Broadcast) -> StoreResult<()> {
        let audience = written(&broadcast.audience)?;
        let ab_test = broadcast.ab_test.as_ref().map(written).transpose()?;
        let hourly_limit = broadcast.hourly_limit.map(limit_column);
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
                    broadcasts::hourly_limit.eq(hourly_limit),
                    broadcasts::ab_test.eq(ab_test),
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
        let audience = written(&draft.audience)?;
        let ab_test = draft.ab_test.as_ref().map(written).transpose()?;
        let hourly_limit = draft.hourly_limit.map(limit_column);
        self.in_tenant(tenant, |connection| {
            let updated = diesel::update(broadcasts::table.find((tenant.uuid(), id.uuid())))
                .filter(broadcasts::status.eq(DRAFT))
                .set((
                    broadcasts::name.eq(draft.name.trim()),
                    broadcasts::template_id.eq(draft.template.uuid()),
                    broadcasts::audience.eq(audience),
                    broadcasts::tracking.eq(draft.tracking),
                    broadcasts::hourly_limit.eq(hourly_limit),
                    broadcasts::ab_test.eq(ab_test),
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
