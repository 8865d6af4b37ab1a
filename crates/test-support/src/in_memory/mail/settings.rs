use chrono::{DateTime, Utc};
use domain::delivery::{DeliverySettings, Halt, ProviderSettings, SenderProfile, SendingPolicy};
use domain::ids::TenantId;
use domain::store::StoreResult;

use super::InMemoryMail;

impl DeliverySettings for InMemoryMail {
    fn sender_profile(&self, tenant: TenantId) -> StoreResult<SenderProfile> {
        let state = self.state();
        Ok(state.profiles.get(&tenant).cloned().unwrap_or_default())
    }

    fn save_sender_profile(&self, tenant: TenantId, profile: &SenderProfile) -> StoreResult<()> {
        self.state().profiles.insert(tenant, profile.clone());
        Ok(())
    }

    fn provider(&self, tenant: TenantId) -> StoreResult<ProviderSettings> {
        let state = self.state();
        Ok(state.providers.get(&tenant).cloned().unwrap_or_default())
    }

    fn save_provider(
        &self,
        tenant: TenantId,
        settings: &ProviderSettings,
        _now: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.state().providers.insert(tenant, settings.clone());
        Ok(())
    }

    fn sending_policy(&self, tenant: TenantId) -> StoreResult<SendingPolicy> {
        let state = self.state();
        Ok(state.policies.get(&tenant).cloned().unwrap_or_default())
    }

    fn save_sending_policy(
        &self,
        tenant: TenantId,
        policy: &SendingPolicy,
        _now: DateTime<Utc>,
    ) -> StoreResult<()> {
        let mut state = self.state();
        let stored = state.policies.entry(tenant).or_default();
        *stored = SendingPolicy {
            halt: stored.halt,
            ..policy.clone()
        };
        Ok(())
    }

    fn set_halt(
        &self,
        tenant: TenantId,
        halt: Option<Halt>,
        _now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let stored = state.policies.entry(tenant).or_default();
        let changes = stored.halt.is_some() != halt.is_some();
        if changes {
            stored.halt = halt;
        }
        Ok(changes)
    }
}
