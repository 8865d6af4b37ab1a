//! Things to test with: valid, and different at each call.

pub mod delivery;
pub mod leads;
pub mod tenancy;
pub mod tracking;
