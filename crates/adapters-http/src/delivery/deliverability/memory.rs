//! What was found out lately, so that neither DNS nor the sends are read for each page.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::analytics::DomainDelivery;
use domain::delivery::authentication::{Authentication, SendingSetup};
use domain::ids::TenantId;
use domain::store::StoreResult;
use moka::sync::Cache;

/// How long it is good.
const LIFETIME: Duration = Duration::from_secs(600);
/// Tenants that are remembered.
const REMEMBERED: u64 = 1_000;

/// What was found out lately. A setup that changes is looked up anew at once.
#[derive(Debug)]
pub(crate) struct DeliverabilityMemory {
    checks: Cache<(TenantId, SendingSetup), Arc<Authentication>>,
    domains: Cache<TenantId, Arc<Domains>>,
}

/// The receiving domains at a moment.
#[derive(Debug)]
pub(super) struct Domains {
    pub(super) rows: Vec<DomainDelivery>,
    pub(super) counted_at: DateTime<Utc>,
}

impl DeliverabilityMemory {
    pub(crate) fn new() -> Self {
        Self {
            checks: cache(),
            domains: cache(),
        }
    }

    /// What is remembered, or what `look` finds; of many who ask at once, one looks.
    pub(super) fn authentication(
        &self,
        tenant: TenantId,
        setup: SendingSetup,
        look: impl FnOnce(&SendingSetup) -> Authentication,
    ) -> Arc<Authentication> {
        let key = (tenant, setup.clone());
        self.checks.get_with(key, || Arc::new(look(&setup)))
    }

    /// Makes the next one look again.
    pub(super) fn forget(&self, tenant: TenantId, setup: &SendingSetup) {
        self.checks.invalidate(&(tenant, setup.clone()));
    }

    /// The domains that are remembered, or those that `count` finds.
    ///
    /// # Errors
    /// Those of `count`; they are not remembered.
    pub(super) fn domains(
        &self,
        tenant: TenantId,
        count: impl FnOnce() -> StoreResult<Domains>,
    ) -> StoreResult<Arc<Domains>> {
        if let Some(domains) = self.domains.get(&tenant) {
            return Ok(domains);
        }
        let domains = Arc::new(count()?);
        self.domains.insert(tenant, Arc::clone(&domains));
        Ok(domains)
    }
}

fn cache<K, V>() -> Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(REMEMBERED)
        .time_to_live(LIFETIME)
        .build()
}
