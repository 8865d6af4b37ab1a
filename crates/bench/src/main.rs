//! The load harness: `bench NAME` measures the product on this machine, against a bound and a peer
//! in the same run. `docs/PERFORMANCE.md` says what the names are for.
//!
//! Nothing of it is a timed test: figures of one machine are compared with figures of the same run.

mod bound;
mod cli;
mod load;
mod mailing;
mod measure;
mod ondo;
mod peer;
mod population;
mod report;
mod runs;
mod scene;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::remark(format_args!("bench: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
