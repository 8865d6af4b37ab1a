//! Broadcasts.

mod row;
mod store;
mod work;
