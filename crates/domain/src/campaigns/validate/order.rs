//! Whether a step stands where it can be reached and finds what it asks for.

use super::{CampaignFault, DEEPEST};
use crate::campaigns::{Flow, Placed, Step, StepAction, StepTest};
use crate::ids::StepId;

pub(super) fn faults(flow: &Flow, placed: &Placed<'_>) -> Vec<CampaignFault> {
    let mut faults = Vec::new();
    if placed.depth > DEEPEST {
        faults.push(CampaignFault::TooDeep);
    }
    let step = placed.step;
    let all = flow.placed();
    let is_twin = |other: &Placed<'_>| other.step.id == step.id && other.order < placed.order;
    if all.iter().any(is_twin) {
        faults.push(CampaignFault::SameId);
    }
    if follows_an_end(&flow.steps, step) {
        faults.push(CampaignFault::Unreachable);
    }
    if let Some(asked) = asked_mail(step) {
        let is_it = |other: &Placed<'_>| {
            other.step.id == asked
                && other.order < placed.order
                && matches!(other.step.action, StepAction::Send { .. })
        };
        if !all.iter().any(is_it) {
            faults.push(CampaignFault::NoSuchMailBefore);
        }
    }
    faults
}

/// The step whose mail a condition asks for.
const fn asked_mail(step: &Step) -> Option<StepId> {
    let StepAction::Condition { test, .. } = &step.action else {
        return None;
    };
    match test {
        StepTest::Opened { step } | StepTest::Clicked { step, .. } => *step,
        StepTest::BandAtLeast { .. }
        | StepTest::Visited { .. }
        | StepTest::Lead { .. }
        | StepTest::InSegment { .. } => None,
    }
}

/// Whether one of the steps before it in its list ends every way.
fn follows_an_end(steps: &[Step], wanted: &Step) -> bool {
    let mut has_ended = false;
    steps.iter().any(|step| {
        if std::ptr::eq(step, wanted) {
            return has_ended;
        }
        has_ended |= always_ends(step);
        let branches = step.action.branches();
        (branches.into_iter()).any(|(_, inner)| follows_an_end(inner, wanted))
    })
}

/// Whether nobody who comes to this step goes on after it. A step that can be skipped lets people
/// pass.
fn always_ends(step: &Step) -> bool {
    if !step.only_if.is_empty() || step.not_later_than.is_some() {
        return false;
    }
    match &step.action {
        StepAction::End | StepAction::GoTo { .. } => true,
        StepAction::Condition { .. } | StepAction::Split { .. } => {
            let branches = step.action.branches();
            (branches.into_iter()).all(|(_, inner)| inner.iter().any(always_ends))
        }
        StepAction::Send { .. }
        | StepAction::WaitUntil { .. }
        | StepAction::SetAttribute { .. }
        | StepAction::AddTag { .. }
        | StepAction::RemoveTag { .. }
        | StepAction::AddScore { .. }
        | StepAction::CreateTask { .. }
        | StepAction::Notify { .. }
        | StepAction::Webhook { .. } => false,
    }
}
