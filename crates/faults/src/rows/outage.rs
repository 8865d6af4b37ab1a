//! F-10: a long outage.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::database::redirects;
use crate::plan::Budget;
use crate::report::Outcome;
use crate::statistics::told;
use crate::world::{Scene, World};

pub(super) fn take_away(world: &World, _budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let scene = Scene::open(world, "f10", world.plan.rate)?;
    sleep(Duration::from_secs(2));
    let stopped = Instant::now();
    world.postgres.stop();
    outcome.injected = 1;
    let kept = scene.load.recovery(stopped, world.plan.outage);
    sleep(world.plan.outage.saturating_sub(stopped.elapsed()));
    let spooled = scene.metric("ondo_spool_bytes").unwrap_or(0.0);
    let away = stopped.elapsed();
    world.postgres.resume()?;
    let back = Instant::now();
    outcome
        .recoveries
        .push(kept.context("nothing was kept while the database was away")?);
    outcome.remark(format!(
        "away for {} at {} engagements a second (the full row: 10 minutes at 1,000); {spooled} \
         bytes were spooled",
        told(Some(away)),
        world.plan.rate
    ));
    redirects(&scene, stopped, outcome);
    drain(&scene, back, outcome)?;
    outcome.found(scene.close()?);
    Ok(())
}

/// How fast the spool empties, with the load going on.
fn drain(scene: &Scene<'_>, back: Instant, outcome: &mut Outcome) -> Result<()> {
    let before = scene.stored()?;
    let emptied = scene.spool_empties();
    outcome.demand(emptied, || "the spool did not drain".to_owned());
    let took = back.elapsed();
    let drained = scene.stored()? - before;
    let rate = u128::from(drained.unsigned_abs()) * 1_000 / took.as_millis().max(1);
    outcome.remark(format!(
        "drained {} after it was back: {drained} stored meanwhile, {rate} a second",
        told(Some(took))
    ));
    Ok(())
}
