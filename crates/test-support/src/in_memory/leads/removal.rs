use domain::ids::{LeadId, TenantId};
use domain::leads::{LeadRemoval, LeadTraces};
use domain::store::StoreResult;

use super::InMemoryLeads;

/// Engagements, points and mails are kept elsewhere, so that there are no traces here.
impl LeadRemoval for InMemoryLeads {
    fn traces(&self, _: TenantId, _: LeadId) -> StoreResult<LeadTraces> {
        Ok(LeadTraces::default())
    }

    fn remove(&self, tenant: TenantId, lead: LeadId) -> StoreResult<bool> {
        let mut state = self.state();
        state
            .page_views
            .retain(|(owner, id, _), _| (*owner, *id) != (tenant, lead));
        Ok(state.leads.remove(&(tenant, lead)).is_some())
    }
}
