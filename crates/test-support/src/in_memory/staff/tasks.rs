use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use domain::ids::{LeadId, TaskId, TenantId};
use domain::store::{StoreError, StoreResult};
use domain::tasks::{
    Assignee, Task, TaskDecision, TaskFault, TaskFilter, TaskLead, TaskRow, TaskStore,
};

use super::InMemoryStaff;

fn fits(task: &Task, filter: &TaskFilter) -> bool {
    let assignee_fits = match filter.assignee {
        Assignee::Anybody => true,
        Assignee::Nobody => task.assigned_to.is_none(),
        Assignee::User(user) => task.assigned_to == Some(user),
    };
    assignee_fits
        && (filter.statuses.is_empty() || filter.statuses.contains(&task.status))
        && filter.priority.is_none_or(|it| task.priority == it)
        && filter.lead.is_none_or(|it| task.lead == Some(it))
}

impl InMemoryStaff {
    fn found(&self, tenant: TenantId, filter: &TaskFilter) -> Vec<Task> {
        let state = self.state();
        let of_tenant = state
            .tasks
            .iter()
            .filter(|((owner, _), _)| *owner == tenant);
        of_tenant
            .map(|(_, task)| task.clone())
            .filter(|task| fits(task, filter))
            .collect()
    }

    fn row(&self, tenant: TenantId, task: Task) -> StoreResult<TaskRow> {
        let lead = match task.lead {
            Some(lead) => self.leads.find(tenant, lead)?,
            None => None,
        };
        let lead = lead.map(|lead| TaskLead {
            id: lead.id,
            email: lead.email,
            name: lead.name,
            company: lead.company,
            phone: lead.phone,
        });
        Ok(TaskRow { task, lead })
    }

    fn refuse_unknown(&self, tenant: TenantId, lead: Option<LeadId>) -> StoreResult<()> {
        let Some(lead) = lead else { return Ok(()) };
        let unknown = || StoreError::InUse("tasks_tenant_id_lead_id_fkey".to_owned());
        let found = self.leads.find(tenant, lead)?;
        found.map(drop).ok_or_else(unknown)
    }
}

impl TaskStore for InMemoryStaff {
    fn add_task(&self, tenant: TenantId, task: &Task) -> StoreResult<bool> {
        self.refuse_unknown(tenant, task.lead)?;
        let mut state = self.state();
        let key = (tenant, task.id);
        let is_new = !state.tasks.contains_key(&key);
        state.tasks.entry(key).or_insert_with(|| task.clone());
        Ok(is_new)
    }

    fn task(&self, tenant: TenantId, id: TaskId) -> StoreResult<Option<TaskRow>> {
        let found = self.state().tasks.get(&(tenant, id)).cloned();
        found.map(|task| self.row(tenant, task)).transpose()
    }

    fn change_task(
        &self,
        tenant: TenantId,
        id: TaskId,
        decide: &TaskDecision<'_>,
    ) -> StoreResult<Option<Result<Task, TaskFault>>> {
        let mut state = self.state();
        let Some(task) = state.tasks.get_mut(&(tenant, id)) else {
            return Ok(None);
        };
        Ok(Some(decide(task).inspect(|changed| {
            task.clone_from(changed);
        })))
    }

    fn tasks(
        &self,
        tenant: TenantId,
        filter: &TaskFilter,
        offset: u32,
        limit: u32,
    ) -> StoreResult<Vec<TaskRow>> {
        let mut found = self.found(tenant, filter);
        found.sort_by_key(|task| {
            let due = (task.due_at.is_none(), task.due_at);
            (task.status.is_over(), Reverse(task.priority), due, task.id)
        });
        let found = found.into_iter().skip(offset as usize);
        let found = found.take(limit as usize);
        found.map(|task| self.row(tenant, task)).collect()
    }

    fn newest_tasks(
        &self,
        tenant: TenantId,
        filter: &TaskFilter,
        before: Option<(DateTime<Utc>, TaskId)>,
        limit: u32,
    ) -> StoreResult<Vec<Task>> {
        let mut found = self.found(tenant, filter);
        found.retain(|task| before.is_none_or(|before| (task.created_at, task.id) < before));
        found.sort_by_key(|task| Reverse((task.created_at, task.id)));
        found.truncate(limit as usize);
        Ok(found)
    }

    fn count_tasks(&self, tenant: TenantId, filter: &TaskFilter) -> StoreResult<u64> {
        Ok(self.found(tenant, filter).len() as u64)
    }
}
