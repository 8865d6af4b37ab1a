//! The bound alone, with everybody: how far it moves from run to run.

use anyhow::Context as _;

use super::verify::verify;
use crate::bound;
use crate::cli::{BoundOptions, Options};
use crate::measure::Spread;
use crate::ondo::filled;
use crate::population::Population;
use crate::report;
use crate::scene::Scene;
use crate::terminal::remark;

/// Measures and prints.
pub(crate) fn run(options: &Options, bound: &BoundOptions) -> anyhow::Result<()> {
    let scene = Scene::open(options.pg_bin.as_deref())?;
    remark(format_args!("{} people …", options.leads));
    let population = Population::of(options.leads)?;
    let filled = filled(&scene, options, &population)?;
    let mut measured = Vec::new();
    for work in &bound.work {
        let (mut rates, mut costs) = (Vec::new(), Vec::new());
        for number in 1..=bound.rounds.max(1) {
            remark(format_args!("{work}, round {number} …"));
            let database = scene.copy(&filled, "bound")?;
            let people = population.people.len();
            let writers = options.writers;
            let found = bound::run(*work, &scene, &database, &population, people, writers)?;
            rates.push(found.rate);
            costs.push(found.database_us);
            verify(*work, &database, people)?;
            scene.remove(&database)?;
        }
        let rate = Spread::of(rates).context("no round")?;
        let cost = Spread::of(costs).context("no round")?;
        measured.push((*work, rate, cost));
    }
    report::print_bound(options, &scene.version()?, &measured);
    Ok(())
}
