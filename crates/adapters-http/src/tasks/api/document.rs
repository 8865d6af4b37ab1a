//! A task as a program sends and gets it.

use chrono::{DateTime, Utc};
use domain::ids::{CampaignId, LeadId, TaskId, UserId};
use domain::tasks::{Task, TaskKind, TaskPriority, TaskStatus};
use serde::{Deserialize, Deserializer, Serialize};

#[derive(Debug, Serialize)]
pub(super) struct TaskDocument<'a> {
    id: TaskId,
    lead_id: Option<LeadId>,
    title: &'a str,
    description: &'a str,
    assigned_to: Option<UserId>,
    priority: &'static str,
    status: &'static str,
    task_type: &'static str,
    due_at: Option<DateTime<Utc>>,
    campaign_id: Option<CampaignId>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
}

impl<'a> TaskDocument<'a> {
    pub(super) fn of(task: &'a Task) -> Self {
        Self {
            id: task.id,
            lead_id: task.lead,
            title: &task.title,
            description: &task.description,
            assigned_to: task.assigned_to,
            priority: task.priority.as_str(),
            status: task.status.as_str(),
            task_type: task.kind.as_str(),
            due_at: task.due_at,
            campaign_id: task.campaign,
            created_at: task.created_at,
            updated_at: task.updated_at,
            completed_at: task.completed_at,
        }
    }
}

/// A value by the name that the JSON interface gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named<T>(pub(super) T);

/// What has names in the JSON interface.
pub(super) trait HasName: Sized {
    fn named(name: &str) -> Option<Self>;
}

impl HasName for TaskPriority {
    fn named(name: &str) -> Option<Self> {
        Self::parse(name)
    }
}

impl HasName for TaskStatus {
    fn named(name: &str) -> Option<Self> {
        Self::parse(name)
    }
}

impl HasName for TaskKind {
    fn named(name: &str) -> Option<Self> {
        Self::parse(name)
    }
}

impl<'de, T: HasName> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let unknown = || serde::de::Error::custom(format!("there is no {name:?} here"));
        T::named(&name).map(Self).ok_or_else(unknown)
    }
}
