//! The measurements.

pub(crate) mod bound;
pub(crate) mod enroll;
pub(crate) mod history;
pub(crate) mod intake;
pub(crate) mod latency;
mod phases;
pub(crate) mod send;
pub(crate) mod start;
mod verify;
