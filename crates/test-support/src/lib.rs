//! Builders, in-memory ports, and the contracts that every adapter of a port must pass.
//!
//! A contract is a function that takes the port and asserts what its documentation promises. It
//! runs against the in-memory port here and against PostgreSQL in `adapters-postgres`, so that the
//! fakes do not lie.

pub mod builders;
pub mod contracts;
pub mod in_memory;
pub mod stories;

/// The page for teams that embed `domain`, compiled and run.
#[doc = include_str!("../../../docs/EMBEDDING.md")]
#[cfg(doctest)]
pub struct Embedding;
