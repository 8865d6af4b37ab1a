//! What each port promises, as assertions that run against every adapter of it.

#![expect(
    clippy::unwrap_used,
    reason = "a contract is a test, whichever crate runs it"
)]

pub mod campaigns;
pub mod leads;
pub mod mail;
pub mod mailer;
pub mod privacy;
pub mod staff;
pub mod tenancy;
pub mod tracking;
