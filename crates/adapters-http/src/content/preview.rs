//! How a mail will look, for one person, stored or still in the editor.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::content::{TemplateMode, TemplateProblem, TemplateSource};
use domain::delivery::{ComposeError, OutgoingMail};
use domain::ids::{LeadId, TemplateId};
use domain::leads::Lead;
use domain::store::StoreResult;
use domain::tenancy::Permission;
use serde::Deserialize;

use super::composing::Untracked;
use super::dark::in_the_dark;
use super::form::TemplateForm;
use super::problems::problem_rows;
use super::{sandbox, saving, starters};
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
    /// As it looks where people read in the dark.
    pub(super) dark: Option<u8>,
    /// As it once was; none given: as it is now.
    pub(super) version: Option<u32>,
}

/// The page in the frame: the mail of a stored template.
pub(super) async fn saved(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    template: web::Path<TemplateId>,
    Query(asked): Query<For>,
) -> PageResult {
    let (is_dark, id) = (asked.dark.is_some(), template.into_inner());
    let composed = blocking(move || {
        let source = source_of(&state, &me, id, asked.version)?;
        Ok::<_, Failure>(look(&state, &me, &source, asked.lead)?)
    })
    .await?;
    framed(&request, composed, is_dark)
}

fn source_of(
    state: &AppState,
    me: &SignedIn,
    id: TemplateId,
    version: Option<u32>,
) -> Result<TemplateSource, Failure> {
    let (tenant, templates) = (me.tenant_id(), &state.ports.templates);
    let source = match version {
        None => templates.find(tenant, id)?.map(|found| found.source),
        Some(number) => {
            let mut versions = templates.versions(tenant, id)?.into_iter();
            let found = versions.find(|version| version.number == number);
            found.map(|version| version.source)
        }
    };
    source.ok_or(Failure::NotFound)
}

/// The page in the frame: the mail of what is in the editor now.
pub(super) async fn unsaved(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<TemplateForm>,
) -> PageResult {
    let is_dark = form.dark.is_some();
    let looked = blocking(move || {
        let (draft, problems) = saving::typeset(&*state.ports.renderer, &form);
        if problems.is_empty() {
            look(&state, &me, &draft.source, form.lead).map(Ok)
        } else {
            Ok(Err(problems))
        }
    })
    .await?;
    match looked {
        Ok(composed) => framed(&request, composed, is_dark),
        Err(problems) => problems_in_frame(&request, &problems),
    }
}

/// The page in the frame: a starter, to choose by.
pub(super) async fn starter(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    key: web::Path<String>,
) -> PageResult {
    let found = starters::named(&key.into_inner()).ok_or(Failure::NotFound)?;
    let form = TemplateForm::of_starter(found, TemplateMode::Visual);
    let composed = blocking(move || {
        let (draft, _) = saving::typeset(&*state.ports.renderer, &form);
        look(&state, &me, &draft.source, None)
    })
    .await?;
    framed(&request, composed, false)
}

/// What is wrong with what is in the editor now, below it.
pub(super) async fn check(
    request: HttpRequest,
    state: State,
    Form(form): Form<TemplateForm>,
) -> PageResult {
    let check = move || Ok::<_, Failure>(saving::typeset(&*state.ports.renderer, &form).1);
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

fn framed(
    request: &HttpRequest,
    composed: Result<OutgoingMail, ComposeError>,
    is_dark: bool,
) -> PageResult {
    match composed {
        Ok(mail) if is_dark => Ok(sandbox::mail(in_the_dark(&mail.html), sandbox::PREVIEW)),
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
