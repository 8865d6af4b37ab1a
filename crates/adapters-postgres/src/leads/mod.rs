//! Leads, their lists, and their imports.
//!
//! Whoever locks leads locks them in the order of their ids, here as in the engagement log, so
//! that two writers never wait for one another in a circle.

mod attributes;
mod columns;
mod filter;
mod import_queue;
mod import_rows;
mod import_store;
mod insight;
mod listing;
mod removal;
mod row;
mod store;
mod tags;
mod upsert;

pub(crate) use store::edit;
