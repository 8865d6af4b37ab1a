//! From one version of a flow to the next.

use std::iter::successors;

use super::{Branch, Flow, Step};
use crate::ids::StepId;

impl Flow {
    /// Where somebody who waits for `position` in this flow goes on in `next`, the version after
    /// it; none: the end is reached there.
    ///
    /// At the same step, if it is still there. Else at the first of the steps that came after it
    /// and still are there; else after the nearest one before it, on their own way, that still is;
    /// else at the beginning of the branch that they are in. Who finds nothing again begins anew,
    /// because then everything is new.
    ///
    /// Never in a branch of a step of this flow that they are not in: there, somebody else waits for
    /// something else.
    #[must_use]
    pub fn landing(&self, position: StepId, next: &Self) -> Option<StepId> {
        let way = way_to(&self.steps, position).unwrap_or_default();
        let is_theirs = |id: StepId, of_new_steps: bool| {
            let there = way_to(&next.steps, id);
            there.is_some_and(|there| {
                let mut branches = there.iter().filter(|passed| passed.inside.is_some());
                branches.all(|inside| {
                    way.contains(inside) || (of_new_steps && self.step(inside.step).is_none())
                })
            })
        };
        // Not more steps than there are, should two of them share an id.
        let coming = successors(self.step(position), |step| self.after(step.id));
        let mut coming = coming.take(self.placed().len());
        if let Some(step) = coming.find(|step| is_theirs(step.id, true)) {
            return Some(step.id);
        }
        let mut behind = way.iter().rev();
        let step = match behind.find(|passed| is_theirs(passed.step, false)) {
            Some(passed) => passed.onward(next),
            None => next.first(),
        };
        step.map(|step| step.id)
    }

    /// The step that a person's click in the mail of `sent` brings forward (B15); none where a
    /// click does not, or nothing comes after it.
    #[must_use]
    pub fn hastened_by(&self, sent: StepId) -> Option<StepId> {
        let hastens = self.step(sent)?.action.hastens();
        let next = self.after(sent).filter(|_| hastens);
        next.map(|step| step.id)
    }
}

/// A step on somebody's way to where they wait.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Passed {
    step: StepId,
    /// The branch of it that they are in; none: they are past all of it.
    inside: Option<Branch>,
}

impl Passed {
    /// What comes next for them in another version, which has this step, too.
    fn onward(self, next: &Flow) -> Option<&Step> {
        let branch = self
            .inside
            .and_then(|branch| next.inside(self.step, branch));
        branch.or_else(|| next.after(self.step))
    }
}

/// The way to a step, from the first on: the steps before it in its own list and in those that it is
/// inside of, each of which ends with the step that has the branch.
fn way_to(steps: &[Step], position: StepId) -> Option<Vec<Passed>> {
    let mut way = Vec::new();
    for step in steps {
        let passed = |inside| Passed {
            step: step.id,
            inside,
        };
        if step.id == position {
            return Some(way);
        }
        for (branch, inner) in step.action.branches() {
            if let Some(within) = way_to(inner, position) {
                way.push(passed(Some(branch)));
                way.extend(within);
                return Some(way);
            }
        }
        way.push(passed(None));
    }
    None
}
