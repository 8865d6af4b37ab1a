//! Use-cases on the in-memory ports: sequences, where the rules themselves are tested beside the code.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod mail;
mod scores;
mod tenancy;
