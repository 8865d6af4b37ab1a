//! The last look before a broadcast goes out: to how many, from whom, with what.

use actix_web::{HttpRequest, web};
use domain::campaigns::Broadcast;
use domain::content::{Template, TemplateProblem};
use domain::delivery::SenderProfile;
use domain::ids::BroadcastId;
use domain::tenancy::User;

use super::audience::{Reach, as_of};
use super::condition::conditions;
use super::draft::draft;
use crate::blocking::blocking;
use crate::content::composing::Untracked;
use crate::content::problems::problem_rows;
use crate::delivery::sender::item_names;
use crate::error::{Failure, PageResult};
use crate::pages::{Nav, Page};
use crate::security::SignedIn;
use crate::state::{AppState, State};

struct Found {
    broadcast: Broadcast,
    template: Template,
    problems: Vec<TemplateProblem>,
    /// As the made-up person would get it.
    subject: Option<String>,
    sender: SenderProfile,
    staff: Vec<User>,
    reach: Reach,
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> PageResult {
    let id = broadcast.into_inner();
    let found = blocking(move || find(&state, &me, id)).await?;
    let page = Page::of(&request, "campaigns/confirm.html");
    let locale = page.locale();
    let missing = item_names(&found.sender.missing(), locale);
    let problems = problem_rows(&found.problems, locale);
    let can_start = missing.is_empty() && problems.is_empty() && found.reach.people > 0;
    let from = found.sender.from_address.as_ref();
    page.titled(&found.broadcast.name)
        .nav(Nav::Broadcasts)
        .with("id", &id)
        .with("template", &found.template.id)
        .with("template_name", &found.template.name)
        .with(
            "subject",
            &found.subject.unwrap_or(found.template.source.subject),
        )
        .with("tracking", &found.broadcast.tracking)
        .with("from_name", &found.sender.from_name)
        .with("from_address", &from.map(ToString::to_string))
        .with("organisation", &found.sender.organisation)
        .with(
            "conditions",
            &conditions(&found.broadcast.audience, &found.staff, locale),
        )
        .with("reach", &found.reach)
        .with("missing", &missing)
        .with("problems", &problems)
        .with("can_start", &can_start)
        .render()
}

fn find(state: &AppState, me: &SignedIn, id: BroadcastId) -> Result<Found, Failure> {
    let (tenant, ports) = (me.tenant_id(), &state.ports);
    let broadcast = draft(state, tenant, id)?;
    let template = ports
        .templates
        .find(tenant, broadcast.template)?
        .ok_or(Failure::NotFound)?;
    let sender = ports.delivery_settings.sender_profile(tenant)?;
    let problems = ports.renderer.check(&template.source);
    Ok(Found {
        subject: subject(state, me, &template, &sender),
        reach: Reach::of(ports, tenant, &broadcast.audience, as_of(me))?,
        staff: ports.users.list(tenant)?,
        broadcast,
        template,
        problems,
        sender,
    })
}

fn subject(
    state: &AppState,
    me: &SignedIn,
    template: &Template,
    sender: &SenderProfile,
) -> Option<String> {
    let untracked = Untracked {
        state,
        tenant: me.tenant(),
        locale: me.locale(),
    };
    let lead = untracked.sample_lead();
    let mail = untracked.preview(&template.source, &lead, sender.clone());
    mail.ok().map(|mail| mail.subject)
}
