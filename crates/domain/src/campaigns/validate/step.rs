//! Whether a step can do what it says.

use super::{CampaignFault, Surroundings};
use crate::campaigns::{
    Delay, DelayUnit, Step, StepAction, StepTest, field_change, writable_field,
};
use crate::ids::CampaignId;
use crate::leads::{AttributeValue, ConditionField, tidy_tag};
use crate::notifications::{MESSAGE_MAX, public_url};
use crate::tasks::TITLE_MAX;

/// The longest delay of each unit: ten years.
const fn longest(unit: DelayUnit) -> u32 {
    match unit {
        DelayUnit::Minutes => 3_650 * 24 * 60,
        DelayUnit::Hours => 3_650 * 24,
        DelayUnit::Days => 3_650,
    }
}

const fn is_too_long(delay: Delay) -> bool {
    delay.value > longest(delay.unit)
}

pub(super) fn faults(
    own: CampaignId,
    step: &Step,
    surroundings: &Surroundings,
) -> Vec<CampaignFault> {
    let mut faults = Vec::new();
    if is_too_long(step.delay) || step.not_later_than.is_some_and(is_too_long) {
        faults.push(CampaignFault::DelayTooLong);
    }
    match &step.action {
        StepAction::Send { template, .. } => match surroundings.templates.get(template) {
            None => faults.push(CampaignFault::TemplateMissing),
            Some(problems) => {
                faults.extend(problems.iter().cloned().map(CampaignFault::Template));
            }
        },
        StepAction::WaitUntil { .. } | StepAction::End => {}
        StepAction::Condition { test, .. } => faults.extend(of_test(test)),
        StepAction::Split { share_a, .. } => {
            faults.extend((!(1..=99).contains(share_a)).then_some(CampaignFault::ShareOutOfRange));
        }
        StepAction::SetAttribute { field, value } => {
            faults.extend(of_writing(field, value, surroundings));
        }
        StepAction::AddTag { tag } | StepAction::RemoveTag { tag } => {
            faults.extend(tidy_tag(tag).is_none().then_some(CampaignFault::TagBlank));
        }
        StepAction::AddScore { points } => {
            faults.extend((*points == 0).then_some(CampaignFault::NoPoints));
        }
        StepAction::CreateTask { title, .. } => faults.extend(of_text(title, TITLE_MAX)),
        StepAction::Notify { message, .. } => faults.extend(of_text(message, MESSAGE_MAX)),
        StepAction::Webhook { url } => {
            let refused = public_url(url).is_err();
            faults.extend(refused.then_some(CampaignFault::NotAPublicAddress));
        }
        StepAction::GoTo { campaign } => {
            if *campaign == own {
                faults.push(CampaignFault::GoesToItself);
            } else if !surroundings.campaigns.contains(campaign) {
                faults.push(CampaignFault::CampaignMissing);
            }
        }
    }
    faults
}

/// What staff are told has to say something, and not too much.
fn of_text(text: &str, most: usize) -> Option<CampaignFault> {
    if text.trim().is_empty() {
        return Some(CampaignFault::TextMissing);
    }
    (text.chars().count() > most).then_some(CampaignFault::TextTooLong)
}

fn of_test(test: &StepTest) -> Option<CampaignFault> {
    let is_incomplete = match test {
        StepTest::InSegment { .. } => return Some(CampaignFault::NotYetAvailable),
        StepTest::BandAtLeast { .. } | StepTest::Opened { .. } => false,
        StepTest::Clicked { url_contains, .. } => url_contains
            .as_ref()
            .is_some_and(|part| part.trim().is_empty()),
        StepTest::Visited { path } => path.trim().is_empty(),
        StepTest::Lead { conditions } => conditions.is_empty(),
    };
    is_incomplete.then_some(CampaignFault::TestIncomplete)
}

/// A custom attribute has to exist, with this kind of values.
fn of_writing(
    field: &str,
    value: &AttributeValue,
    surroundings: &Surroundings,
) -> Option<CampaignFault> {
    let is_known = match writable_field(field) {
        Some(ConditionField::Attribute(key)) => {
            surroundings.attributes.get(&key) == Some(&value.kind())
        }
        Some(
            ConditionField::Field(_)
            | ConditionField::Score
            | ConditionField::Band
            | ConditionField::Tags,
        ) => true,
        None => false,
    };
    let fits = is_known && field_change(field, value).is_some();
    (!fits).then(|| CampaignFault::NotWritable(field.to_owned()))
}
