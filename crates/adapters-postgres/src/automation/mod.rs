//! What changes set in motion.

mod queue;
mod write;

pub(crate) use write::{add_reactions, take_back};
