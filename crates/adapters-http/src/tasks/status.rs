//! One tap: done, or open again. (B47)

use actix_web::web;
use domain::ids::{LeadId, TaskId};
use domain::tasks::TaskStatus;
use domain::tenancy::{AuditEntry, AuditTarget};
use serde::Deserialize;

use super::TASK_CHANGED;
use crate::blocking::blocking;
use crate::error::{Complaint, Failure, PageResult};
use crate::extract::{Form, Query};
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::State;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusForm {
    status: String,
}

/// Where the button stands.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FromQuery {
    from: From,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum From {
    #[default]
    List,
    Lead,
}

/// The tasks of this lead, else the list.
pub(super) fn way_back(lead: Option<LeadId>) -> String {
    lead.map_or_else(
        || "/ui/tasks".to_owned(),
        |lead| format!("/ui/leads/{lead}#tasks"),
    )
}

pub(super) async fn submit(
    me: SignedIn,
    state: State,
    id: web::Path<TaskId>,
    Query(query): Query<FromQuery>,
    Form(form): Form<StatusForm>,
) -> PageResult {
    let unknown = || Failure::Invalid(Complaint::about("status", "there is no such status"));
    let status = TaskStatus::parse(&form.status).ok_or_else(unknown)?;
    let (tenant, actor, now) = (me.tenant_id(), me.actor(), me.now());
    let id = id.into_inner();
    let task = blocking(move || {
        let ports = &state.ports;
        let decided = ports.tasks.change_task(tenant, id, &|task| {
            let mut task = task.clone();
            task.bring_to(status, now);
            Ok(task)
        })?;
        let task = decided
            .ok_or(Failure::NotFound)?
            .map_err(Failure::unexpected)?;
        let target = AuditTarget::one("task", id);
        let entry = AuditEntry::new(actor, TASK_CHANGED, target, now).with_detail(status.as_str());
        ports.audit.append(tenant, &entry)?;
        Ok::<_, Failure>(task)
    })
    .await?;
    let key = if status.is_over() {
        "tasks-done"
    } else {
        "tasks-reopened"
    };
    let flash = Flash::success(key).with("title", task.title);
    let lead = task.lead.filter(|_| query.from == From::Lead);
    Ok(redirect(&way_back(lead), Some(flash)))
}
