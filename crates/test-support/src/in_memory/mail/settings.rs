use chrono::{DateTime, Utc};
use domain::delivery::{DeliverySettings, ProviderSettings, SenderProfile};
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
}
