//! Calls of programs on loopback, and attacks.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod calls;
mod reach;
mod receiver;
