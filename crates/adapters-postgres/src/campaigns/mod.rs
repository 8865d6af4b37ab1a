//! Broadcasts.

mod ab_test;
mod automatic;
mod recipient_list;
mod row;
mod status;
mod store;
mod work;

pub(crate) use automatic::{active_triggers, go_on};
