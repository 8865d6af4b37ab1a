//! The private server against the real PostgreSQL of this machine.

mod ephemeral;
mod lifetime;
mod places;
mod recovery;
mod world;
