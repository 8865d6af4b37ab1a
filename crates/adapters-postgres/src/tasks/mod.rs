//! Things to do.

mod row;
mod store;
