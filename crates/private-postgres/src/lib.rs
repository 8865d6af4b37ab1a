//! A PostgreSQL server of Ondo's own: found, initialised, started, recovered, stopped.
//!
//! With no `DATABASE_URL`, Ondo keeps its data in a cluster under its data folder. This crate
//! finds the server programs ([`Programs`]), makes the cluster when it is absent, and keeps a
//! postmaster running on it for as long as a [`PrivatePostgres`] lives.
//!
//! What lies in the data folder:
//!
//! | name | what it is |
//! |--|--|
//! | `pg/` | the cluster, mode 0700, owned by the account the server runs under |
//! | `pg/ondo.conf` | settings written at every start |
//! | `pg/local.conf` | settings of the operator, read last, never written by Ondo |
//! | `pg-socket/` | the unix socket, mode 0700; the only way in (see [`Options`]) |
//! | `pg.lock` | held by the process that starts and stops the server |
//! | `pg.log` | what the server says |
//! | `pg.location` | only where the server's account cannot enter the data folder: where `pg/` is |
//!
//! The server belongs to whoever holds `pg.lock`. Other processes on the same data folder are
//! guests: they use the server and do not stop it, but take it over when the owner goes away.

mod cluster;
mod command_line;
mod ephemeral;
mod error;
mod log;
mod owner;
mod pid_file;
mod places;
mod postmaster;
mod programs;
mod server;
mod server_user;
mod settings;
mod supervisor;

pub use error::Error;
pub use programs::Programs;
pub use server::{Options, PrivatePostgres};
