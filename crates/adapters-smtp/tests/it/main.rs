//! Conversations with mail servers, and the outbox.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod contract;
mod dkim;
mod outbox;
mod sending;
mod sink;
mod verify;
