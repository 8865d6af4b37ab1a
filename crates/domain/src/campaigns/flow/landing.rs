//! From one version of a flow to the next.

use super::{Flow, Step};
use crate::ids::StepId;

impl Flow {
    /// Where somebody who waits for `position` in this flow goes on in `next`, the version after
    /// it; none: the end is reached there.
    ///
    /// At the same step, if it is still there. Else at the first of the steps that came after it
    /// and still are there; else after the nearest one before it that still is. Who finds nothing
    /// again begins anew, because then everything is new.
    #[must_use]
    pub fn landing(&self, position: StepId, next: &Self) -> Option<StepId> {
        let stays = |step: &&Step| next.step(step.id).is_some();
        let mut coming = self.step(position);
        // Not more steps than there are, should two of them share an id.
        for _ in 0..self.placed().len() {
            let Some(step) = coming.filter(|step| !stays(step)) else {
                break;
            };
            coming = self.after(step.id);
        }
        if let Some(step) = coming.filter(stays) {
            return Some(step.id);
        }
        let placed = self.placed();
        let before = placed
            .iter()
            .take_while(|placed| placed.step.id != position);
        let last = before.map(|placed| placed.step).filter(stays).last();
        let step = match last {
            Some(last) => next.after(last.id),
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
