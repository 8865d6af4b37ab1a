//! A task as it is stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{CampaignId, LeadId, TaskId, TenantId, UserId};
use domain::store::{StoreError, StoreResult};
use domain::tasks::{Task, TaskKind, TaskPriority, TaskStatus};
use uuid::Uuid;

use crate::schema::tasks;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tasks, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_null = true, primary_key(tenant_id, id))]
pub(super) struct TaskRecord {
    tenant_id: Uuid,
    id: Uuid,
    lead_id: Option<Uuid>,
    title: String,
    description: String,
    assigned_to: Option<Uuid>,
    priority: i16,
    status: String,
    kind: String,
    due_at: Option<DateTime<Utc>>,
    campaign_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
}

impl TaskRecord {
    pub(super) fn of(tenant: TenantId, task: &Task) -> Self {
        Self {
            tenant_id: tenant.uuid(),
            id: task.id.uuid(),
            lead_id: task.lead.map(LeadId::uuid),
            title: task.title.clone(),
            description: task.description.clone(),
            assigned_to: task.assigned_to.map(UserId::uuid),
            priority: number(task.priority),
            status: task.status.as_str().to_owned(),
            kind: task.kind.as_str().to_owned(),
            due_at: task.due_at,
            campaign_id: task.campaign.map(CampaignId::uuid),
            created_at: task.created_at,
            updated_at: task.updated_at,
            completed_at: task.completed_at,
        }
    }
}

/// The number by which priorities are sorted.
pub(super) const fn number(priority: TaskPriority) -> i16 {
    match priority {
        TaskPriority::Low => 0,
        TaskPriority::Medium => 1,
        TaskPriority::High => 2,
        TaskPriority::Urgent => 3,
    }
}

impl TryFrom<TaskRecord> for Task {
    type Error = StoreError;

    fn try_from(row: TaskRecord) -> StoreResult<Self> {
        let unknown = |what: &str| StoreError::unexpected(format!("an unknown {what} of a task"));
        let mut priorities = TaskPriority::ALL.into_iter();
        let priority = priorities.find(|known| number(*known) == row.priority);
        Ok(Self {
            id: TaskId::from_uuid(row.id),
            lead: row.lead_id.map(LeadId::from_uuid),
            title: row.title,
            description: row.description,
            assigned_to: row.assigned_to.map(UserId::from_uuid),
            priority: priority.ok_or_else(|| unknown("priority"))?,
            status: TaskStatus::parse(&row.status).ok_or_else(|| unknown("status"))?,
            kind: TaskKind::parse(&row.kind).ok_or_else(|| unknown("kind"))?,
            due_at: row.due_at,
            campaign: row.campaign_id.map(CampaignId::from_uuid),
            created_at: row.created_at,
            updated_at: row.updated_at,
            completed_at: row.completed_at,
        })
    }
}
