//! `ondo keys`

use chrono::{SecondsFormat, Utc};
use clap::Subcommand;

use crate::config::Config;
use crate::keys_file;
use crate::terminal::say;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Sign with a new key from the next start on; links of the old one go on working until they
    /// expire
    Rotate,
}

pub(super) fn run(config: &Config, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Rotate => rotate(config),
    }
}

fn rotate(config: &Config) -> anyhow::Result<()> {
    let rotation = keys_file::rotate(&config.keys_file, Utc::now())?;
    say(format_args!(
        "{}: {} signs from now on; {} verifies until {}",
        config.keys_file.display(),
        rotation.signing,
        rotation.replaced,
        rotation
            .retired_at
            .to_rfc3339_opts(SecondsFormat::Secs, true),
    ));
    say("Give the file to every machine of this installation, then restart Ondo.");
    Ok(())
}
