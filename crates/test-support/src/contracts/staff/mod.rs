//! What the ports of tasks and notifications promise.

mod notifications;
mod tasks;

use domain::ids::{LeadId, TaskId, TenantId, UserId};
use domain::leads::{LeadDraft, LeadStore};
use domain::notifications::{Inbox, WebhookSecrets};
use domain::tasks::{Task, TaskDraft, TaskStore};

use crate::builders::delivery::address;
use crate::builders::tenancy::at;

pub use notifications::*;
pub use tasks::*;

/// The ports over one storage, two tenants that exist in it, and two people of the first.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the fields are the ports of those names")]
pub struct StaffPorts<'a> {
    pub tenant: TenantId,
    pub other_tenant: TenantId,
    pub users: [UserId; 2],
    pub leads: &'a dyn LeadStore,
    pub tasks: &'a dyn TaskStore,
    pub inbox: &'a dyn Inbox,
    pub secrets: &'a dyn WebhookSecrets,
}

impl<'a> StaffPorts<'a> {
    /// One storage for all of them but the leads.
    pub fn of<S>(
        store: &'a S,
        leads: &'a dyn LeadStore,
        [tenant, other_tenant]: [TenantId; 2],
        users: [UserId; 2],
    ) -> Self
    where
        S: TaskStore + Inbox + WebhookSecrets,
    {
        Self {
            tenant,
            other_tenant,
            users,
            leads,
            tasks: store,
            inbox: store,
            secrets: store,
        }
    }

    fn lead(&self, name: &str) -> LeadId {
        let draft = LeadDraft {
            name: Some(name.to_owned()),
            phone: Some("03-1234-5678".to_owned()),
            ..LeadDraft::new(address(&format!("{name}@example.com")))
        };
        self.leads.create(self.tenant, draft, at(0)).unwrap().id
    }

    /// Opens a task that `change` has made different from a usual one, so many seconds in.
    fn open(&self, title: &str, seconds: i64, change: impl FnOnce(&mut TaskDraft)) -> Task {
        let mut draft = TaskDraft {
            title: title.to_owned(),
            ..TaskDraft::default()
        };
        change(&mut draft);
        let task = draft.into_task(TaskId::new(), None, at(seconds)).unwrap();
        assert!(self.tasks.add_task(self.tenant, &task).unwrap());
        task
    }
}

/// Writes one test for each contract; `$on_storage` gives it the ports over an empty storage.
#[macro_export]
macro_rules! staff_contracts {
    ($on_storage:path) => {
        $crate::staff_contracts! { $on_storage:
            a_task_comes_back_as_it_was_opened,
            a_task_is_opened_once,
            a_task_about_nobody_known_is_refused,
            tasks_come_in_the_order_in_which_they_are_done,
            a_filter_finds_its_tasks,
            a_change_is_decided_on_the_task_as_it_is,
            changes_at_once_lose_nothing,
            a_program_sees_every_task_once,
            another_tenant_sees_no_task,
            a_notification_is_there_once_and_mailed_once,
            everybody_reads_their_own_notifications,
            another_tenant_is_told_nothing,
            the_first_secret_stays,
            a_renewed_secret_keeps_the_one_before_for_a_while,
        }
    };
    ($on_storage:path: $($contract:ident,)+) => {$(
        #[test]
        fn $contract() {
            $on_storage($crate::contracts::staff::$contract);
        }
    )+};
}
