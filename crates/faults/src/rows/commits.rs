//! F-04, F-09: the network between server and database.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::database::redirects;
use crate::plan::Budget;
use crate::report::Outcome;
use crate::world::{Scene, World};

/// Nothing to cut for so long: the server writes nothing any more.
const STALLED: Duration = Duration::from_secs(30);

/// Half of the cuts before the commit, half after; always at some of the commits only, so that the
/// server comes to work in between.
pub(super) fn cut(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let scene = Scene::open(world, "f04", world.plan.rate)?;
    let began = Instant::now();
    let before = budget.times / 2;
    scene.proxy.control.cut(before, budget.times - before, 0.2);
    let mut last = (0, Instant::now());
    while budget.allows(outcome.injected) {
        sleep(Duration::from_millis(20));
        outcome.injected = scene.proxy.control.cuts_made();
        if outcome.injected != last.0 {
            last = (outcome.injected, Instant::now());
        } else if last.1.elapsed() > STALLED {
            bail!("no commit to cut for {STALLED:?}");
        }
    }
    scene.proxy.control.cut(0, 0, 0.0);
    outcome.injected = scene.proxy.control.cuts_made();
    outcome.ambiguous = Some(outcome.injected);
    redirects(&scene, began, outcome);
    outcome.found(scene.close()?);
    Ok(())
}

pub(super) fn slow(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let scene = Scene::open(world, "f09", world.plan.rate)?;
    let length = world
        .plan
        .length(Duration::from_secs(8), Duration::from_secs(120));
    let began = Instant::now();
    let (mut most_queued, mut most_memory) = (0.0_f64, 0);
    while budget.allows(outcome.injected) {
        scene.proxy.control.set_delay(Duration::from_millis(200));
        scene.proxy.control.cut(u64::MAX / 4, u64::MAX / 4, 0.05);
        let slowed = Instant::now();
        while slowed.elapsed() < length {
            sleep(Duration::from_millis(200));
            let queued = scene.metric("ondo_intake_queue_engagements");
            most_queued = most_queued.max(queued.unwrap_or(0.0));
            most_memory = most_memory.max(scene.server.resident().unwrap_or(0));
        }
        scene.proxy.control.set_delay(Duration::ZERO);
        scene.proxy.control.cut(0, 0, 0.0);
        outcome.injected += 1;
        sleep(Duration::from_secs(1));
    }
    outcome.ambiguous = Some(scene.proxy.control.cuts_made());
    outcome.remark(format!(
        "most queued: {most_queued}; most memory: {most_memory} MiB"
    ));
    redirects(&scene, began, outcome);
    outcome.found(scene.close()?);
    Ok(())
}
