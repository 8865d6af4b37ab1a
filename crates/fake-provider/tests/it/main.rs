//! The provider from outside, over plain connections.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod sendgrid;
mod smtp;
