//! The ports, kept in memory: for tests of use-cases, where the sequence matters and speed does.

mod dns;
mod leads;
mod mail;
mod staff;
mod tenancy;
mod tracking;

pub use dns::InMemoryDns;
pub use leads::InMemoryLeads;
pub use mail::InMemoryMail;
pub use staff::InMemoryStaff;
pub use tenancy::{InMemoryTenancy, ReadableHasher};
pub use tracking::{DirectIntake, InMemoryEngagementLog, TrackedLead};
