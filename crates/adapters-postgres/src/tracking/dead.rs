//! Engagements that the log refuses.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{EngagementId, TenantId};
use domain::store::{StoreError, StoreResult};
use domain::tracking::{DeadEngagement, DeadEngagements, Engagement};

use crate::pool::PgStore;
use crate::schema::dead_engagements;

impl DeadEngagements for PgStore {
    fn bury(&self, dead: &DeadEngagement) -> StoreResult<()> {
        let engagement = &dead.engagement;
        let payload = serde_json::to_vec(engagement).map_err(StoreError::unexpected)?;
        // The reason is the storage's, which may quote what no text column takes.
        let reason = dead.reason.replace('\0', "\u{fffd}");
        self.in_tenant(engagement.tenant, |connection| {
            diesel::insert_into(dead_engagements::table)
                .values((
                    dead_engagements::tenant_id.eq(engagement.tenant.uuid()),
                    dead_engagements::id.eq(engagement.id.uuid()),
                    dead_engagements::occurred_at.eq(engagement.occurred_at),
                    dead_engagements::payload.eq(payload),
                    dead_engagements::reason.eq(reason),
                    dead_engagements::died_at.eq(dead.died_at),
                ))
                .on_conflict_do_nothing()
                .execute(connection)?;
            Ok(())
        })
    }

    fn buried(&self, tenant: TenantId, limit: u32) -> StoreResult<Vec<DeadEngagement>> {
        let rows: Vec<(Vec<u8>, String, DateTime<Utc>)> = self.in_tenant(tenant, |connection| {
            Ok(dead_engagements::table
                .filter(dead_engagements::tenant_id.eq(tenant.uuid()))
                .order((dead_engagements::died_at.desc(), dead_engagements::id))
                .limit(i64::from(limit))
                .select((
                    dead_engagements::payload,
                    dead_engagements::reason,
                    dead_engagements::died_at,
                ))
                .load(connection)?)
        })?;
        let dead = |(payload, reason, died_at): (Vec<u8>, String, DateTime<Utc>)| {
            let engagement: Engagement =
                serde_json::from_slice(&payload).map_err(StoreError::unexpected)?;
            Ok(DeadEngagement {
                engagement,
                reason,
                died_at,
            })
        };
        rows.into_iter().map(dead).collect()
    }

    fn exhume(&self, tenant: TenantId, engagement: EngagementId) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let removed = diesel::delete(dead_engagements::table)
                .filter(dead_engagements::tenant_id.eq(tenant.uuid()))
                .filter(dead_engagements::id.eq(engagement.uuid()))
                .execute(connection)?;
            Ok(removed > 0)
        })
    }
}
