//! Looking at a task, and changing it.

use actix_web::{HttpRequest, web};
use domain::ids::{LeadId, TaskId, TenantId};
use domain::store::StoreResult;
use domain::tasks::TaskRow;
use domain::tenancy::{AuditEntry, AuditTarget, User};

use super::TASK_CHANGED;
use super::form::{TaskForm, choices, colleagues, fault};
use super::row::{Row, names};
use super::status::way_back;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, Nav, Page, redirect};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::{AppState, State};

struct Shown {
    row: TaskRow,
    users: Vec<User>,
}

impl Shown {
    fn read(ports: &Ports, tenant: TenantId, id: TaskId) -> StoreResult<Option<Self>> {
        let Some(row) = ports.tasks.task(tenant, id)? else {
            return Ok(None);
        };
        let users = colleagues(ports, tenant, row.task.assigned_to)?;
        Ok(Some(Self { row, users }))
    }
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    id: web::Path<TaskId>,
) -> PageResult {
    let (tenant, id) = (me.tenant_id(), id.into_inner());
    let shown = blocking(move || Shown::read(&state.ports, tenant, id)).await?;
    let shown = shown.ok_or(Failure::NotFound)?;
    let form = TaskForm::of_task(&shown.row.task, me.tenant().time_zone);
    page(&request, &me, &shown, &form, &FormErrors::default()).render()
}

pub(super) async fn submit(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    id: web::Path<TaskId>,
    Form(form): Form<TaskForm>,
) -> PageResult {
    let (typed, writer, id) = (form.clone(), me.clone(), id.into_inner());
    let changed = blocking(move || change(&state, &writer, id, &typed)).await?;
    match changed {
        Changed::Task(lead) => {
            let flash = Flash::success("tasks-saved");
            Ok(redirect(&way_back(lead), Some(flash)))
        }
        Changed::Not(shown, errors) => page(&request, &me, &shown, &form, &errors).render(),
    }
}

enum Changed {
    /// It is, about this lead.
    Task(Option<LeadId>),
    /// It is not.
    Not(Box<Shown>, FormErrors),
}

/// Whom a task is about is not changed by its form.
fn change(
    state: &AppState,
    me: &SignedIn,
    id: TaskId,
    form: &TaskForm,
) -> Result<Changed, Failure> {
    let (tenant, ports) = (me.tenant_id(), &state.ports);
    let shown = Shown::read(ports, tenant, id)?.ok_or(Failure::NotFound)?;
    let draft = match form.read(me.tenant().time_zone, &shown.users) {
        Ok(draft) => draft,
        Err(errors) => return Ok(Changed::Not(Box::new(shown), errors)),
    };
    let decided = ports.tasks.change_task(tenant, id, &|task| {
        let mut draft = draft.clone();
        draft.lead = task.lead;
        task.changed(draft, me.now())
    })?;
    let task = match decided.ok_or(Failure::NotFound)? {
        Ok(task) => task,
        Err(found) => return Ok(Changed::Not(Box::new(shown), fault(found))),
    };
    let target = AuditTarget::one("task", id);
    let entry = AuditEntry::new(me.actor(), TASK_CHANGED, target, me.now());
    ports.audit.append(tenant, &entry)?;
    Ok(Changed::Task(task.lead))
}

fn page(
    request: &HttpRequest,
    me: &SignedIn,
    shown: &Shown,
    form: &TaskForm,
    errors: &FormErrors,
) -> Page {
    let row = Row::of(&shown.row, &names(&shown.users), me);
    Page::of(request, "tasks/form.html")
        .titled(&shown.row.task.title)
        .nav(Nav::Tasks)
        .with("action", &format!("/ui/tasks/{}", row.id))
        .with("lead", &row.lead)
        .with("task", &row)
        .with("people", &choices(&shown.users))
        .with("form", form)
        .errors(errors)
}
