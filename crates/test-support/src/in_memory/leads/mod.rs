//! The ports of [`domain::leads`], in memory.

mod imports;
mod listing;
mod removal;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{BroadcastId, ImportId, LeadId, TenantId};
use domain::leads::import::{Import, Owners, Refusal};
use domain::leads::{
    AttributeDefinition, EmailAddress, Lead, LeadChanges, LeadDraft, LeadStore, Upserted, tidy_tag,
};
use domain::store::{StoreError, StoreResult};

/// Every port of leads on one shared state.
#[derive(Debug, Default)]
pub struct InMemoryLeads {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    leads: BTreeMap<(TenantId, LeadId), Lead>,
    attributes: BTreeMap<(TenantId, String), AttributeDefinition>,
    stopped: BTreeSet<(TenantId, EmailAddress)>,
    listed: BTreeSet<(TenantId, BroadcastId, LeadId)>,
    page_views: BTreeMap<(TenantId, LeadId, NaiveDate), u32>,
    imports: BTreeMap<(TenantId, ImportId), StoredImport>,
    owners: BTreeMap<TenantId, Owners>,
}

#[derive(Debug)]
struct StoredImport {
    import: Import,
    lease_until: Option<DateTime<Utc>>,
    refusals: Vec<Refusal>,
}

impl InMemoryLeads {
    /// The state, also after a test has failed while it held it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every lead of a tenant, as it is, in the order of their ids.
    #[must_use]
    pub fn all(&self, tenant: TenantId) -> Vec<Lead> {
        self.state().of(tenant).cloned().collect()
    }

    /// Changes a lead in ways that no port of leads does, e.g. its score. Nothing happens where
    /// there is no such lead.
    pub fn arrange(&self, tenant: TenantId, id: LeadId, change: impl FnOnce(&mut Lead)) {
        if let Some(lead) = self.state().leads.get_mut(&(tenant, id)) {
            change(lead);
        }
    }

    /// Suppresses an address.
    pub fn stop_mail(&self, tenant: TenantId, email: EmailAddress) {
        self.state().stopped.insert((tenant, email));
    }

    /// Makes the leads with these addresses the list of a broadcast, and returns the addresses
    /// that no lead has.
    pub fn list_for(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        addresses: &BTreeSet<EmailAddress>,
    ) -> BTreeSet<EmailAddress> {
        let mut state = self.state();
        state
            .listed
            .retain(|(owner, of, _)| (*owner, *of) != (tenant, broadcast));
        let mut unknown = BTreeSet::new();
        for address in addresses {
            match state.by_email(tenant, address).map(|lead| lead.id) {
                Some(lead) => {
                    state.listed.insert((tenant, broadcast, lead));
                }
                None => {
                    unknown.insert(address.clone());
                }
            }
        }
        unknown
    }

    /// Counts page views of a lead on a day.
    pub fn view_pages(&self, tenant: TenantId, id: LeadId, day: NaiveDate, views: u32) {
        *self
            .state()
            .page_views
            .entry((tenant, id, day))
            .or_default() += views;
    }

    /// The staff that imports find owners among.
    pub fn set_owners(&self, tenant: TenantId, owners: Owners) {
        self.state().owners.insert(tenant, owners);
    }
}

impl State {
    fn of(&self, tenant: TenantId) -> impl Iterator<Item = &Lead> {
        let of_tenant = self
            .leads
            .iter()
            .filter(move |((owner, _), _)| *owner == tenant);
        of_tenant.map(|(_, lead)| lead)
    }

    fn by_email(&self, tenant: TenantId, email: &EmailAddress) -> Option<&Lead> {
        self.of(tenant).find(|lead| lead.email == *email)
    }

    fn upsert(&mut self, tenant: TenantId, draft: &LeadDraft, now: DateTime<Utc>) -> Upserted {
        let known = self.by_email(tenant, &draft.email).map(|lead| lead.id);
        if let Some(lead) = known.and_then(|id| self.leads.get_mut(&(tenant, id))) {
            let before = (lead.clone(), lead.updated_at);
            lead.absorb(draft.clone(), now);
            lead.updated_at = before.1;
            if *lead != before.0 {
                lead.updated_at = now;
            }
            return Upserted::Updated(lead.id);
        }
        let lead = draft.clone().into_lead(LeadId::new(), now);
        let id = lead.id;
        self.leads.insert((tenant, id), lead);
        Upserted::Created(id)
    }
}

fn duplicate() -> StoreError {
    StoreError::Duplicate("leads_tenant_id_email_key".to_owned())
}

impl LeadStore for InMemoryLeads {
    fn create(&self, tenant: TenantId, draft: LeadDraft, now: DateTime<Utc>) -> StoreResult<Lead> {
        let mut state = self.state();
        if state.by_email(tenant, &draft.email).is_some() {
            return Err(duplicate());
        }
        let lead = draft.into_lead(LeadId::new(), now);
        state.leads.insert((tenant, lead.id), lead.clone());
        Ok(lead)
    }

    fn find(&self, tenant: TenantId, id: LeadId) -> StoreResult<Option<Lead>> {
        Ok(self.state().leads.get(&(tenant, id)).cloned())
    }

    fn find_many(&self, tenant: TenantId, ids: &[LeadId]) -> StoreResult<Vec<Lead>> {
        let state = self.state();
        let ids: BTreeSet<LeadId> = ids.iter().copied().collect();
        let found = ids.iter().filter_map(|id| state.leads.get(&(tenant, *id)));
        Ok(found.cloned().collect())
    }

    fn find_by_email(&self, tenant: TenantId, email: &EmailAddress) -> StoreResult<Option<Lead>> {
        Ok(self.state().by_email(tenant, email).cloned())
    }

    fn update(
        &self,
        tenant: TenantId,
        id: LeadId,
        changes: LeadChanges,
        now: DateTime<Utc>,
    ) -> StoreResult<Option<Lead>> {
        let mut state = self.state();
        let Some(mut lead) = state.leads.get(&(tenant, id)).cloned() else {
            return Ok(None);
        };
        lead.apply(changes, now);
        let holder = state.by_email(tenant, &lead.email).map(|other| other.id);
        if holder.is_some_and(|other| other != id) {
            return Err(duplicate());
        }
        state.leads.insert((tenant, id), lead.clone());
        Ok(Some(lead))
    }

    fn upsert_many(
        &self,
        tenant: TenantId,
        drafts: &[LeadDraft],
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<Upserted>> {
        let mut state = self.state();
        let upsert = |draft| state.upsert(tenant, draft, now);
        Ok(drafts.iter().map(upsert).collect())
    }

    fn change_tags(
        &self,
        tenant: TenantId,
        leads: &[LeadId],
        add: &BTreeSet<String>,
        remove: &BTreeSet<String>,
        _now: DateTime<Utc>,
    ) -> StoreResult<u64> {
        let mut state = self.state();
        let mut found = 0;
        for id in leads {
            if let Some(lead) = state.leads.get_mut(&(tenant, *id)) {
                lead.tags.retain(|tag| !remove.contains(tag));
                lead.tags.extend(add.iter().filter_map(|tag| tidy_tag(tag)));
                found += 1;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::UserId;

    use super::*;
    use crate::builders::leads::address;
    use crate::contracts::leads::{ArrangeLeads, LeadsDesk};

    impl ArrangeLeads for InMemoryLeads {
        fn stop_mail(&self, tenant: TenantId, email: &EmailAddress) {
            self.stop_mail(tenant, email.clone());
        }

        fn view_pages(&self, tenant: TenantId, id: LeadId, day: NaiveDate, views: u32) {
            self.view_pages(tenant, id, day, views);
        }

        fn engage(&self, tenant: TenantId, id: LeadId, score: i32, at: DateTime<Utc>) {
            self.arrange(tenant, id, |lead| {
                lead.score = score;
                lead.last_engaged_at = Some(at);
            });
        }
    }

    fn in_memory(contract: impl FnOnce(&LeadsDesk<'_>)) {
        let leads = InMemoryLeads::default();
        let (tenant, staff) = (TenantId::new(), (address("staff"), UserId::new()));
        leads.set_owners(tenant, Owners::from([staff.clone()]));
        contract(&LeadsDesk::of(
            &leads,
            &leads,
            tenant,
            TenantId::new(),
            (&staff.0, staff.1),
        ));
    }

    crate::leads_contracts!(in_memory);
}
