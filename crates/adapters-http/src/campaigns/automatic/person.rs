//! One person's way through a campaign, and stopping or ending it.

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::campaigns::{Campaign, EnrollmentStatus, EnrollmentTrace, StepExecution};
use domain::ids::{CampaignId, EnrollmentId};
use domain::leads::Lead;
use domain::tenancy::AuditAction;
use serde::Serialize;

use super::control::changed_or_moved_on;
use super::create::audit;
use super::next_up::{NextUp, step_title};
use super::people::{PersonRow, shown_name};
use super::words::Words;
use super::{PERSON_PAUSED, PERSON_REMOVED, PERSON_RESUMED};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Flash, Nav, Page};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::{AppState, State};
use crate::texts::{self, Arguments};

/// One thing that was done.
#[derive(Serialize)]
pub(super) struct Done {
    at: DateTime<Utc>,
    step: String,
    text: String,
}

struct Found {
    campaign: Campaign,
    name: String,
    person: PersonRow,
    done: Vec<Done>,
    version: u32,
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    path: web::Path<(CampaignId, EnrollmentId)>,
) -> PageResult {
    let (id, enrollment) = path.into_inner();
    let found = blocking(move || find(&state, &me, id, enrollment)).await?;
    Page::of(&request, "campaigns/automatic/person.html")
        .title_about("campaigns-auto-trace-title", &found.name)
        .nav(Nav::Campaigns)
        .with("id", &id)
        .with("campaign_name", &found.campaign.definition.name)
        .with("person_name", &found.name)
        .with("person", &found.person)
        .with("done", &found.done)
        .with("version", &found.version)
        .render()
}

fn find(
    state: &AppState,
    me: &SignedIn,
    id: CampaignId,
    enrollment: EnrollmentId,
) -> Result<Found, Failure> {
    let (tenant, ports) = (me.tenant_id(), &state.ports);
    let (campaign, trace, lead) = there(ports, me, id, enrollment)?;
    let words = Words::read(ports, tenant, me.locale())?;
    let next = NextUp::of(&trace.enrollment, &campaign, &words, me.now());
    Ok(Found {
        name: shown_name(lead.as_ref(), me),
        person: PersonRow::of(&trace.enrollment, lead.as_ref(), next, me),
        done: done(&trace.executions, &campaign, &words),
        version: trace.enrollment.version,
        campaign,
    })
}

/// The enrollment, if it is one of this campaign.
fn there(
    ports: &Ports,
    me: &SignedIn,
    id: CampaignId,
    enrollment: EnrollmentId,
) -> Result<(Campaign, EnrollmentTrace, Option<Lead>), Failure> {
    let tenant = me.tenant_id();
    let campaign = ports.campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
    let trace = ports.enrollments.trace(tenant, enrollment)?;
    let trace = trace
        .filter(|trace| trace.enrollment.campaign == id)
        .ok_or(Failure::NotFound)?;
    let lead = ports.leads.find(tenant, trace.enrollment.lead)?;
    Ok((campaign, trace, lead))
}

/// What was done, in words.
pub(super) fn done(executions: &[StepExecution], campaign: &Campaign, words: &Words) -> Vec<Done> {
    let done = |execution: &StepExecution| {
        let name = execution.outcome.name().replace(':', "-");
        let key = format!("campaigns-auto-outcome-{name}");
        Done {
            at: execution.at,
            step: step_title(campaign, Some(execution.step), words),
            text: texts::text(words.locale, &key, &Arguments::new()),
        }
    };
    executions.iter().map(done).collect()
}

pub(super) async fn pause(
    me: SignedIn,
    state: State,
    path: web::Path<(CampaignId, EnrollmentId)>,
) -> PageResult {
    let flash = Flash::success("campaigns-auto-person-paused");
    let change = (EnrollmentStatus::Paused, PERSON_PAUSED, flash);
    change_to(me, state, path.into_inner(), change).await
}

pub(super) async fn resume(
    me: SignedIn,
    state: State,
    path: web::Path<(CampaignId, EnrollmentId)>,
) -> PageResult {
    let flash = Flash::success("campaigns-auto-person-resumed");
    let change = (EnrollmentStatus::Active, PERSON_RESUMED, flash);
    change_to(me, state, path.into_inner(), change).await
}

pub(super) async fn remove(
    me: SignedIn,
    state: State,
    path: web::Path<(CampaignId, EnrollmentId)>,
) -> PageResult {
    let flash = Flash::success("campaigns-auto-person-removed");
    let change = (EnrollmentStatus::Exited, PERSON_REMOVED, flash);
    change_to(me, state, path.into_inner(), change).await
}

async fn change_to(
    me: SignedIn,
    state: State,
    (id, enrollment): (CampaignId, EnrollmentId),
    (next, action, done): (EnrollmentStatus, AuditAction, Flash),
) -> PageResult {
    let changed = blocking(move || {
        let (campaign, ..) = there(&state.ports, &me, id, enrollment)?;
        let enrollments = &state.ports.enrollments;
        let changed = enrollments.change_status(me.tenant_id(), enrollment, next, me.now())?;
        if changed {
            audit(&state, &me, action, &campaign)?;
        }
        Ok::<_, Failure>(changed)
    })
    .await?;
    let back = format!("/ui/campaigns/{id}/people/{enrollment}");
    Ok(changed_or_moved_on(changed, done, &back))
}
