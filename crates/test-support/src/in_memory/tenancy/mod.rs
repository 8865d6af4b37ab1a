//! The ports of [`domain::tenancy`], in memory.

mod access;
mod passwords;
mod people;

pub use passwords::ReadableHasher;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::ids::{ApiTokenId, TenantId, UserId};
use domain::store::{StoreError, StoreResult};
use domain::tenancy::{
    AuditCursor, AuditEntry, AuditLog, FailureCount, NewApiToken, NewSession, NewTenant, NewUser,
    SecretHash, SubjectHash, Tenant, TenantSettings, TenantStore,
};

/// Every port of tenancy on one shared state.
#[derive(Debug, Default)]
pub struct InMemoryTenancy {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    tenants: BTreeMap<TenantId, Tenant>,
    users: BTreeMap<(TenantId, UserId), NewUser>,
    sessions: BTreeMap<(TenantId, SecretHash), StoredSession>,
    tokens: BTreeMap<(TenantId, ApiTokenId), NewApiToken>,
    failures: BTreeMap<SubjectHash, FailureCount>,
    audit: Vec<(TenantId, AuditEntry)>,
}

#[derive(Debug)]
struct StoredSession {
    new: NewSession,
    last_seen_at: chrono::DateTime<chrono::Utc>,
}

impl InMemoryTenancy {
    /// The state, also after a test has failed while it held it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add_tenant(&mut self, new: &NewTenant) -> StoreResult<()> {
        let tenant = new.tenant.id;
        self.add_user(tenant, &new.administrator)?;
        self.tenants.insert(tenant, new.tenant.clone());
        self.log(tenant, &new.audit)?;
        Ok(())
    }

    fn add_user(&mut self, tenant: TenantId, new: &NewUser) -> StoreResult<()> {
        self.refuse_taken(&new.address_hash, new.user.id)?;
        self.users.insert((tenant, new.user.id), new.clone());
        Ok(())
    }

    fn log(&mut self, tenant: TenantId, entry: &AuditEntry) -> StoreResult<()> {
        if self
            .audit
            .iter()
            .any(|(owner, other)| *owner == tenant && other.id == entry.id)
        {
            return Err(StoreError::Duplicate("audit_entries_pkey".to_owned()));
        }
        self.audit.push((tenant, entry.clone()));
        Ok(())
    }

    fn refuse_taken(&self, address_hash: &[u8; 32], by_other_than: UserId) -> StoreResult<()> {
        let taken = self
            .users
            .values()
            .any(|other| other.address_hash == *address_hash && other.user.id != by_other_than);
        if taken {
            return Err(StoreError::Duplicate("login_addresses_pkey".to_owned()));
        }
        Ok(())
    }
}

impl TenantStore for InMemoryTenancy {
    fn is_set_up(&self) -> StoreResult<bool> {
        Ok(!self.state().users.is_empty())
    }

    fn create_first(&self, new: &NewTenant) -> StoreResult<bool> {
        let mut state = self.state();
        if !state.users.is_empty() {
            return Ok(false);
        }
        state.add_tenant(new).map(|()| true)
    }

    fn create(&self, new: &NewTenant) -> StoreResult<()> {
        self.state().add_tenant(new)
    }

    fn find(&self, tenant: TenantId) -> StoreResult<Option<Tenant>> {
        Ok(self.state().tenants.get(&tenant).cloned())
    }

    fn find_by_webhook_key(&self, key: &str) -> StoreResult<Option<Tenant>> {
        let state = self.state();
        let mut tenants = state.tenants.values();
        Ok(tenants.find(|tenant| tenant.webhook_key == key).cloned())
    }

    fn list(&self) -> StoreResult<Vec<Tenant>> {
        let mut tenants: Vec<_> = self.state().tenants.values().cloned().collect();
        tenants.sort_by_key(|tenant| (tenant.created_at, tenant.id));
        Ok(tenants)
    }

    fn change_settings(
        &self,
        tenant: TenantId,
        settings: &TenantSettings,
        audit: &AuditEntry,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let Some(found) = state.tenants.get_mut(&tenant) else {
            return Ok(false);
        };
        found.name.clone_from(&settings.name);
        found.time_zone = settings.time_zone;
        found.locale = settings.locale;
        state.log(tenant, audit)?;
        Ok(true)
    }
}

impl AuditLog for InMemoryTenancy {
    fn append(&self, tenant: TenantId, entry: &AuditEntry) -> StoreResult<()> {
        self.state().log(tenant, entry)
    }

    fn page(
        &self,
        tenant: TenantId,
        before: Option<AuditCursor>,
        limit: u32,
    ) -> StoreResult<Vec<AuditEntry>> {
        let state = self.state();
        let of_tenant = state.audit.iter().filter(|(owner, _)| *owner == tenant);
        let mut entries: Vec<_> = of_tenant
            .map(|(_, entry)| entry.clone())
            .filter(|entry| before.is_none_or(|before| entry.cursor() < before))
            .collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.cursor()));
        entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::InMemoryTenancy;
    use crate::contracts::tenancy::TenancyPorts;

    fn in_memory(contract: impl FnOnce(&TenancyPorts<'_>)) {
        contract(&TenancyPorts::of(&InMemoryTenancy::default()));
    }

    crate::tenancy_contracts!(in_memory);
}
