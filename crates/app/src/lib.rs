//! The product as a whole: settings, wiring, command line and demo.
//!
//! The binary `ondo` is [`cli::run`]. Tests start the product with [`Running::start`] and any
//! [`Config`](config::Config).

pub mod cli;
pub mod config;
pub mod database;
pub mod demo;
pub mod installation;
mod intaking;
mod jobs;
pub mod keys_file;
pub mod links;
mod logging;
mod mailers;
mod networks;
mod ports;
mod restored;
pub mod running;
mod terminal;

pub use running::Running;
