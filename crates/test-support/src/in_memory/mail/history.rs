use domain::delivery::{Send, SendHistory, SendState};
use domain::ids::{BroadcastId, LeadId, SendId, TenantId};
use domain::store::StoreResult;

use super::InMemoryMail;

impl SendHistory for InMemoryMail {
    fn find(&self, tenant: TenantId, send: SendId) -> StoreResult<Option<Send>> {
        let state = self.state();
        let found = state.sends.get(&(tenant, send));
        Ok(found.map(|stored| stored.send.clone()))
    }

    fn of_lead(&self, tenant: TenantId, lead: LeadId, limit: u32) -> StoreResult<Vec<Send>> {
        let state = self.state();
        let mut sends: Vec<_> = state
            .sends
            .iter()
            .filter(|((owner, _), stored)| *owner == tenant && stored.send.lead == lead)
            .map(|(_, stored)| stored.send.clone())
            .collect();
        sends.sort_by_key(|send| std::cmp::Reverse((send.key.queued_at, send.key.id)));
        sends.truncate(limit as usize);
        Ok(sends)
    }

    fn of_broadcast(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        wanted: Option<SendState>,
        after: Option<SendId>,
        limit: u32,
    ) -> StoreResult<Vec<Send>> {
        let state = self.state();
        Ok(state
            .sends
            .iter()
            .filter(|((owner, id), stored)| {
                *owner == tenant
                    && stored.send.broadcast == Some(broadcast)
                    && wanted.is_none_or(|wanted| stored.send.state == wanted)
                    && after.is_none_or(|after| *id > after)
            })
            .take(limit as usize)
            .map(|(_, stored)| stored.send.clone())
            .collect())
    }
}
