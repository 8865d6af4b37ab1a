//! One template: how it looks to a chosen person, and everything that can be done with it.

use actix_web::{HttpRequest, web};
use domain::content::{Template, TemplateProblem};
use domain::delivery::{ComposeError, OutgoingMail};
use domain::ids::{LeadId, TemplateId, UserId};
use domain::leads::{Direction, LeadFilter, LeadPage, LeadRow, LeadSort, tidy};
use domain::tenancy::{Permission, User};
use serde::{Deserialize, Serialize};

use super::measure::Measured;
use super::preview::look;
use super::problems::problem_rows;
use crate::analytics::mail::OfTemplate;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Query;
use crate::pages::{Nav, Page};
use crate::security::SignedIn;
use crate::state::{AppState, State};

/// How many people are offered to look through.
const OFFERED: u32 = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    lead: Option<LeadId>,
    q: Option<String>,
    dark: Option<u8>,
}

#[derive(Serialize)]
pub(super) struct Choice {
    value: String,
    label: String,
}

struct Found {
    template: Template,
    mail: Result<OutgoingMail, ComposeError>,
    people: Vec<LeadRow>,
    colleagues: Vec<User>,
    figures: OfTemplate,
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    template: web::Path<TemplateId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let id = template.into_inner();
    let (lead, q, is_dark) = (asked.lead, asked.q, asked.dark.is_some());
    let (found, me, q) = blocking(move || {
        let found = find(&state, &me, id, lead, q.as_deref())?;
        Ok::<_, Failure>((found, me, q))
    })
    .await?;
    let page = Page::of(&request, "content/show.html");
    let (mail, problems) = parts(found.mail)?;
    let problems = problem_rows(&problems, page.locale());
    page.titled(&found.template.name)
        .nav(Nav::Templates)
        .with("id", &id)
        .with("subject", &mail.as_ref().map(|mail| &mail.subject))
        .with("text", &mail.as_ref().map(|mail| &mail.text))
        .with("problems", &problems)
        .with("measured", &mail.as_ref().map(Measured::of))
        .with("mode", found.template.manuscript.mode.as_str())
        .with("dark", &is_dark)
        .with("lead", &lead)
        .with("q", &q.unwrap_or_default())
        .with("people", &people_choices(&found.people, lead))
        .with("colleagues", &colleague_choices(&found.colleagues))
        .with("me_id", &me.user().id)
        .with("figures", &found.figures)
        .render()
}

fn find(
    state: &AppState,
    me: &SignedIn,
    id: TemplateId,
    lead: Option<LeadId>,
    q: Option<&str>,
) -> Result<Found, Failure> {
    let tenant = me.tenant_id();
    let template = state
        .ports
        .templates
        .find(tenant, id)?
        .ok_or(Failure::NotFound)?;
    let mail = look(state, me, &template.source, lead)?;
    let people = if me.can(Permission::SeeAddresses) {
        offered(state, me, q)?
    } else {
        Vec::new()
    };
    let colleagues = state.ports.users.list(tenant)?;
    Ok(Found {
        template,
        mail,
        people,
        colleagues,
        figures: OfTemplate::read(&state.ports, tenant, id)?,
    })
}

pub(super) fn offered(
    state: &AppState,
    me: &SignedIn,
    q: Option<&str>,
) -> Result<Vec<LeadRow>, Failure> {
    let filter = LeadFilter {
        q: q.and_then(tidy),
        ..LeadFilter::default()
    };
    let page = LeadPage::new(LeadSort::Score, Direction::Desc, 1, OFFERED);
    let as_of = me.as_of();
    Ok(state
        .ports
        .lead_listing
        .page(me.tenant_id(), &filter, page, as_of)?)
}

/// The mail, or the problem that stopped it.
fn parts(
    composed: Result<OutgoingMail, ComposeError>,
) -> Result<(Option<OutgoingMail>, Vec<TemplateProblem>), Failure> {
    match composed {
        Ok(mail) => Ok((Some(mail), Vec::new())),
        Err(ComposeError::Template(problem)) => Ok((None, vec![problem])),
        Err(error @ ComposeError::SenderIncomplete(_)) => Err(Failure::unexpected(error)),
    }
}

/// People by name and address; somebody chosen who is not among them keeps their place.
pub(super) fn people_choices(people: &[LeadRow], chosen: Option<LeadId>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = people.iter().map(person).collect();
    if let Some(lead) = chosen.filter(|lead| people.iter().all(|row| row.id != *lead)) {
        let id = lead.to_string();
        choices.push(Choice {
            label: id.clone(),
            value: id,
        });
    }
    choices
}

fn person(row: &LeadRow) -> Choice {
    let label = match &row.name {
        Some(name) => format!("{name} <{}>", row.email),
        None => row.email.to_string(),
    };
    Choice {
        value: row.id.to_string(),
        label,
    }
}

fn colleague_choices(users: &[User]) -> Vec<Choice> {
    let active = users.iter().filter(|user| user.is_active);
    active.map(|user| colleague(user.id, user)).collect()
}

fn colleague(id: UserId, user: &User) -> Choice {
    Choice {
        value: id.to_string(),
        label: format!("{} <{}>", user.name, user.email),
    }
}
