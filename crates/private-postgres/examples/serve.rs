//! Runs a private PostgreSQL until standard input closes, and prints its URL.
//!
//! `cargo run -p private-postgres --example serve -- ./data`, or without a folder for a server
//! that is thrown away.

use std::error::Error;
use std::io::{self, Write as _};

use private_postgres::{Options, PrivatePostgres, Programs};

fn main() -> Result<(), Box<dyn Error>> {
    let programs = Programs::find(None)?;
    let server = match std::env::args_os().nth(1) {
        Some(folder) => PrivatePostgres::start(Options {
            data_dir: folder.into(),
            programs,
            durable: true,
        })?,
        None => PrivatePostgres::ephemeral(programs)?,
    };
    let mut stdout = io::stdout();
    writeln!(stdout, "{}", server.connection_url())?;
    writeln!(stdout, "{}", server.cluster_dir().display())?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
