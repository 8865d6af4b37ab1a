use chrono::{DateTime, Utc};
use domain::delivery::{
    SOFT_BOUNCE_MEMORY, SOFT_BOUNCES_THAT_STOP, SkipReason, Suppression, SuppressionPage,
    Suppressions,
};
use domain::ids::TenantId;
use domain::leads::EmailAddress;
use domain::store::StoreResult;

use super::{InMemoryMail, State};

impl State {
    pub(super) fn suppress(&mut self, tenant: TenantId, new: &Suppression) -> bool {
        let key = (tenant, new.email.clone());
        let before = self.suppressions.get(&key);
        let replaces = before.is_none_or(|old| new.reason.is_refusal() && !old.reason.is_refusal());
        let is_new = before.is_none();
        if replaces {
            self.suppressions.insert(key, new.clone());
        }
        is_new
    }

    /// Why no mail goes to this address.
    pub(super) fn stop(
        &self,
        tenant: TenantId,
        email: &EmailAddress,
        now: DateTime<Utc>,
    ) -> Option<SkipReason> {
        let key = (tenant, email.clone());
        if self.suppressions.contains_key(&key) {
            return Some(SkipReason::Suppressed);
        }
        let recent = self
            .soft_bounces
            .get(&key)?
            .values()
            .filter(|at| **at > now - SOFT_BOUNCE_MEMORY);
        let stops = recent.count() >= SOFT_BOUNCES_THAT_STOP as usize;
        stops.then_some(SkipReason::SoftBounces)
    }
}

impl Suppressions for InMemoryMail {
    fn suppress(&self, tenant: TenantId, suppression: &Suppression) -> StoreResult<bool> {
        Ok(self.state().suppress(tenant, suppression))
    }

    fn lift(&self, tenant: TenantId, email: &EmailAddress) -> StoreResult<Option<Suppression>> {
        let mut state = self.state();
        state.soft_bounces.remove(&(tenant, email.clone()));
        Ok(state.suppressions.remove(&(tenant, email.clone())))
    }

    fn find(&self, tenant: TenantId, email: &EmailAddress) -> StoreResult<Option<Suppression>> {
        let state = self.state();
        Ok(state.suppressions.get(&(tenant, email.clone())).cloned())
    }

    fn list(&self, tenant: TenantId, page: &SuppressionPage) -> StoreResult<Vec<Suppression>> {
        let state = self.state();
        let wanted = |email: &EmailAddress| {
            page.q
                .as_ref()
                .is_none_or(|q| email.as_str().contains(&q.trim().to_lowercase()))
        };
        let mut found: Vec<_> = state
            .suppressions
            .iter()
            .filter(|((owner, email), _)| *owner == tenant && wanted(email))
            .map(|(_, suppression)| suppression.clone())
            .collect();
        found.sort_by(|a, b| (b.created_at, &a.email).cmp(&(a.created_at, &b.email)));
        Ok(found
            .into_iter()
            .skip(page.offset as usize)
            .take(page.limit as usize)
            .collect())
    }
}
