//! How a mail will look, for one person, stored or still in the editor.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::content::{TemplateProblem, TemplateSource};
use domain::delivery::{ComposeError, OutgoingMail};
use domain::ids::{LeadId, TemplateId};
use domain::leads::Lead;
use domain::store::StoreResult;
use domain::tenancy::Permission;
use serde::Deserialize;

use super::composing::Untracked;
use super::form::TemplateForm;
use super::problems::problem_rows;
use super::sandbox;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::{Form, Query};
use crate::pages::Page;
use crate::security::SignedIn;
use crate::state::{AppState, State};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct For {
    /// Through whose eyes; nobody given: somebody made up.
    pub(super) lead: Option<LeadId>,
}

/// The page in the frame: the mail of a stored template.
pub(super) async fn saved(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    template: web::Path<TemplateId>,
    Query(asked): Query<For>,
) -> PageResult {
    let composed = blocking(move || {
        let found = state
            .ports
            .templates
            .find(me.tenant_id(), template.into_inner())?;
        let source = found.ok_or(Failure::NotFound)?.source;
        Ok::<_, Failure>(look(&state, &me, &source, asked.lead)?)
    })
    .await?;
    framed(&request, composed)
}

/// The page in the frame: the mail of what is in the editor now.
pub(super) async fn unsaved(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<TemplateForm>,
) -> PageResult {
    let composed = blocking(move || look(&state, &me, &form.source(), None)).await?;
    framed(&request, composed)
}

/// What is wrong with what is in the editor now, below it.
pub(super) async fn check(
    request: HttpRequest,
    state: State,
    Form(form): Form<TemplateForm>,
) -> PageResult {
    let check = move || Ok::<_, Failure>(state.ports.renderer.check(&form.source()));
    let problems = blocking(check).await?;
    problem_page(&request, "content/problems.html", &problems).render_block("problems")
}

/// The mail for one person, or why there is none.
pub(super) fn look(
    state: &AppState,
    me: &SignedIn,
    source: &TemplateSource,
    lead: Option<LeadId>,
) -> StoreResult<Result<OutgoingMail, ComposeError>> {
    let tenant = me.tenant();
    let untracked = Untracked {
        state,
        tenant,
        locale: me.locale(),
    };
    let lead = reader(&untracked, me, lead)?;
    let sender = state.ports.delivery_settings.sender_profile(tenant.id)?;
    Ok(untracked.preview(source, &lead, sender))
}

/// The person whose mail it is. Who may not see addresses sees somebody made up (A60).
pub(super) fn reader(
    untracked: &Untracked<'_>,
    me: &SignedIn,
    lead: Option<LeadId>,
) -> StoreResult<Lead> {
    let found = match lead.filter(|_| me.can(Permission::SeeAddresses)) {
        Some(lead) => untracked.state.ports.leads.find(me.tenant_id(), lead)?,
        None => None,
    };
    Ok(found.unwrap_or_else(|| untracked.sample_lead()))
}

fn framed(request: &HttpRequest, composed: Result<OutgoingMail, ComposeError>) -> PageResult {
    match composed {
        Ok(mail) => Ok(sandbox::mail(mail.html, sandbox::PREVIEW)),
        Err(ComposeError::Template(problem)) => problems_in_frame(request, &[problem]),
        // A preview fills in what the profile lacks.
        Err(error @ ComposeError::SenderIncomplete(_)) => Err(Failure::unexpected(error).into()),
    }
}

fn problems_in_frame(
    request: &HttpRequest,
    problems: &[TemplateProblem],
) -> Result<HttpResponse, crate::error::PageError> {
    let mut page = problem_page(request, "content/problems_framed.html", problems);
    for (name, value) in sandbox::headers(sandbox::PREVIEW) {
        page = page.header(name, value);
    }
    page.render()
}

fn problem_page(
    request: &HttpRequest,
    template: &'static str,
    problems: &[TemplateProblem],
) -> Page {
    let page = Page::of(request, template);
    let rows = problem_rows(problems, page.locale());
    let status = if rows.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page.with("problems", &rows).status(status)
}
