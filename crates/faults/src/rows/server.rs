//! F-01: the server dies.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::plan::Budget;
use crate::report::Outcome;
use crate::world::{Scene, World};

/// After a restart something must be acknowledged within this.
pub(super) const RECOVERY_PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn kill(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let mut scene = Scene::open(world, "f01", world.plan.rate)?;
    let mut chance = world.plan.chance("kills");
    let (shortest, longest) = world.plan.length((500, 2_000), (1_000, 10_000));
    while budget.allows(outcome.injected) {
        sleep(Duration::from_millis(chance.u64(shortest..longest)));
        let killed = Instant::now();
        scene.kill_and_restart()?;
        outcome.injected += 1;
        let recovered = scene.load.recovery(killed, RECOVERY_PATIENCE);
        outcome
            .recoveries
            .push(recovered.context("no recovery after a kill")?);
    }
    outcome.found(scene.close()?);
    Ok(())
}
