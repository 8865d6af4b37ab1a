//! One campaign: where it stands, what its steps came to, and what can be done with it.

use actix_web::{HttpRequest, web};
use domain::analytics::Rate;
use domain::campaigns::{Campaign, CampaignDefinition, CampaignFigures, EnrollmentStatus};
use domain::delivery::Alarm;
use domain::ids::{CampaignId, TenantId};
use domain::tracking::MailSource;
use serde::Serialize;

use super::context::Context;
use super::figures::{MailFigures, entered, in_status, inside};
use super::flow_rows::{FlowRow, flow_rows};
use super::topic::Topics;
use super::words::Words;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Nav, Page};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::{AppState, State};

/// Everything of the campaign in numbers.
#[derive(Serialize)]
struct Totals {
    entered: u64,
    inside: u64,
    finished: u64,
    exited: u64,
    unsubscribed: u64,
    converted: u64,
    conversion_rate: String,
    mails: MailFigures,
}

/// What it is, in words.
#[derive(Serialize)]
struct About {
    trigger: String,
    entry: String,
    exits: Vec<String>,
    re_entry: &'static str,
    description: String,
    tracking: bool,
}

struct Found {
    campaign: Campaign,
    totals: Totals,
    about: About,
    rows: Vec<FlowRow>,
    context: Context,
    alarm: Option<Alarm>,
    topics: Topics,
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
) -> PageResult {
    let id = campaign.into_inner();
    let found = blocking(move || find(&state, &me, id)).await?;
    let context = serde_json::to_string(&found.context).map_err(Failure::unexpected)?;
    let campaign = &found.campaign;
    let is_live = campaign.is_live();
    Page::of(&request, "campaigns/automatic/detail.html")
        .titled(&campaign.definition.name)
        .nav(Nav::Campaigns)
        .with("id", &id)
        .with("status", campaign.status.as_str())
        .with("is_live", &is_live)
        .with("is_unpublished", &campaign.has_unpublished_changes())
        .with("can_delete", &(campaign.enrolled_count == 0 && !is_live))
        .with("version", &campaign.version)
        .with("created_at", &campaign.created_at)
        .with("updated_at", &campaign.updated_at)
        .with("activated_at", &campaign.activated_at)
        .with("paused_at", &campaign.paused_at)
        .with("paused_by", &found.alarm.map(Alarm::as_str))
        .with("topics", &found.topics)
        .with("totals", &found.totals)
        .with("about", &found.about)
        .with("rows", &found.rows)
        .with("context", &context)
        .render()
}

fn find(state: &AppState, me: &SignedIn, id: CampaignId) -> Result<Found, Failure> {
    let (tenant, ports) = (me.tenant_id(), &state.ports);
    let campaign = ports.campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
    let figures = ports.enrollments.figures(tenant, id)?;
    let words = Words::read(ports, tenant, me.locale())?;
    Ok(Found {
        totals: Totals::of(&figures),
        about: About::of(campaign.in_force(), &words),
        rows: flow_rows(&campaign.in_force().flow, Some(&figures), &words),
        context: Context::of_picture(&campaign, &words, &figures),
        alarm: alarm_of(ports, tenant, id)?,
        topics: Topics::of(ports, tenant, id)?,
        campaign,
    })
}

/// Why it was paused, if not by a person.
fn alarm_of(ports: &Ports, tenant: TenantId, id: CampaignId) -> Result<Option<Alarm>, Failure> {
    let raised = ports.watch.raised(tenant)?;
    let of_campaign = raised
        .iter()
        .find(|raised| raised.source == MailSource::Campaign(id));
    Ok(of_campaign.map(|raised| raised.alarm))
}

impl Totals {
    fn of(figures: &CampaignFigures) -> Self {
        let entered = entered(figures);
        Self {
            entered,
            inside: inside(figures),
            finished: in_status(figures, EnrollmentStatus::Completed),
            exited: in_status(figures, EnrollmentStatus::Exited),
            unsubscribed: in_status(figures, EnrollmentStatus::Unsubscribed),
            converted: figures.converted,
            conversion_rate: Rate::of(figures.converted, entered).to_string(),
            mails: MailFigures::of_all(figures),
        }
    }
}

impl About {
    fn of(definition: &CampaignDefinition, words: &Words) -> Self {
        Self {
            trigger: words.trigger(&definition.trigger),
            entry: words.conditions(&definition.entry),
            exits: definition.exits.iter().map(|it| words.exit(it)).collect(),
            re_entry: definition.re_entry.as_str(),
            description: definition.description.clone(),
            tracking: definition.tracking,
        }
    }
}
