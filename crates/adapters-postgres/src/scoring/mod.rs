//! Scoring rules and the score history.

mod history;
mod rules;

pub(crate) use rules::policy_of;
