//! Questions to the domain name system, by hickory-resolver.
//!
//! The port blocks; the resolver is asynchronous and lives on one thread of its own, so that it can
//! be called from anywhere. What is answered comes from strangers: it is cut before it is handed on,
//! and nothing of it is followed except by a new question.

mod record;
mod resolver;

pub use resolver::{Resolver, ResolverError};
