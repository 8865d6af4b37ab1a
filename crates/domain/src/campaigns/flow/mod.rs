//! What is done with people in a campaign: a tree of steps.
//!
//! Steps are done one after another. A condition and a split have branches; whoever comes to the
//! end of a branch goes on after the step that has it. So the list that staff drag and drop *is*
//! the flow, and its graph is only another picture of it.

mod landing;
mod step;

pub use step::{Branch, Delay, DelayUnit, Step, StepAction, StepTest, WeekdayName, writable_field};

use serde::{Deserialize, Serialize};

use crate::ids::StepId;

/// The steps of a campaign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Flow {
    /// The steps outside every branch.
    pub steps: Vec<Step>,
}

/// A step with its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed<'a> {
    /// The step.
    pub step: &'a Step,
    /// Its number in the order of reading, from 1 (B16).
    pub order: u32,
    /// The step in whose branch it is.
    pub parent: Option<(StepId, Branch)>,
    /// How deep it is, from 0.
    pub depth: u32,
}

impl Flow {
    /// Every step in the order of reading: a branch's steps come after the step that has it.
    #[must_use]
    pub fn placed(&self) -> Vec<Placed<'_>> {
        let mut all = Vec::new();
        place(&self.steps, None, 0, &mut all);
        all
    }

    /// The step with this id.
    #[must_use]
    pub fn step(&self, id: StepId) -> Option<&Step> {
        find(&self.steps, id)
    }

    /// The step that people begin with.
    #[must_use]
    pub fn first(&self) -> Option<&Step> {
        self.steps.first()
    }

    /// The first step of a branch; where the branch is empty, the step after it.
    #[must_use]
    pub fn inside(&self, id: StepId, branch: Branch) -> Option<&Step> {
        let (_, steps) = self
            .step(id)?
            .action
            .branches()
            .into_iter()
            .find(|(name, _)| *name == branch)?;
        steps.first().or_else(|| self.after(id))
    }

    /// The step that comes after this one and all its branches: the next beside it, else the one
    /// after the step in whose branch it is.
    #[must_use]
    pub fn after(&self, id: StepId) -> Option<&Step> {
        after(&self.steps, id).flatten()
    }
}

fn place<'a>(
    steps: &'a [Step],
    parent: Option<(StepId, Branch)>,
    depth: u32,
    all: &mut Vec<Placed<'a>>,
) {
    for step in steps {
        let order = u32::try_from(all.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        all.push(Placed {
            step,
            order,
            parent,
            depth,
        });
        for (branch, inner) in step.action.branches() {
            place(inner, Some((step.id, branch)), depth + 1, all);
        }
    }
}

fn find(steps: &[Step], id: StepId) -> Option<&Step> {
    steps.iter().find_map(|step| {
        if step.id == id {
            return Some(step);
        }
        let branches = step.action.branches();
        branches.into_iter().find_map(|(_, inner)| find(inner, id))
    })
}

/// `None` if the step is not among these; `Some(None)` if nothing comes after it.
fn after(steps: &[Step], id: StepId) -> Option<Option<&Step>> {
    steps.iter().enumerate().find_map(|(place, step)| {
        let next = steps.get(place + 1);
        if step.id == id {
            return Some(next);
        }
        let branches = step.action.branches();
        let within = branches.into_iter().find_map(|(_, inner)| after(inner, id));
        within.map(|found| found.or(next))
    })
}

#[cfg(test)]
mod tests;
