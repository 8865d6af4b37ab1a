//! The page on which a campaign is built, and saving what was built. (B67)

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, SubsecRound, Utc};
use domain::campaigns::{Campaign, CampaignDefinition, CampaignStatus};
use domain::ids::CampaignId;
use serde::{Deserialize, Serialize};

use super::CHANGED;
use super::context::Context;
use super::create::audit;
use super::document::{DefinitionDocument, tidied};
use super::flow_rows::{FlowRow, flow_rows};
use super::problems::{ProblemRow, problems};
use super::words::Words;
use crate::blocking::blocking;
use crate::error::{ApiError, Complaint, Failure, PageResult};
use crate::extract::ApiJson;
use crate::pages::{Nav, Page};
use crate::security::SignedIn;
use crate::state::{AppState, State};

struct Found {
    campaign: Campaign,
    context: Context,
    rows: Vec<FlowRow>,
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
    let name = &found.campaign.definition.name;
    Page::of(&request, "campaigns/automatic/builder.html")
        .title_about("campaigns-auto-edit-title", name)
        .nav(Nav::Campaigns)
        .with("id", &id)
        .with("status", found.campaign.status.as_str())
        .with(
            "is_draft",
            &(found.campaign.status == CampaignStatus::Draft),
        )
        .with("rows", &found.rows)
        .with("context", &context)
        .render()
}

fn find(state: &AppState, me: &SignedIn, id: CampaignId) -> Result<Found, Failure> {
    let (tenant, ports) = (me.tenant_id(), &state.ports);
    let campaign = ports.campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
    let words = Words::read(ports, tenant, me.locale())?;
    let problems = problems(state, tenant, &campaign, &words)?;
    Ok(Found {
        rows: flow_rows(&campaign.definition.flow, None, &words),
        context: Context::of_builder(ports, tenant, &campaign, &words, problems)?,
        campaign,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToSave {
    definition: DefinitionDocument,
    /// When the campaign was last changed, as the page knows it.
    seen: DateTime<Utc>,
}

#[derive(Serialize)]
struct Saved {
    seen: DateTime<Utc>,
    problems: Vec<ProblemRow>,
}

/// Keeps what was built. What stops activation does not stop saving; it is answered.
pub(super) async fn save(
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
    ApiJson(sent): ApiJson<ToSave>,
) -> Result<HttpResponse, ApiError> {
    let id = campaign.into_inner();
    let saved = blocking(move || {
        let definition = checked(sent.definition.into())?;
        keep(&state, &me, id, &definition, sent.seen)
    })
    .await?;
    Ok(HttpResponse::Ok().json(saved))
}

fn keep(
    state: &AppState,
    me: &SignedIn,
    id: CampaignId,
    definition: &CampaignDefinition,
    seen: DateTime<Utc>,
) -> Result<Saved, Failure> {
    let (tenant, campaigns) = (me.tenant_id(), &state.ports.campaigns);
    campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
    if !campaigns.update(tenant, id, definition, seen, as_stored(me.now()))? {
        let reason = "somebody else has changed the campaign meanwhile";
        return Err(Failure::Conflict(Complaint::about("seen", reason)));
    }
    let campaign = campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
    audit(state, me, CHANGED, &campaign)?;
    let words = Words::read(&state.ports, tenant, me.locale())?;
    Ok(Saved {
        seen: campaign.updated_at,
        problems: problems(state, tenant, &campaign, &words)?,
    })
}

/// A definition that can be kept, however unfinished it is.
///
/// # Errors
/// [`Failure::Impossible`] with the field.
pub(super) fn checked(definition: CampaignDefinition) -> Result<CampaignDefinition, Failure> {
    tidied(definition).map_err(|fault| {
        let (field, reason) = fault.complaint();
        Failure::Impossible(Complaint::about(field, reason))
    })
}

/// The moment of a change, as exactly as storage keeps it: it comes back as `seen`.
pub(super) fn as_stored(now: DateTime<Utc>) -> DateTime<Utc> {
    now.trunc_subsecs(6)
}
