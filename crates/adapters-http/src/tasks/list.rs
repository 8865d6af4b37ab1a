//! What is to be done, by priority and due date. (B47)

use actix_web::HttpRequest;
use domain::ids::{TenantId, UserId};
use domain::store::StoreResult;
use domain::tasks::{Assignee, TaskFilter, TaskPriority, TaskRow, TaskStatus};
use serde::{Deserialize, Serialize};

use super::row::{Names, Row, names};
use crate::blocking::blocking;
use crate::error::PageResult;
use crate::extract::Query;
use crate::pages::{Nav, PER_PAGE, Page, Pagination, asked_page};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TaskQuery {
    whose: Whose,
    progress: Progress,
    /// Of this priority; blank: of any.
    priority: String,
    page: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Whose {
    #[default]
    Mine,
    Nobody,
    All,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Progress {
    #[default]
    Todo,
    Completed,
    Cancelled,
    All,
}

impl TaskQuery {
    fn filter(&self, me: UserId) -> TaskFilter {
        let statuses: &[TaskStatus] = match self.progress {
            Progress::Todo => &[TaskStatus::Open, TaskStatus::InProgress],
            Progress::Completed => &[TaskStatus::Completed],
            Progress::Cancelled => &[TaskStatus::Cancelled],
            Progress::All => &[],
        };
        TaskFilter {
            assignee: match self.whose {
                Whose::Mine => Assignee::User(me),
                Whose::Nobody => Assignee::Nobody,
                Whose::All => Assignee::Anybody,
            },
            statuses: statuses.iter().copied().collect(),
            priority: TaskPriority::parse(&self.priority),
            lead: None,
        }
    }
}

struct Found {
    rows: Vec<TaskRow>,
    total: u64,
    names: Names,
}

impl Found {
    fn read(
        ports: &Ports,
        tenant: TenantId,
        filter: &TaskFilter,
        offset: u32,
    ) -> StoreResult<Self> {
        Ok(Self {
            rows: ports.tasks.tasks(tenant, filter, offset, PER_PAGE)?,
            total: ports.tasks.count_tasks(tenant, filter)?,
            names: names(&ports.users.list(tenant)?),
        })
    }
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Query(query): Query<TaskQuery>,
) -> PageResult {
    let (tenant, filter) = (me.tenant_id(), query.filter(me.user().id));
    let page = asked_page(query.page);
    let offset = (page - 1) * PER_PAGE;
    let found = blocking(move || Found::read(&state.ports, tenant, &filter, offset)).await?;
    let row = |row: &TaskRow| Row::of(row, &found.names, &me);
    let rows: Vec<Row> = found.rows.iter().map(row).collect();
    let priorities: Vec<&str> = priorities();
    Page::of(&request, "tasks/list.html")
        .title("tasks-title")
        .nav(Nav::Tasks)
        .with("rows", &rows)
        .with("filter", &query)
        .with("priorities", &priorities)
        .with("pages", &Pagination::of(&request, page, found.total))
        .render()
}

/// The most urgent first.
fn priorities() -> Vec<&'static str> {
    let all = TaskPriority::ALL.iter().rev();
    all.map(|priority| priority.as_str()).collect()
}
