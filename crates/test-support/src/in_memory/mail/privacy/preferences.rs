use domain::ids::{LeadId, TenantId};
use domain::privacy::{LeadPreferences, PreferenceChange, PreferenceStore, Said};
use domain::store::StoreResult;

use crate::in_memory::InMemoryMail;

impl PreferenceStore for InMemoryMail {
    fn preferences(&self, tenant: TenantId, lead: LeadId) -> StoreResult<LeadPreferences> {
        Ok(self.state().privacy.wanted(tenant, lead))
    }

    fn change_preferences(
        &self,
        tenant: TenantId,
        lead: LeadId,
        changes: &[PreferenceChange],
        said: Said,
    ) -> StoreResult<bool> {
        if !self.has_lead(tenant, lead)? {
            return Ok(false);
        }
        let mut state = self.state();
        let privacy = state.privacy_mut();
        let mut wanted = privacy.wanted(tenant, lead);
        let before = wanted.pause;
        for change in changes {
            wanted.change(*change, said);
        }
        let has_ended = before.is_some() && before != wanted.pause;
        wanted
            .topics
            .retain(|topic, _| privacy.topics.contains_key(&(tenant, *topic)));
        privacy.preferences.insert((tenant, lead), wanted);
        if has_ended {
            state.go_on(tenant, lead, said.at);
        }
        Ok(true)
    }
}
