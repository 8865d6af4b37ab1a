//! A campaign goes live, after a last look. (B13)

use actix_web::{HttpRequest, web};
use domain::campaigns::{ActivatePorts, ActivateRefused, Activated, Campaign, activate};
use domain::ids::{CampaignId, TenantId};
use serde::Deserialize;

use super::ACTIVATED;
use super::create::audit;
use super::figures::inside;
use super::flow_rows::{FlowRow, flow_rows};
use super::problems::{self, ProblemRow, is_of_sender, surroundings};
use super::words::Words;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivateForm {
    /// People inside go on in the new version, too.
    #[serde(default)]
    move_along: bool,
}

struct Found {
    campaign: Campaign,
    trigger: String,
    entry: String,
    rows: Vec<FlowRow>,
    problems: Vec<ProblemRow>,
    lacks_sender: bool,
    inside: u64,
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
) -> PageResult {
    let id = campaign.into_inner();
    let found = blocking(move || find(&state, &me, id)).await?;
    Page::of(&request, "campaigns/automatic/activate.html")
        .titled(&found.campaign.definition.name)
        .nav(Nav::Campaigns)
        .with("id", &id)
        .with("is_live", &found.campaign.is_live())
        .with("trigger", &found.trigger)
        .with("entry", &found.entry)
        .with("rows", &found.rows)
        .with("problems", &found.problems)
        .with("lacks_sender", &found.lacks_sender)
        .with("inside", &found.inside)
        .render()
}

fn find(state: &AppState, me: &SignedIn, id: CampaignId) -> Result<Found, Failure> {
    let (tenant, ports) = (me.tenant_id(), &state.ports);
    let campaign = ports.campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
    let words = Words::read(ports, tenant, me.locale())?;
    let faults = problems::found(state, tenant, &campaign)?;
    Ok(Found {
        trigger: words.trigger(&campaign.definition.trigger),
        entry: words.conditions(&campaign.definition.entry),
        rows: flow_rows(&campaign.definition.flow, None, &words),
        problems: problems::in_words(&faults, &campaign, &words),
        lacks_sender: faults.iter().any(is_of_sender),
        inside: inside(&ports.enrollments.figures(tenant, id)?),
        campaign,
    })
}

pub(super) async fn submit(
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
    Form(form): Form<ActivateForm>,
) -> PageResult {
    let id = campaign.into_inner();
    let refused = blocking(move || {
        let found = state.ports.campaigns.find(me.tenant_id(), id)?;
        let campaign = found.ok_or(Failure::NotFound)?;
        match activated(&state, me.tenant_id(), id, form.move_along) {
            Ok(_) => audit(&state, &me, ACTIVATED, &campaign).map(|()| None),
            Err(ActivateRefused::Problems(_)) => Ok(Some("campaigns-auto-refused")),
            Err(ActivateRefused::Changed) => Ok(Some("campaigns-auto-moved-on")),
            Err(refused @ (ActivateRefused::NotFound | ActivateRefused::Store(_))) => {
                Err(refused.into())
            }
        }
    })
    .await?;
    Ok(match refused {
        None => {
            let flash = Flash::success("campaigns-auto-activated");
            redirect(&format!("/ui/campaigns/{id}"), Some(flash))
        }
        Some(reason) => {
            let flash = Flash::danger(reason);
            redirect(&format!("/ui/campaigns/{id}/activate"), Some(flash))
        }
    })
}

/// Activates on the ports of the installation.
pub(super) fn activated(
    state: &AppState,
    tenant: TenantId,
    id: CampaignId,
    move_along: bool,
) -> Result<Activated, ActivateRefused> {
    let ports = ActivatePorts {
        surroundings: surroundings(&state.ports),
        contents: &*state.ports.mail_contents,
    };
    activate(&ports, tenant, id, move_along, state.now())
}
