//! The fault campaign.
//!
//! A real `ondo serve` on a real PostgreSQL is put under load, then killed, cut off, starved and
//! flooded. The load client writes every answer into a journal and syncs it; afterwards a checker
//! compares the journal with the database. What was acknowledged must be there, once, with its
//! points and its counts.
//!
//! Everything the campaign touches is its own: processes, database cluster, folders. A watchdog
//! takes them away even when the campaign itself is killed.

mod checker;
mod journal;
mod load;
mod mailing;
mod plan;
mod proxy;
mod report;
mod rows;
mod statistics;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::plan::Plan;
use crate::report::Report;
use crate::world::World;

/// Injects faults into a running Ondo and checks that nothing acknowledged is lost.
#[derive(Debug, Parser)]
#[command(name = "faults", version, about)]
struct Arguments {
    /// The `ondo` to test, built with the feature `fault-switches` for row F-06b
    #[arg(long, value_name = "PATH")]
    binary: PathBuf,
    /// A few injections of each row, in five minutes
    #[arg(long)]
    short: bool,
    /// Only these rows
    #[arg(long, value_delimiter = ',', value_name = "ROWS")]
    only: Vec<String>,
    /// Repeats a run: the same moments and choices, as far as the machine allows
    #[arg(long)]
    seed: Option<u64>,
    /// Time for the whole campaign; rows end early and say how far they came [default: 5 with
    /// --short, else as long as the rows take]
    #[arg(long)]
    minutes: Option<u64>,
    /// Engagements a second [default: 150 with --short, else 1000]
    #[arg(long)]
    rate: Option<u32>,
    /// Seconds that the database is away in F-10 [default: 10 with --short, else 60]
    #[arg(long, value_name = "SECONDS")]
    outage: Option<u64>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            report::say(format_args!("faults: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Whether every row held.
fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let binary = std::fs::canonicalize(&arguments.binary)
        .with_context(|| format!("there is no program {}", arguments.binary.display()))?;
    let plan = Plan::new(arguments);
    raise_descriptor_limit()?;
    let rows = rows::chosen(&arguments.only)?;
    report::say(format_args!(
        "seed {}, {} engagements a second, {}",
        plan.seed,
        plan.rate,
        binary.display()
    ));
    let world = World::build(binary, plan)?;
    let mut report = Report::default();
    for (place, row) in rows.iter().enumerate() {
        report.add(row.carry_out(&world, rows.len() - place));
    }
    report.print(&world.plan)
}

/// As many open files as the system lets us have: slow connections need one each, on both sides.
fn raise_descriptor_limit() -> anyhow::Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).context("the limit of open files")
}
