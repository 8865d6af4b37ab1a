//! The storage ports on a real PostgreSQL, one database for each test.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod analytics;
mod analytics_mail;
mod campaign_entrance;
mod campaigns;
mod database;
mod isolation;
mod lead_removal;
mod leads;
mod mail;
mod partitions;
mod privacy;
mod schema;
mod scoring;
mod sending;
mod staff;
mod tenancy;
mod tracking;
