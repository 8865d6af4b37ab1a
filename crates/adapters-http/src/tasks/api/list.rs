//! `GET /api/v1/tasks`: newest first.

use actix_web::HttpResponse;
use domain::ids::{LeadId, TaskId, UserId};
use domain::tasks::{Assignee, TaskFilter, TaskPriority, TaskStatus};
use serde::{Deserialize, Serialize};

use super::document::{Named, TaskDocument};
use crate::blocking::blocking;
use crate::error::ApiError;
use crate::extract::ApiQuery;
use crate::leads::api::limit;
use crate::leads::cursor::Cursor;
use crate::security::ApiCaller;
use crate::state::State;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ListQuery {
    status: Vec<Named<TaskStatus>>,
    priority: Option<Named<TaskPriority>>,
    assigned_to: Option<UserId>,
    lead_id: Option<LeadId>,
    cursor: Option<Cursor<TaskId>>,
    limit: Option<u32>,
}

#[derive(Serialize)]
struct List<'a> {
    tasks: Vec<TaskDocument<'a>>,
    next_cursor: Option<Cursor<TaskId>>,
}

pub(super) async fn list(
    caller: ApiCaller,
    state: State,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<HttpResponse, ApiError> {
    let (tenant, limit) = (caller.tenant_id(), limit(query.limit)?);
    let filter = TaskFilter {
        assignee: query.assigned_to.map_or(Assignee::Anybody, Assignee::User),
        statuses: query.status.into_iter().map(|it| it.0).collect(),
        priority: query.priority.map(|it| it.0),
        lead: query.lead_id,
    };
    let before = query.cursor.map(Cursor::place);
    let most = limit as usize;
    let mut tasks = blocking(move || {
        let tasks = &state.ports.tasks;
        tasks.newest_tasks(tenant, &filter, before, limit + 1)
    })
    .await?;
    let has_more = tasks.len() > most;
    tasks.truncate(most);
    let last = tasks.last().filter(|_| has_more);
    Ok(HttpResponse::Ok().json(List {
        next_cursor: last.map(|task| Cursor::new(task.created_at, task.id)),
        tasks: tasks.iter().map(TaskDocument::of).collect(),
    }))
}
