//! `PATCH /api/v1/tasks/{task}`: what is not named stays, `null` clears (RFC 7396).

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::ids::{LeadId, TaskId, UserId};
use domain::leads::Change;
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
use crate::tasks::TASK_CHANGED;

/// There is no id, no date of its own and no campaign in it (V-28).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PatchDocument {
    title: Option<String>,
    description: Option<String>,
    lead_id: Change<LeadId>,
    assigned_to: Change<UserId>,
    priority: Option<Named<TaskPriority>>,
    status: Option<Named<TaskStatus>>,
    task_type: Option<Named<TaskKind>>,
    due_at: Change<DateTime<Utc>>,
}

impl PatchDocument {
    fn apply(self, draft: &mut TaskDraft) {
        draft.title = self
            .title
            .unwrap_or_else(|| std::mem::take(&mut draft.title));
        if let Some(description) = self.description {
            draft.description = description;
        }
        changed(self.lead_id, &mut draft.lead);
        changed(self.assigned_to, &mut draft.assigned_to);
        changed(self.due_at, &mut draft.due_at);
        draft.priority = self.priority.map_or(draft.priority, |it| it.0);
        draft.status = self.status.map_or(draft.status, |it| it.0);
        draft.kind = self.task_type.map_or(draft.kind, |it| it.0);
    }
}

fn changed<T>(change: Change<T>, field: &mut Option<T>) {
    match change {
        Change::Keep => {}
        Change::Clear => *field = None,
        Change::Set(value) => *field = Some(value),
    }
}

/// The new value, if there is one.
const fn set<T: Copy>(change: Change<T>) -> Option<T> {
    match change {
        Change::Set(value) => Some(value),
        Change::Keep | Change::Clear => None,
    }
}

pub(super) async fn patch(
    caller: ApiCaller,
    state: State,
    id: web::Path<TaskId>,
    ApiJson(document): ApiJson<PatchDocument>,
) -> Result<HttpResponse, ApiError> {
    let (tenant, actor, now) = (caller.tenant_id(), caller.actor(), caller.now());
    let id = id.into_inner();
    let task = blocking(move || {
        let ports = &state.ports;
        check_lead(ports, tenant, set(document.lead_id))?;
        check_assignee(ports, tenant, set(document.assigned_to))?;
        let decided = ports.tasks.change_task(tenant, id, &|task| {
            let mut draft = task.draft();
            document.clone().apply(&mut draft);
            task.changed(draft, now)
        })?;
        let task = decided.ok_or(Failure::NotFound)?.map_err(fault)?;
        let target = AuditTarget::one("task", id);
        let entry = AuditEntry::new(actor, TASK_CHANGED, target, now);
        ports.audit.append(tenant, &entry)?;
        Ok::<_, Failure>(task)
    })
    .await?;
    Ok(HttpResponse::Ok().json(TaskDocument::of(&task)))
}
