//! Opening a task by hand.

use actix_web::HttpRequest;
use domain::ids::{LeadId, TaskId, TenantId};
use domain::leads::Lead;
use domain::tasks::TaskLead;
use domain::tenancy::{AuditEntry, AuditTarget, User};
use serde::Deserialize;

use super::TASK_CREATED;
use super::form::{TaskForm, choices, colleagues, fault};
use super::row::About;
use super::status::way_back;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::{Form, Query};
use crate::pages::{Flash, FormErrors, Nav, Page, redirect};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::{AppState, State};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewQuery {
    lead: Option<LeadId>,
}

/// What the form shows.
struct Shown {
    users: Vec<User>,
    lead: Option<TaskLead>,
}

impl Shown {
    fn read(ports: &Ports, tenant: TenantId, lead: Option<LeadId>) -> Result<Self, Failure> {
        Ok(Self {
            users: colleagues(ports, tenant, None)?,
            lead: about(ports, tenant, lead)?,
        })
    }
}

/// The lead, who has to be one of ours.
fn about(
    ports: &Ports,
    tenant: TenantId,
    lead: Option<LeadId>,
) -> Result<Option<TaskLead>, Failure> {
    let Some(id) = lead else { return Ok(None) };
    let lead: Lead = ports.leads.find(tenant, id)?.ok_or(Failure::NotFound)?;
    Ok(Some(TaskLead {
        id,
        email: lead.email,
        name: lead.name,
        company: lead.company,
        phone: lead.phone,
    }))
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Query(query): Query<NewQuery>,
) -> PageResult {
    let (tenant, lead) = (me.tenant_id(), query.lead);
    let shown = blocking(move || Shown::read(&state.ports, tenant, lead)).await?;
    let form = TaskForm::blank(lead, me.user().id);
    page(&request, &me, &shown, &form, &FormErrors::default()).render()
}

pub(super) async fn submit(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<TaskForm>,
) -> PageResult {
    let (typed, writer) = (form.clone(), me.clone());
    let created = blocking(move || create(&state, &writer, &typed)).await?;
    match created {
        Created::Task(lead) => {
            let flash = Flash::success("tasks-created");
            Ok(redirect(&way_back(lead), Some(flash)))
        }
        Created::Not(shown, errors) => page(&request, &me, &shown, &form, &errors).render(),
    }
}

enum Created {
    /// It is open, about this lead.
    Task(Option<LeadId>),
    /// It is not.
    Not(Shown, FormErrors),
}

fn create(state: &AppState, me: &SignedIn, form: &TaskForm) -> Result<Created, Failure> {
    let (tenant, ports) = (me.tenant_id(), &state.ports);
    let shown = Shown::read(ports, tenant, form.lead.parse().ok())?;
    let draft = match form.read(me.tenant().time_zone, &shown.users) {
        Ok(draft) => draft,
        Err(errors) => return Ok(Created::Not(shown, errors)),
    };
    let lead = draft.lead;
    let task = match draft.into_task(TaskId::new(), None, me.now()) {
        Ok(task) => task,
        Err(found) => return Ok(Created::Not(shown, fault(found))),
    };
    ports.tasks.add_task(tenant, &task)?;
    let target = AuditTarget::one("task", task.id);
    let entry = AuditEntry::new(me.actor(), TASK_CREATED, target, me.now());
    ports.audit.append(tenant, &entry)?;
    Ok(Created::Task(lead))
}

fn page(
    request: &HttpRequest,
    me: &SignedIn,
    shown: &Shown,
    form: &TaskForm,
    errors: &FormErrors,
) -> Page {
    let lead = shown.lead.as_ref().map(|lead| About::of(lead, me));
    Page::of(request, "tasks/form.html")
        .title("tasks-new")
        .nav(Nav::Tasks)
        .with("action", "/ui/tasks")
        .with("task", &None::<()>)
        .with("lead", &lead)
        .with("people", &choices(&shown.users))
        .with("form", form)
        .errors(errors)
}
