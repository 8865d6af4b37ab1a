//! What a campaign came to: opens, clicks and conversions, by step and in all (B53).

use actix_web::{HttpResponse, web};
use domain::analytics::Rate;
use domain::campaigns::{CampaignFigures, EnrollmentStatus, Flow, StepFigures};
use domain::ids::{CampaignId, StepId};
use serde::Serialize;

use crate::blocking::blocking;
use crate::campaigns::automatic::figures::{entered, in_status, sum};
use crate::error::{ApiError, Failure};
use crate::security::ApiCaller;
use crate::state::State;

/// Rates are percent with two decimals (C11, C12, C31, C32).
#[derive(Serialize)]
struct Analytics {
    enrolled: u64,
    active: u64,
    paused: u64,
    completed: u64,
    exited: u64,
    unsubscribed: u64,
    /// People who left by an exit condition.
    conversions: u64,
    conversion_rate: f64,
    #[serde(flatten)]
    mails: Mails,
    steps: Vec<OfStep>,
}

#[derive(Serialize)]
struct OfStep {
    step_id: StepId,
    step_order: u32,
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    waiting: u64,
    done: u64,
    skipped: u64,
    #[serde(flatten)]
    mails: Mails,
}

#[derive(Serialize)]
struct Mails {
    total_sent: u64,
    delivered: u64,
    bounced: u64,
    /// For reference only (A25).
    unique_opens: u64,
    total_opens: u64,
    open_rate: f64,
    unique_clicks: u64,
    total_clicks: u64,
    click_through_rate: f64,
    unsubscribes: u64,
}

pub(super) async fn show(
    caller: ApiCaller,
    state: State,
    campaign: web::Path<CampaignId>,
) -> Result<HttpResponse, ApiError> {
    let id = campaign.into_inner();
    let analytics = blocking(move || {
        let (tenant, ports) = (caller.tenant_id(), &state.ports);
        let campaign = ports.campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
        let flow = &campaign.in_force().flow;
        let figures = ports.enrollments.figures(tenant, id)?;
        Ok::<_, Failure>(Analytics::of(&figures, flow))
    })
    .await?;
    Ok(HttpResponse::Ok().json(analytics))
}

impl Analytics {
    fn of(figures: &CampaignFigures, flow: &Flow) -> Self {
        let count = |status| in_status(figures, status);
        let enrolled = entered(figures);
        let step = |it: domain::campaigns::Placed<'_>| {
            let own = figures.steps.get(&it.step.id).cloned().unwrap_or_default();
            OfStep {
                step_id: it.step.id,
                step_order: it.order,
                name: it.step.name.clone(),
                kind: it.step.action.kind(),
                waiting: own.waiting,
                done: own.done,
                skipped: own.skipped,
                mails: Mails::of(&own),
            }
        };
        Self {
            enrolled,
            active: count(EnrollmentStatus::Active),
            paused: count(EnrollmentStatus::Paused),
            completed: count(EnrollmentStatus::Completed),
            exited: count(EnrollmentStatus::Exited),
            unsubscribed: count(EnrollmentStatus::Unsubscribed),
            conversions: figures.converted,
            conversion_rate: Rate::of(figures.converted, enrolled).percent(),
            mails: Mails::of(&sum(figures)),
            steps: flow.placed().into_iter().map(step).collect(),
        }
    }
}

impl Mails {
    fn of(step: &StepFigures) -> Self {
        let rate = |part| Rate::of(part, step.sent).percent();
        Self {
            total_sent: step.sent,
            delivered: step.delivered,
            bounced: step.bounced,
            unique_opens: step.opened,
            total_opens: step.opens,
            open_rate: rate(step.opened),
            unique_clicks: step.clicked,
            total_clicks: step.clicks,
            click_through_rate: rate(step.clicked),
            unsubscribes: step.unsubscribed,
        }
    }
}
