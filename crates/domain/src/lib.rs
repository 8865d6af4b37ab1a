//! What Ondo is and decides, without any technology.
//!
//! A module is a capability; it has the same name in every adapter. The vocabulary is fixed in
//! `docs/GLOSSARY.md`. Ports are traits at the end of the module that calls them; adapters
//! implement them. There is no clock and no environment in here: `now` comes in as an argument, and so
//! does randomness, but for new ids and secrets.

pub mod analytics;
pub mod automation;
pub mod campaigns;
pub mod content;
pub mod delivery;
pub mod ids;
pub mod keys;
pub mod leads;
pub mod notifications;
pub mod privacy;
pub mod scoring;
pub mod store;
pub mod tasks;
pub mod tenancy;
pub mod tracking;
