//! The last look before a broadcast goes out: to how many, from whom, with what.

use actix_web::{HttpRequest, web};
use domain::campaigns::{Broadcast, StartRefused, time_at_limit, variant_b};
use domain::content::{Template, TemplateProblem};
use domain::delivery::SenderProfile;
use domain::ids::BroadcastId;
use domain::tenancy::User;

use super::ab_plan::AbPlan;
use super::audience::Reach;
use super::condition::conditions;
use super::detail::limit_of;
use super::draft::draft;
use super::seen::seen;
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
    plan: Option<AbPlan>,
    /// There is no template any more for variant B.
    variant_gone: bool,
    hourly_limit: Option<u32>,
    /// What is confirmed, by a short name.
    seen: String,
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
    let is_whole = missing.is_empty() && problems.is_empty() && !found.variant_gone;
    let can_start = is_whole && found.reach.people > 0;
    let hours = hours(&found);
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
        .with("ab_test", &found.plan)
        .with("variant_gone", &found.variant_gone)
        .with("hourly_limit", &found.hourly_limit)
        .with("hours", &hours)
        .with("missing", &missing)
        .with("problems", &problems)
        .with("can_start", &can_start)
        .with("seen", &found.seen)
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
    let mut problems = ports.renderer.check(&template.source);
    let other = variant_b(&*ports.templates, tenant, &broadcast, &template);
    let variant_gone = matches!(other, Err(StartRefused::VariantGone));
    let other = if variant_gone { None } else { other? };
    // What both variants have in common is said once.
    for problem in other.map_or(Vec::new(), |(_, source)| ports.renderer.check(&source)) {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    let reach = Reach::of(ports, tenant, &broadcast.audience, me.as_of())?;
    Ok(Found {
        subject: subject(state, me, &template, &sender),
        plan: AbPlan::of(ports, tenant, &broadcast, &template, reach.people)?,
        variant_gone,
        hourly_limit: limit_of(ports, tenant, &broadcast)?,
        seen: seen(ports, tenant, &broadcast, &template)?,
        reach,
        staff: ports.users.list(tenant)?,
        broadcast,
        template,
        problems,
        sender,
    })
}

/// Whole hours that the limit makes it take, if any.
fn hours(found: &Found) -> Option<i64> {
    let limit = found.hourly_limit?;
    Some(time_at_limit(found.reach.people, limit).num_hours())
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
