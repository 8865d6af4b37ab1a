//! A call as the other program gets it. The one place where its JSON is written.

use chrono::{DateTime, Utc};
use domain::ids::{CampaignId, LeadId, ReactionId, StepId, TenantId};
use domain::notifications::StepDone;
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    id: ReactionId,
    event: &'static str,
    at: DateTime<Utc>,
    tenant: TenantId,
    campaign: Campaign<'a>,
    step: StepId,
    lead: Lead<'a>,
}

#[derive(Serialize)]
struct Campaign<'a> {
    id: CampaignId,
    name: &'a str,
}

#[derive(Serialize)]
struct Lead<'a> {
    id: LeadId,
    email: &'a str,
    name: Option<&'a str>,
    score: i32,
    band: &'static str,
}

/// The body that says it.
pub(crate) fn body(done: &StepDone) -> Result<Vec<u8>, serde_json::Error> {
    let (campaign, name) = &done.campaign;
    serde_json::to_vec(&Document {
        id: done.id,
        event: "campaign.step",
        at: done.at,
        tenant: done.tenant,
        campaign: Campaign {
            id: *campaign,
            name,
        },
        step: done.step,
        lead: Lead {
            id: done.lead,
            email: done.email.as_str(),
            name: done.name.as_deref(),
            score: done.score,
            band: done.band.as_str(),
        },
    })
}
