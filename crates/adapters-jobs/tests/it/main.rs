//! The workers on the in-memory ports.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod broadcasts;
mod campaigns;
mod office;
mod sending;
