//! Engagements that the log refuses.

use std::cmp::Reverse;

use domain::ids::{EngagementId, TenantId};
use domain::store::StoreResult;
use domain::tracking::{DeadEngagement, DeadEngagements};

use super::InMemoryEngagementLog;

impl DeadEngagements for InMemoryEngagementLog {
    fn bury(&self, dead: &DeadEngagement) -> StoreResult<()> {
        let engagement = &dead.engagement;
        self.with(engagement.tenant, |state| {
            let kept = state.dead.entry(engagement.id);
            kept.or_insert_with(|| dead.clone());
        });
        Ok(())
    }

    fn buried(&self, tenant: TenantId, limit: u32) -> StoreResult<Vec<DeadEngagement>> {
        let mut all: Vec<DeadEngagement> =
            self.with(tenant, |state| state.dead.values().cloned().collect());
        all.sort_by_key(|dead| (Reverse(dead.died_at), dead.engagement.id));
        all.truncate(limit as usize);
        Ok(all)
    }

    fn exhume(&self, tenant: TenantId, engagement: EngagementId) -> StoreResult<bool> {
        Ok(self.with(tenant, |state| state.dead.remove(&engagement).is_some()))
    }
}
