//! Engagements that the log refuses.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{EngagementId, TenantId};
use domain::store::{StoreError, StoreResult};
use domain::tracking::{DeadEngagement, DeadEngagements, Engagement};
use uuid::Uuid;

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
        let rows: Vec<(Uuid, Vec<u8>, String, DateTime<Utc>)> =
            self.in_tenant(tenant, |connection| {
                Ok(dead_engagements::table
                    .filter(dead_engagements::tenant_id.eq(tenant.uuid()))
                    .order((dead_engagements::died_at.desc(), dead_engagements::id))
                    .limit(i64::from(limit))
                    .select((
                        dead_engagements::id,
                        dead_engagements::payload,
                        dead_engagements::reason,
                        dead_engagements::died_at,
                    ))
                    .load(connection)?)
            })?;
        Ok(rows.into_iter().filter_map(readable).collect())
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

/// What was buried, if this version can read it. One that a newer version wrote hides no other.
fn readable(
    (id, payload, reason, died_at): (Uuid, Vec<u8>, String, DateTime<Utc>),
) -> Option<DeadEngagement> {
    match serde_json::from_slice::<Engagement>(&payload) {
        Ok(engagement) => Some(DeadEngagement {
            engagement,
            reason,
            died_at,
        }),
        // Not the parser's words: they quote what people sent.
        Err(_unreadable) => {
            tracing::error!(%id, "a refused engagement cannot be read by this version");
            None
        }
    }
}
