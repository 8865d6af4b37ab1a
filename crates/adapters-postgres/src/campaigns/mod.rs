//! Broadcasts.

mod automatic;
mod row;
mod store;
mod work;
