//! What keeps a campaign from being activated, for people.

use domain::campaigns::{
    Campaign, CampaignFault, CampaignProblem, Placed, Surroundings, SurroundingsPorts, validate,
};
use domain::delivery::SenderItem;
use domain::ids::{StepId, TenantId};
use domain::store::StoreResult;
use serde::Serialize;

use super::words::Words;
use crate::delivery::sender::item_names;
use crate::ports::Ports;
use crate::state::AppState;
use crate::texts;

/// One problem: where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct ProblemRow {
    step: Option<StepId>,
    text: String,
}

/// What a campaign is looked at with.
pub(super) fn surroundings(ports: &Ports) -> SurroundingsPorts<'_> {
    SurroundingsPorts {
        campaigns: &*ports.campaigns,
        templates: &*ports.templates,
        renderer: &*ports.renderer,
        settings: &*ports.delivery_settings,
        listing: &*ports.lead_listing,
    }
}

/// Everything that keeps it from being activated as it is saved.
pub(super) fn found(
    state: &AppState,
    tenant: TenantId,
    campaign: &Campaign,
) -> StoreResult<Vec<CampaignProblem>> {
    let definition = &campaign.definition;
    let around = Surroundings::of(&surroundings(&state.ports), tenant, definition)?;
    Ok(validate(campaign.id, definition, &around))
}

/// The same for the person who mends it.
pub(super) fn problems(
    state: &AppState,
    tenant: TenantId,
    campaign: &Campaign,
    words: &Words,
) -> StoreResult<Vec<ProblemRow>> {
    Ok(in_words(&found(state, tenant, campaign)?, campaign, words))
}

/// Problems that were found, in words.
pub(super) fn in_words(
    problems: &[CampaignProblem],
    campaign: &Campaign,
    words: &Words,
) -> Vec<ProblemRow> {
    let placed = campaign.definition.flow.placed();
    let row = |problem| row(problem, &placed, words);
    problems.iter().map(row).collect()
}

fn row(problem: &CampaignProblem, placed: &[Placed<'_>], words: &Words) -> ProblemRow {
    let key = format!("campaigns-auto-fault-{}", problem.fault.key());
    let about = about(&problem.fault, words);
    let text = texts::text(
        words.locale,
        &key,
        &texts::arguments([("about", about.into())]),
    );
    let step = placed.iter().find(|it| Some(it.step.id) == problem.step);
    ProblemRow {
        step: problem.step,
        text: match step {
            Some(placed) => format!("{} – {text}", words.numbered(placed)),
            None => text,
        },
    }
}

/// What the sentence is about, as staff know it.
fn about(fault: &CampaignFault, words: &Words) -> String {
    if let CampaignFault::SenderIncomplete(item) = fault {
        item_name(*item, words)
    } else if let CampaignFault::NotWritable(name) = fault {
        words.field(name)
    } else if let CampaignFault::NotADateAttribute(key) = fault {
        words.field(&format!("attributes.{key}"))
    } else {
        fault.subject()
    }
}

fn item_name(item: SenderItem, words: &Words) -> String {
    item_names(&[item], words.locale).into_iter().collect()
}

/// Whether it is mended in the settings of the sender, not in the campaign.
pub(super) const fn is_of_sender(problem: &CampaignProblem) -> bool {
    matches!(problem.fault, CampaignFault::SenderIncomplete(_))
}
