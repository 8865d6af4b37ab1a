//! The command line. One file for each command.

mod dead;
mod demo;
mod doctor;
mod export;
mod import;
mod keys;
mod migrate;
mod serve;
mod setup;
mod tag;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};
use domain::ids::TenantId;
use domain::tenancy::{Tenant, TenantStore};

use crate::config::{Config, Variables};
use crate::logging;
use crate::terminal::remark;

/// Marketing automation: mails, visits and scores of leads.
#[derive(Debug, Parser)]
#[command(name = "ondo", version, about, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    everywhere: Everywhere,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
struct Everywhere {
    /// The settings file [default: ondo.toml where it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder [default: data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run Ondo (what happens without a command)
    Serve(serve::Arguments),
    /// Show Ondo: a school with 5,000 leads, its web site and a local mailbox
    Demo(demo::Arguments),
    /// Bring the database to this version's form
    Migrate,
    /// Make the organisation and its first administrator
    Setup(setup::Arguments),
    /// Import a CSV file of leads
    Import(import::Arguments),
    /// Write the leads into a file
    Export(export::Arguments),
    /// Print the site tag and where to paste it
    Tag(OfTenant),
    /// Check settings, database, keys, clock, disk and sender
    Doctor,
    /// Engagements that the database refused: list them, try again
    #[command(subcommand)]
    Dead(dead::Command),
    /// Manage the keys that sign links
    #[command(subcommand)]
    Keys(keys::Command),
}

/// Which organisation, where there is more than one.
#[derive(Debug, Args)]
struct OfTenant {
    /// The organisation's id; only needed where there are several
    #[arg(long, value_name = "ID")]
    tenant: Option<TenantId>,
}

impl OfTenant {
    /// The organisation that was named, or the only one.
    fn find(&self, tenants: &dyn TenantStore) -> anyhow::Result<Tenant> {
        if let Some(id) = self.tenant {
            let found = tenants.find(id)?;
            return found.with_context(|| format!("there is no organisation {id}"));
        }
        let mut all = tenants.list()?;
        match (all.pop(), all.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => bail!("there is no organisation yet; run `ondo setup` first"),
            (Some(last), false) => {
                all.push(last);
                let names = all
                    .iter()
                    .map(|one| format!("\n  {}  {}", one.id, one.name));
                let names: String = names.collect();
                bail!("there are several organisations; name one with --tenant:{names}")
            }
        }
    }
}

/// Reads the command line and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match carry_out(cli, &Variables::of_this_process()) {
        Ok(code) => code,
        Err(error) => {
            remark(format_args!("ondo: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn carry_out(cli: Cli, variables: &Variables) -> anyhow::Result<ExitCode> {
    let mut config = Config::load(cli.everywhere.config.as_deref(), variables)?;
    if let Some(data_dir) = cli.everywhere.data_dir {
        config.move_to(data_dir);
    }
    let command = cli
        .command
        .unwrap_or_else(|| Command::Serve(serve::Arguments::default()));
    if let Command::Doctor = command {
        return Ok(doctor::run(&config, variables));
    }
    logging::start(&config.log);
    for name in variables.unknown() {
        tracing::warn!(name, "this variable is no setting of Ondo; is it mistyped?");
    }
    match command {
        Command::Serve(arguments) => serve::run(config, &arguments),
        Command::Demo(arguments) => demo::run(config, &arguments),
        Command::Migrate => migrate::run(&config),
        Command::Setup(arguments) => setup::run(&config, &arguments, variables),
        Command::Import(arguments) => return import::run(&config, &arguments),
        Command::Export(arguments) => export::run(&config, &arguments),
        Command::Tag(tenant) => tag::run(&config, &tenant),
        Command::Dead(command) => dead::run(&config, &command),
        Command::Keys(command) => keys::run(&config, &command),
        Command::Doctor => return Ok(doctor::run(&config, variables)),
    }?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_a_command_it_serves() {
        assert!(Cli::parse_from(["ondo"]).command.is_none());
        let demo = Cli::parse_from(["ondo", "demo", "--data-dir", "x", "--fresh"]);
        assert_eq!(demo.everywhere.data_dir, Some(PathBuf::from("x")));
    }
}
