//! The command line.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::runs;

/// Measures Ondo on this machine.
#[derive(Debug, Parser)]
#[command(name = "bench", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    name: Name,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Subcommand)]
enum Name {
    /// P1, P2: page views and clicks, HTTP to durable commit, against the bound and the peer
    Intake(IntakeOptions),
    /// The bound of P1 alone: the same rows in batches, without the product
    Bound(BoundOptions),
    /// P3: from a page view to the new score that others see
    Latency {
        /// Page views a second
        #[arg(long, default_value_t = 1_000)]
        rate: u32,
    },
    /// P5: letting people into a campaign, one by one and all at once, beside the bare INSERT
    Enroll(EnrollOptions),
    /// P6: a broadcast to a local provider, beside what that provider takes at most
    Send(SendOptions),
    /// P10: from the start to the first answer on an existing database, and memory
    Start {
        /// How many starts
        #[arg(long, default_value_t = 5)]
        times: u32,
    },
    /// P11: the rate of the intake while the history grows
    History {
        /// Rows of history to measure at, ascending
        #[arg(long, value_delimiter = ',', default_values_t = [1_000_000, 20_000_000])]
        rows: Vec<u64>,
    },
}

/// What `bench intake` alone can be told.
#[derive(Debug, Clone, Args)]
pub(crate) struct IntakeOptions {
    /// What to send
    #[arg(long, value_delimiter = ',', default_values_t = [Work::Pv, Work::Click])]
    pub(crate) work: Vec<Work>,
    /// How often to measure each; the table shows medians and the spread
    #[arg(long, default_value_t = 1)]
    pub(crate) rounds: usize,
    /// Leave the peer out
    #[arg(long)]
    pub(crate) no_peer: bool,
}

/// What `bench enroll` alone can be told.
#[derive(Debug, Clone, Args)]
pub(crate) struct EnrollOptions {
    /// How many are let in at once
    #[arg(long, default_value_t = 100_000)]
    pub(crate) people: usize,
    /// How many are let in one by one
    #[arg(long, default_value_t = 1_000)]
    pub(crate) single: usize,
}

/// What `bench bound` alone can be told.
#[derive(Debug, Clone, Args)]
pub(crate) struct BoundOptions {
    /// Whose rows to write
    #[arg(long, value_delimiter = ',', default_values_t = [Work::Pv, Work::Click])]
    pub(crate) work: Vec<Work>,
    /// How often to measure each
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
}

/// What `bench send` alone can be told.
#[derive(Debug, Clone, Args)]
pub(crate) struct SendOptions {
    /// How many mails
    #[arg(long, default_value_t = 20_000)]
    pub(crate) mails: usize,
    /// Mails with the provider at the same time; more than one number measures each
    #[arg(long, value_delimiter = ',', default_values_t = [3, 16])]
    pub(crate) senders: Vec<usize>,
    /// By what
    #[arg(long, value_delimiter = ',', default_values_t = [By::Sendgrid, By::Smtp])]
    pub(crate) by: Vec<By>,
}

/// One kind of provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// `POST /v3/mail/send`, one mail a call
    Sendgrid,
    /// SMTP without TLS
    Smtp,
}

impl By {
    /// Its name in tables and settings.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sendgrid => "sendgrid",
            Self::Smtp => "smtp",
        }
    }
}

impl std::fmt::Display for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// One kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Work {
    /// `POST /t/pv`
    Pv,
    /// `GET /t/c/{token}`
    Click,
}

impl Work {
    /// Its name in tables.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pv => "pv",
            Self::Click => "click",
        }
    }
}

impl std::fmt::Display for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What every measurement can be told.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Print one JSON object instead of a table
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The product [default: `ondo` beside this program]
    #[arg(long, global = true)]
    ondo: Option<PathBuf>,
    /// Where PostgreSQL's programs are [default: looked for]
    #[arg(long, global = true)]
    pub(crate) pg_bin: Option<PathBuf>,
    /// People; each does one thing once, so this is also the number of requests at most
    #[arg(long, global = true, default_value_t = 200_000)]
    pub(crate) leads: usize,
    /// How long each phase lasts at most
    #[arg(long, global = true, default_value_t = 10)]
    pub(crate) seconds: u64,
    /// Connections of the load generator: enough in flight to fill the batches of all writers
    #[arg(long, global = true, default_value_t = 900)]
    pub(crate) connections: usize,
    /// Writers of the intake, and connections of the bound
    #[arg(long, global = true, default_value_t = 2)]
    pub(crate) writers: usize,
}

impl Options {
    /// The product's program.
    pub(crate) fn ondo(&self) -> anyhow::Result<PathBuf> {
        let beside = || Some(std::env::current_exe().ok()?.with_file_name("ondo"));
        let path = self.ondo.clone().or_else(beside);
        let path = path.context("where this program lies is unknown; give --ondo")?;
        if !path.is_file() {
            bail!(
                "{} does not exist; build it (`cargo build --release -p app`) or give --ondo",
                path.display()
            );
        }
        Ok(path)
    }
}

impl Cli {
    /// Measures and prints.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let options = &self.options;
        match self.name {
            Name::Intake(intake) => runs::intake::run(options, &intake),
            Name::Bound(bound) => runs::bound::run(options, &bound),
            Name::Latency { rate } => runs::latency::run(options, rate),
            Name::Send(send) => runs::send::run(options, &send),
            Name::Enroll(enroll) => runs::enroll::run(options, &enroll),
            Name::Start { times } => runs::start::run(options, times),
            Name::History { rows } => runs::history::run(options, rows),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn options_may_stand_behind_the_name() {
        let line = ["bench", "intake", "--work", "click", "--json"];
        let cli = Cli::try_parse_from(line).unwrap();
        assert!(cli.options.json);
        let Name::Intake(intake) = cli.name else {
            panic!("another measurement");
        };
        assert_eq!(intake.work, [Work::Click]);
    }
}
