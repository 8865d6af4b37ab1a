use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use domain::ids::{NotificationId, TenantId, UserId};
use domain::notifications::{Inbox, Notification};
use domain::store::StoreResult;

use super::InMemoryStaff;

impl Inbox for InMemoryStaff {
    fn put(&self, tenant: TenantId, told: &[Notification]) -> StoreResult<Vec<NotificationId>> {
        let mut state = self.state();
        for one in told {
            let place = state.told.entry((tenant, one.id));
            place.or_insert_with(|| one.clone());
        }
        let mut unmailed: Vec<NotificationId> = told.iter().map(|one| one.id).collect();
        unmailed.retain(|id| !state.mailed.contains(&(tenant, *id)));
        unmailed.sort_unstable();
        Ok(unmailed)
    }

    fn mailed(&self, tenant: TenantId, id: NotificationId, _now: DateTime<Utc>) -> StoreResult<()> {
        self.state().mailed.insert((tenant, id));
        Ok(())
    }

    fn told(&self, tenant: TenantId, user: UserId, limit: u32) -> StoreResult<Vec<Notification>> {
        let state = self.state();
        let mut found: Vec<Notification> = (state.told.iter())
            .filter(|((owner, _), one)| *owner == tenant && one.user == user)
            .map(|(_, one)| one.clone())
            .collect();
        found.sort_by_key(|one| Reverse((one.created_at, one.id)));
        found.truncate(limit as usize);
        Ok(found)
    }

    fn count_unread(&self, tenant: TenantId, user: UserId) -> StoreResult<u64> {
        let state = self.state();
        let unread = state.told.iter().filter(|((owner, _), one)| {
            *owner == tenant && one.user == user && one.read_at.is_none()
        });
        Ok(unread.count() as u64)
    }

    fn mark_read(
        &self,
        tenant: TenantId,
        user: UserId,
        which: Option<NotificationId>,
        now: DateTime<Utc>,
    ) -> StoreResult<u64> {
        let mut state = self.state();
        let mut marked = 0;
        for ((owner, id), one) in &mut state.told {
            let is_meant = *owner == tenant && which.is_none_or(|which| which == *id);
            if is_meant && one.user == user && one.read_at.is_none() {
                one.read_at = Some(now);
                marked += 1;
            }
        }
        Ok(marked)
    }
}
