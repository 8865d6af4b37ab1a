//! Whether a campaign can be activated.

mod fault;
mod order;
mod step;
mod surroundings;

pub use fault::{CampaignFault, CampaignProblem};
pub use surroundings::{Surroundings, SurroundingsPorts};

use super::{CampaignDefinition, Trigger};
use crate::ids::CampaignId;
use crate::leads::AttributeKind;

/// Steps of a campaign, at most.
pub const MOST_STEPS: usize = 100;
/// Branches within one another, at most.
pub const DEEPEST: u32 = 5;
/// Longest name. Characters.
const LONGEST_NAME: usize = 120;

/// Everything that keeps the campaign `own` from being activated as it is defined: first what
/// concerns the whole, then step by step in the order of reading.
#[must_use]
pub fn validate(
    own: CampaignId,
    definition: &CampaignDefinition,
    surroundings: &Surroundings,
) -> Vec<CampaignProblem> {
    let whole = of_whole(definition, surroundings).into_iter();
    let whole = whole.map(|fault| CampaignProblem { step: None, fault });
    let placed = definition.flow.placed();
    let of_steps = placed.iter().flat_map(|placed| {
        let mut faults = order::faults(&definition.flow, placed);
        faults.extend(step::faults(own, placed.step, surroundings));
        let step = Some(placed.step.id);
        (faults.into_iter()).map(move |fault| CampaignProblem { step, fault })
    });
    whole.chain(of_steps).collect()
}

fn of_whole(definition: &CampaignDefinition, surroundings: &Surroundings) -> Vec<CampaignFault> {
    let mut faults = Vec::new();
    match definition.name.trim().chars().count() {
        0 => faults.push(CampaignFault::NameMissing),
        1..=LONGEST_NAME => {}
        _ => faults.push(CampaignFault::NameTooLong),
    }
    let missing = surroundings.sender.iter();
    faults.extend(missing.map(|item| CampaignFault::SenderIncomplete(*item)));
    faults.extend(of_trigger(&definition.trigger, surroundings));
    match definition.flow.placed().len() {
        0 => faults.push(CampaignFault::NoSteps),
        1..=MOST_STEPS => {}
        _ => faults.push(CampaignFault::TooManySteps),
    }
    faults
}

fn of_trigger(trigger: &Trigger, surroundings: &Surroundings) -> Option<CampaignFault> {
    match trigger {
        Trigger::SegmentEntered { .. }
        | Trigger::StageEntered { .. }
        | Trigger::EventRegistered { .. } => Some(CampaignFault::NotYetAvailable),
        Trigger::AttributeMatches { conditions } => conditions
            .is_empty()
            .then_some(CampaignFault::TriggerIncomplete),
        Trigger::DateAttribute { attribute, .. } => {
            let kind = surroundings.attributes.get(attribute);
            (kind != Some(&AttributeKind::Date))
                .then(|| CampaignFault::NotADateAttribute(attribute.clone()))
        }
        Trigger::Custom { .. }
        | Trigger::ScoreReached { .. }
        | Trigger::BandReached { .. }
        | Trigger::Manual => None,
    }
}

#[cfg(test)]
mod tests;
