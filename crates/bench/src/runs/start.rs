//! P10: from the start to the first answer on an existing database, and memory when idle.

use std::thread;
use std::time::Duration;

use anyhow::Context as _;

use crate::cli::Options;
use crate::measure::{Spread, memory};
use crate::ondo::{Ondo, filled};
use crate::population::Population;
use crate::report;
use crate::scene::Scene;
use crate::terminal::remark;

const SETTLING: Duration = Duration::from_secs(5);

/// Measures and prints.
pub(crate) fn run(options: &Options, times: u32) -> anyhow::Result<()> {
    let scene = Scene::open(options.pg_bin.as_deref())?;
    remark(format_args!("{} people …", options.leads));
    let database = filled(&scene, options, &Population::of(options.leads)?)?;
    let (mut millis, mut megabytes) = (Vec::new(), Vec::new());
    for number in 1..=times.max(1) {
        remark(format_args!("start {number} …"));
        let ondo = Ondo::start(&scene, options, &database)?;
        thread::sleep(SETTLING);
        millis.push(ondo.ready_after.as_secs_f64() * 1e3);
        megabytes.push(memory(ondo.id())?.now);
    }
    let ready = Spread::of(millis).context("no start")?;
    let idle = Spread::of(megabytes).context("no start")?;
    report::print_start(options, &scene.version()?, ready, idle);
    Ok(())
}
