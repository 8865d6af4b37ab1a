//! What programs may write at all: a flow that nobody could look through is not kept.

use std::collections::BTreeSet;

use domain::campaigns::{DEEPEST, Flow, MOST_STEPS};

use crate::error::{Complaint, Failure};

/// Whether a flow can be kept.
///
/// # Errors
/// [`Failure::Impossible`] for too many steps, for branches too deep, and for two steps of the
/// same id.
pub(super) fn check(flow: &Flow) -> Result<(), Failure> {
    let placed = flow.placed();
    if placed.len() > MOST_STEPS {
        return refused(&format!("has more than {MOST_STEPS} steps"));
    }
    if placed.iter().any(|it| it.depth > DEEPEST) {
        return refused(&format!("has branches deeper than {DEEPEST}"));
    }
    let ids: BTreeSet<_> = placed.iter().map(|it| it.step.id).collect();
    if ids.len() < placed.len() {
        return refused("has two steps with the same id");
    }
    Ok(())
}

fn refused(reason: &str) -> Result<(), Failure> {
    Err(Failure::Impossible(Complaint::about("flow", reason)))
}
