//! One import: a file that waits, work that goes on, or what came of it.

use actix_web::{HttpRequest, web};
use domain::ids::{ImportId, TenantId};
use domain::leads::import::{Import, ImportStatus, Refusal};

use super::columns::FormatQuery;
use super::review::{Look, trouble_page};
use super::view::{RefusalView, View};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Query;
use crate::pages::{Nav, Page};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

/// Refusals that are shown; the file has them all.
const REFUSALS: u32 = 50;

/// An import with the first of its refusals.
struct Job {
    import: Import,
    refusals: Vec<Refusal>,
}

enum Screen {
    Look(Look),
    Job(Job),
}

impl Job {
    fn of(ports: &Ports, tenant: TenantId, import: Import) -> Result<Self, Failure> {
        let refusals = ports.imports.refusals(tenant, import.id, 0, REFUSALS)?;
        Ok(Self { import, refusals })
    }

    fn page(&self, request: &HttpRequest, template: &'static str) -> Page {
        let refusals: Vec<RefusalView> = self.refusals.iter().map(RefusalView::of).collect();
        Page::of(request, template)
            .title("leads-import-job-title")
            .nav(Nav::Import)
            .with("import", &View::of(&self.import))
            .with("refusals", &refusals)
    }
}

fn find(ports: &Ports, tenant: TenantId, id: ImportId) -> Result<Import, Failure> {
    ports.imports.find(tenant, id)?.ok_or(Failure::NotFound)
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    id: web::Path<ImportId>,
    Query(query): Query<FormatQuery>,
) -> PageResult {
    let (tenant, id) = (me.tenant_id(), id.into_inner());
    let screen = blocking(move || {
        let ports = &state.ports;
        let import = find(ports, tenant, id)?;
        let format = query.chosen(import.format)?;
        if import.status == ImportStatus::Uploaded {
            Look::at(ports, tenant, import, format).map(Screen::Look)
        } else {
            Job::of(ports, tenant, import).map(Screen::Job)
        }
    })
    .await?;
    match screen {
        Screen::Job(job) => job.page(&request, "leads/import/show.html").render(),
        Screen::Look(Look::Trouble(import, trouble)) => trouble_page(&request, &import, trouble),
        Screen::Look(Look::Fine(review)) => {
            let mapping = review.guess();
            review
                .page(&request, &mapping, "")
                .status(actix_web::http::StatusCode::OK)
                .render()
        }
    }
}

/// How far it is, for htmx.
pub(super) async fn progress(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    id: web::Path<ImportId>,
) -> PageResult {
    let (tenant, id) = (me.tenant_id(), id.into_inner());
    let job = blocking(move || {
        let import = find(&state.ports, tenant, id)?;
        Job::of(&state.ports, tenant, import)
    })
    .await?;
    job.page(&request, "leads/import/job.html").render()
}
