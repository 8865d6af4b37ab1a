//! F-02, F-03, F-08: the database dies, loses its sessions, hangs. People are sent on all the same.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustix::process::Signal;

use super::server::RECOVERY_PATIENCE;
use crate::load::Kind;
use crate::plan::Budget;
use crate::report::Outcome;
use crate::statistics::told;
use crate::world::{Scene, World, awaken};

/// What a redirect may take while the database hangs.
const QUICK: Duration = Duration::from_millis(50);

pub(super) fn kill_postmaster(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let scene = Scene::open(world, "f02", world.plan.rate)?;
    let began = Instant::now();
    while budget.allows(outcome.injected) {
        pause(world);
        let signals = [Signal::KILL, Signal::QUIT];
        let signal = signals[usize::from(outcome.injected % 2 == 1)];
        let killed = Instant::now();
        world.postgres.kill_postmaster(signal)?;
        outcome.injected += 1;
        let recovered = scene.load.recovery(killed, RECOVERY_PATIENCE);
        outcome
            .recoveries
            .push(recovered.context("no recovery of the database")?);
        // It recovers from its log before it can be killed again.
        drop(world.postgres.owner(&scene.database)?);
    }
    redirects(&scene, began, outcome);
    outcome.found(scene.close()?);
    Ok(())
}

pub(super) fn kill_backend(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let scene = Scene::open(world, "f03", world.plan.rate)?;
    let mut chance = world.plan.chance("backends");
    let began = Instant::now();
    while budget.allows(outcome.injected) {
        pause(world);
        let killed = Instant::now();
        if world.postgres.kill_backend(&scene.database, &mut chance)? {
            outcome.injected += 1;
        }
        let recovered = scene.load.recovery(killed, RECOVERY_PATIENCE);
        outcome
            .recoveries
            .push(recovered.context("no recovery of the database")?);
        drop(world.postgres.owner(&scene.database)?);
    }
    redirects(&scene, began, outcome);
    outcome.found(scene.close()?);
    Ok(())
}

pub(super) fn freeze(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let scene = Scene::open(world, "f08", world.plan.rate)?;
    let length = world
        .plan
        .length(Duration::from_secs(6), Duration::from_secs(30));
    let began = Instant::now();
    while budget.allows(outcome.injected) {
        pause(world);
        let stopped = Instant::now();
        let frozen = world.postgres.freeze()?;
        sleep(length);
        awaken(&frozen);
        let woken = Instant::now();
        outcome.injected += 1;
        let recovered = scene.load.recovery(woken, RECOVERY_PATIENCE);
        outcome
            .recoveries
            .push(recovered.context("no recovery after the hang")?);
        hang(&scene, stopped, woken, outcome);
    }
    redirects(&scene, began, outcome);
    outcome.found(scene.close()?);
    Ok(())
}

/// How redirects fared while the database hung.
fn hang(scene: &Scene<'_>, stopped: Instant, woken: Instant, outcome: &mut Outcome) {
    let samples = &scene.load.samples;
    let last_slow = samples.last_slow(Kind::Click, (stopped, woken), QUICK);
    let quick = last_slow.map_or(Duration::ZERO, |at| at - stopped);
    let all = samples.window(Kind::Click, stopped, woken);
    let later = samples.window(Kind::Click, stopped + Duration::from_secs(2), woken);
    let kept = samples.window(Kind::PageView, stopped, woken);
    outcome.remark(format!(
        "hang of {}: the last redirect over {} began {} into it; redirects p99 {}, after 2 s {}; \
         page views: {} of {} not kept at once, p99 {}",
        told(Some(woken - stopped)),
        told(Some(QUICK)),
        told(Some(quick)),
        told(all.p99),
        told(later.p99),
        kept.failed,
        kept.count,
        told(kept.p99),
    ));
}

/// Whoever clicks is sent on, whatever becomes of the database.
pub(super) fn redirects(scene: &Scene<'_>, began: Instant, outcome: &mut Outcome) {
    let clicks = scene
        .load
        .samples
        .window(Kind::Click, began, Instant::now());
    outcome.demand(clicks.failed == 0, || {
        format!("{} of {} redirects failed", clicks.failed, clicks.count)
    });
    outcome.remark(format!(
        "redirects: {} of {} failed, p50 {}, p99 {}",
        clicks.failed,
        clicks.count,
        told(clicks.p50),
        told(clicks.p99)
    ));
    let views = scene
        .load
        .samples
        .window(Kind::PageView, began, Instant::now());
    outcome.remark(format!(
        "page views: {} of {} not kept at once ({} by 503), p50 {}, p99 {}",
        views.failed,
        views.count,
        views.turned_away,
        told(views.p50),
        told(views.p99)
    ));
}

fn pause(world: &World) {
    sleep(
        world
            .plan
            .length(Duration::from_secs(1), Duration::from_secs(2)),
    );
}
