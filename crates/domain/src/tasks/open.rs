//! The task of a step of a campaign.

use chrono::{DateTime, Utc};

use super::{TITLE_MAX, Task, TaskDraft, TaskStore};
use crate::automation::worded;
use crate::content::MailRenderer;
use crate::ids::{CampaignId, ReactionId, TaskId, TenantId, UserId};
use crate::leads::Lead;
use crate::store::{StoreError, StoreResult};
use crate::tenancy::UserStore;

/// Where a task is opened.
#[derive(Clone, Copy)]
pub struct TaskPorts<'a> {
    /// Where tasks are kept.
    pub tasks: &'a dyn TaskStore,
    /// Who could do it.
    pub users: &'a dyn UserStore,
    /// Fills the merge tags of its title in.
    pub renderer: &'a dyn MailRenderer,
}

/// What a step asks for.
#[derive(Clone, Copy, Debug)]
pub struct TaskWish<'a> {
    /// The reaction that asks; the same one never opens two tasks.
    pub reaction: ReactionId,
    /// The step's campaign.
    pub campaign: Option<CampaignId>,
    /// What is to be done; may have merge tags.
    pub title: &'a str,
    /// Who is to do it; none: whoever looks after the lead.
    pub assignee: Option<UserId>,
    /// By when.
    pub due_at: DateTime<Utc>,
}

/// Opens the task, for whom the step names, else for whoever looks after the lead, else for nobody
/// yet; people whose account is closed get nothing to do. `false` if it was opened before.
///
/// # Errors
/// Those of the storage.
pub fn open_task(
    ports: &TaskPorts<'_>,
    tenant: TenantId,
    lead: &Lead,
    wish: &TaskWish<'_>,
    now: DateTime<Utc>,
) -> StoreResult<bool> {
    let draft = TaskDraft {
        lead: Some(lead.id),
        title: worded(ports.renderer, wish.title, lead, TITLE_MAX),
        assigned_to: who(ports.users, tenant, [wish.assignee, lead.owner])?,
        due_at: Some(wish.due_at),
        ..TaskDraft::default()
    };
    let id = TaskId::derived(&[wish.reaction.uuid().as_bytes()]);
    let task = draft.into_task(id, wish.campaign, now);
    // A step whose text is missing is not activated.
    let task: Task = task.map_err(StoreError::unexpected)?;
    ports.tasks.add_task(tenant, &task)
}

/// The first of these whose account is open.
fn who(
    users: &dyn UserStore,
    tenant: TenantId,
    asked: [Option<UserId>; 2],
) -> StoreResult<Option<UserId>> {
    for id in asked.into_iter().flatten() {
        if users.find(tenant, id)?.is_some_and(|user| user.is_active) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}
