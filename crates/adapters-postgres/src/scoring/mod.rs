//! Scoring rules and the score history.

mod history;
mod policy;
mod rules;

pub(crate) use policy::{Settings, settings_of};
