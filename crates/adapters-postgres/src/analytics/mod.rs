//! Read models, from roll-ups only.

mod dashboard;
