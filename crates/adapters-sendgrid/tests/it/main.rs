//! What goes to SendGrid and what comes from it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod contract;
mod events;
mod proofs;
mod sending;
mod signing;
