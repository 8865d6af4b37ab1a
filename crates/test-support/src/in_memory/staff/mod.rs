//! The ports of `tasks` and `notifications`, in memory.

mod inbox;
mod secrets;
mod tasks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::ids::{NotificationId, TaskId, TenantId};
use domain::leads::LeadStore;
use domain::notifications::{Notification, StoredSecrets};
use domain::tasks::Task;

/// Every port of tasks and notifications on one shared state, for the leads of another port.
pub struct InMemoryStaff {
    leads: Arc<dyn LeadStore>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    tasks: BTreeMap<(TenantId, TaskId), Task>,
    told: BTreeMap<(TenantId, NotificationId), Notification>,
    mailed: BTreeSet<(TenantId, NotificationId)>,
    secrets: BTreeMap<TenantId, StoredSecrets>,
}

impl InMemoryStaff {
    /// Nothing to do and nothing told, for these leads.
    #[must_use]
    pub fn new(leads: Arc<dyn LeadStore>) -> Self {
        Self {
            leads,
            state: Mutex::default(),
        }
    }

    /// The state, also after a test has failed while it held it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything that is stored, for tests of what changes nothing.
impl std::fmt::Debug for InMemoryStaff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.state().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::UserId;

    use super::*;
    use crate::contracts::staff::StaffPorts;
    use crate::in_memory::InMemoryLeads;

    fn in_memory(contract: impl FnOnce(&StaffPorts<'_>)) {
        let leads = Arc::new(InMemoryLeads::default());
        let staff = InMemoryStaff::new(leads.clone());
        let tenants = [TenantId::new(), TenantId::new()];
        let users = [UserId::new(), UserId::new()];
        contract(&StaffPorts::of(&staff, &*leads, tenants, users));
    }

    crate::staff_contracts!(in_memory);
}
