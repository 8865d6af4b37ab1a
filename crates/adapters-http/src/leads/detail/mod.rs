//! One lead: how warm, why, and everything that happened (A50, A38).

mod view;

use actix_web::{HttpRequest, web};
use chrono::TimeDelta;
use domain::delivery::Suppression;
use domain::ids::{LeadId, TenantId};
use domain::leads::{Activity, AsOf, AttributeDefinition, ImportantView, Lead, LeadTraces};
use domain::scoring::Bounds;
use domain::tenancy::Locale;

use super::score_history::{self, HistoryQuery};
use super::timeline::{self, TimelineQuery};
use crate::blocking::blocking;
use crate::campaigns::automatic::OfLead;
use crate::error::{Failure, PageResult};
use crate::extract::Query;
use crate::pages::{Nav, Page};
use crate::ports::Ports;
use crate::privacy::lead::LeadWishes;
use crate::security::SignedIn;
use crate::state::State;
use crate::tasks::of_lead::LeadTasks;

/// Important pages that are listed, and how far back.
const IMPORTANT_PAGES: u32 = 5;
const IMPORTANT_DAYS: u32 = 30;

/// All that the page shows.
struct Found {
    lead: Lead,
    activity: Activity,
    important: Vec<ImportantView>,
    timeline: timeline::Part,
    history: score_history::Part,
    stop: Option<Suppression>,
    owner: Option<String>,
    attributes: Vec<AttributeDefinition>,
    bounds: Bounds,
    traces: LeadTraces,
    campaigns: Vec<OfLead>,
    wishes: LeadWishes,
    tasks: LeadTasks,
}

impl Found {
    fn read(
        ports: &Ports,
        tenant: TenantId,
        id: LeadId,
        query: TimelineQuery,
        as_of: AsOf,
        locale: Locale,
    ) -> Result<Self, Failure> {
        let lead = ports.leads.find(tenant, id)?.ok_or(Failure::NotFound)?;
        let since = as_of.now - TimeDelta::days(i64::from(IMPORTANT_DAYS));
        let important = ports
            .lead_insight
            .important_views(tenant, id, since, IMPORTANT_PAGES)?;
        let owner = match lead.owner {
            Some(owner) => ports.users.find(tenant, owner)?,
            None => None,
        };
        Ok(Self {
            activity: ports.lead_insight.activity(tenant, id, as_of)?,
            important,
            timeline: timeline::Part::read(ports, tenant, id, query)?,
            history: score_history::Part::read(ports, tenant, id, HistoryQuery::default())?,
            stop: ports.suppressions.find(tenant, &lead.email)?,
            owner: owner.map(|user| user.name),
            attributes: ports.lead_listing.attributes(tenant)?,
            bounds: ports.scoring_rules.policy(tenant)?.bounds,
            traces: ports.lead_removal.traces(tenant, id)?,
            campaigns: OfLead::read(ports, tenant, id, locale)?,
            wishes: LeadWishes::read(ports, tenant, id)?,
            tasks: LeadTasks::read(ports, tenant, id)?,
            lead,
        })
    }
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    id: web::Path<LeadId>,
    Query(query): Query<TimelineQuery>,
) -> PageResult {
    let (tenant, id, as_of) = (me.tenant_id(), id.into_inner(), me.as_of());
    let locale = me.locale();
    let found =
        blocking(move || Found::read(&state.ports, tenant, id, query, as_of, locale)).await?;
    let view = found.view(&me);
    let title = view.title().to_owned();
    Page::of(&request, "leads/detail.html")
        .titled(&title)
        .nav(Nav::Leads)
        .with("view", &view)
        .with("lead", &id)
        .with("meter", &found.meter())
        .with("week", &found.week())
        .with("important", &found.important_views())
        .with("timeline", &found.timeline.shown(query.kind))
        .with("history", &found.history.shown())
        .with("stop", &found.stop())
        .with("traces", &found.traces())
        .with("campaigns", &found.campaigns)
        .with("tasks", &found.tasks.shown(&me))
        .with("privacy", &found.wishes.view(as_of.now))
        .render()
}
