//! What tasks need from storage.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Task, TaskFault, TaskPriority, TaskStatus};
use crate::ids::{LeadId, TaskId, TenantId, UserId};
use crate::leads::EmailAddress;
use crate::store::StoreResult;

/// Whose tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assignee {
    /// Everybody's.
    #[default]
    Anybody,
    /// Those that nobody has yet.
    Nobody,
    /// This person's.
    User(UserId),
}

/// Which tasks; every condition has to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// Whose.
    pub assignee: Assignee,
    /// In one of these; empty: in any.
    pub statuses: BTreeSet<TaskStatus>,
    /// Of this priority; none: of any.
    pub priority: Option<TaskPriority>,
    /// About this lead; none: about anybody.
    pub lead: Option<LeadId>,
}

/// A task in a list, with whom it is about (B46).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    /// The task.
    pub task: Task,
    /// Whom it is about.
    pub lead: Option<TaskLead>,
}

/// Whom a task is about, as far as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields mean what they mean in Lead")]
pub struct TaskLead {
    pub id: LeadId,
    pub email: EmailAddress,
    pub name: Option<String>,
    pub company: Option<String>,
    pub phone: Option<String>,
}

/// Makes of a task what it is to be: see [`TaskStore::change_task`].
pub type TaskDecision<'a> = dyn Fn(&Task) -> Result<Task, TaskFault> + 'a;

/// The tasks. Not mocked: mockall knows no closures as arguments; tests take the in-memory port.
pub trait TaskStore: Send + Sync {
    /// Opens a task; `false`, and nothing is written, where one with its id is known already.
    ///
    /// # Errors
    /// `Refused` or `InUse` where its lead, or the person who is to do it, does not exist.
    fn add_task(&self, tenant: TenantId, task: &Task) -> StoreResult<bool>;

    /// The task with this id.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn task(&self, tenant: TenantId, id: TaskId) -> StoreResult<Option<TaskRow>>;

    /// Changes a task as `decide` says, which sees it while it is locked. `None` if there is no
    /// such task; what `decide` refuses changes nothing. Id, campaign and `created_at` stay.
    ///
    /// # Errors
    /// As for [`TaskStore::add_task`].
    fn change_task(
        &self,
        tenant: TenantId,
        id: TaskId,
        decide: &TaskDecision<'_>,
    ) -> StoreResult<Option<Result<Task, TaskFault>>>;

    /// The tasks as a person goes through them: those still to be done first, of these the most
    /// urgent, of these the one that is due first (B47).
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn tasks(
        &self,
        tenant: TenantId,
        filter: &TaskFilter,
        offset: u32,
        limit: u32,
    ) -> StoreResult<Vec<TaskRow>>;

    /// The newest first, from the one before which a program has seen them all.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn newest_tasks(
        &self,
        tenant: TenantId,
        filter: &TaskFilter,
        before: Option<(DateTime<Utc>, TaskId)>,
        limit: u32,
    ) -> StoreResult<Vec<Task>>;

    /// How many the filter finds.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn count_tasks(&self, tenant: TenantId, filter: &TaskFilter) -> StoreResult<u64>;
}
