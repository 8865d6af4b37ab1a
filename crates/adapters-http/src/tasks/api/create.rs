//! `POST /api/v1/tasks`: opens a task.

use actix_web::HttpResponse;
use actix_web::http::header;
use chrono::{DateTime, Utc};
use domain::ids::{LeadId, TaskId, UserId};
use domain::tasks::{TaskDraft, TaskKind, TaskPriority, TaskStatus};
use domain::tenancy::{AuditEntry, AuditTarget};
use serde::Deserialize;

use super::document::{Named, TaskDocument};
use super::references::{check_assignee, check_lead, fault};
use crate::blocking::blocking;
use crate::error::{ApiError, Failure};
use crate::extract::ApiJson;
use crate::security::ApiCaller;
use crate::state::State;
use crate::tasks::TASK_CREATED;

/// There is no id, no date and no campaign in it (V-28).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftDocument {
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    lead_id: Option<LeadId>,
    #[serde(default)]
    assigned_to: Option<UserId>,
    #[serde(default)]
    priority: Option<Named<TaskPriority>>,
    #[serde(default)]
    status: Option<Named<TaskStatus>>,
    #[serde(default)]
    task_type: Option<Named<TaskKind>>,
    #[serde(default)]
    due_at: Option<DateTime<Utc>>,
}

impl From<DraftDocument> for TaskDraft {
    fn from(document: DraftDocument) -> Self {
        Self {
            lead: document.lead_id,
            title: document.title,
            description: document.description,
            assigned_to: document.assigned_to,
            priority: document.priority.map(|it| it.0).unwrap_or_default(),
            status: document.status.map(|it| it.0).unwrap_or_default(),
            kind: document.task_type.map(|it| it.0).unwrap_or_default(),
            due_at: document.due_at,
        }
    }
}

pub(super) async fn create(
    caller: ApiCaller,
    state: State,
    ApiJson(document): ApiJson<DraftDocument>,
) -> Result<HttpResponse, ApiError> {
    let (tenant, actor, now) = (caller.tenant_id(), caller.actor(), caller.now());
    let task = blocking(move || {
        let ports = &state.ports;
        check_lead(ports, tenant, document.lead_id)?;
        check_assignee(ports, tenant, document.assigned_to)?;
        let draft = TaskDraft::from(document);
        let task = draft.into_task(TaskId::new(), None, now).map_err(fault)?;
        ports.tasks.add_task(tenant, &task)?;
        let target = AuditTarget::one("task", task.id);
        let entry = AuditEntry::new(actor, TASK_CREATED, target, now);
        ports.audit.append(tenant, &entry)?;
        Ok::<_, Failure>(task)
    })
    .await?;
    let place = format!("/api/v1/tasks/{}", task.id);
    let mut answer = HttpResponse::Created();
    answer.insert_header((header::LOCATION, place));
    Ok(answer.json(TaskDocument::of(&task)))
}
