use chrono::{DateTime, Utc};
use domain::ids::{LeadId, TenantId};
use domain::privacy::{Consent, ConsentStore, PrivacySettings};
use domain::store::StoreResult;

use crate::in_memory::InMemoryMail;

impl ConsentStore for InMemoryMail {
    fn consents(&self, tenant: TenantId, lead: LeadId) -> StoreResult<Vec<Consent>> {
        Ok(self.state().privacy.of_lead(tenant, lead))
    }

    fn record_consent(&self, tenant: TenantId, consent: &Consent) -> StoreResult<bool> {
        if !self.has_lead(tenant, consent.lead)? {
            return Ok(false);
        }
        let mut state = self.state();
        let consents = &mut state.privacy_mut().consents;
        let key = (tenant, consent.id);
        consents.entry(key).or_insert_with(|| consent.clone());
        Ok(true)
    }

    fn privacy_settings(&self, tenant: TenantId) -> StoreResult<PrivacySettings> {
        let state = self.state();
        let found = state.privacy.settings.get(&tenant);
        Ok(found.copied().unwrap_or_default())
    }

    fn demand(
        &self,
        tenant: TenantId,
        settings: PrivacySettings,
        _now: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.state().privacy_mut().settings.insert(tenant, settings);
        Ok(())
    }
}
