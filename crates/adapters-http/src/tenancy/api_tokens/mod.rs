//! The tokens of programs.

pub(super) mod create;
pub(super) mod list;
pub(super) mod revoke;
