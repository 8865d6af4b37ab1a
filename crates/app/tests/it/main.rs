//! The whole product, from the outside.

#![expect(
    clippy::unwrap_used,
    reason = "what a test of the whole product cannot have, it fails for"
)]

mod command_line;
mod demo;
mod lifetime;
mod product;
mod staff;
mod the_loop;
