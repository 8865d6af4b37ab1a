//! What changes set in motion.

mod lead_change;
mod queue;
mod write;

pub(crate) use lead_change::react;
pub(crate) use write::{add_reactions, take_back};
