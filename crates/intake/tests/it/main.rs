//! What the intake promises, with ports that fail on command.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod hanging;
mod house;
mod log;
mod model;
mod replaying;
mod shedding;
mod stopping;
mod storage;
mod timeouts;
