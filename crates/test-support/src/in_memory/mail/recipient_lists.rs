use std::collections::BTreeSet;

use domain::campaigns::{BroadcastStatus, RecipientLists};
use domain::ids::{BroadcastId, TenantId};
use domain::leads::EmailAddress;
use domain::store::StoreResult;

use super::InMemoryMail;

impl RecipientLists for InMemoryMail {
    fn replace_list(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        addresses: &BTreeSet<EmailAddress>,
    ) -> StoreResult<Option<BTreeSet<EmailAddress>>> {
        let mut state = self.state();
        let Some(draft) = state.in_status(tenant, broadcast, BroadcastStatus::Draft) else {
            return Ok(None);
        };
        draft.audience.listed_for = Some(broadcast);
        Ok(Some(self.people.list_for(tenant, broadcast, addresses)))
    }

    fn remove_list(&self, tenant: TenantId, broadcast: BroadcastId) -> StoreResult<bool> {
        let mut state = self.state();
        let Some(draft) = state.in_status(tenant, broadcast, BroadcastStatus::Draft) else {
            return Ok(false);
        };
        draft.audience.listed_for = None;
        self.people.list_for(tenant, broadcast, &BTreeSet::new());
        Ok(true)
    }
}
