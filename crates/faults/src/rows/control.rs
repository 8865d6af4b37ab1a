//! F-06b: the campaign itself is tested. A server that acknowledges before the commit must be
//! caught; otherwise nothing that the campaign does not find means anything.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::server::RECOVERY_PATIENCE;
use crate::plan::Budget;
use crate::report::Outcome;
use crate::world::{Confinement, Scene, World};

/// Understood only by a build with the feature `fault-switches`.
const SWITCH: &str = "ONDO_FAULT_ACK_BEFORE_COMMIT";

pub(super) fn acknowledge_too_early(
    world: &World,
    budget: Budget,
    outcome: &mut Outcome,
) -> Result<()> {
    let also = vec![(SWITCH, "1".to_owned())];
    let rate = world.plan.rate;
    let mut scene = Scene::confined(world, "f06b", rate, Confinement::None, also)?;
    let mut chance = world.plan.chance("control");
    // A slow database leaves more between answer and commit, so that few kills are enough.
    scene.proxy.control.set_delay(Duration::from_millis(20));
    while budget.allows(outcome.injected) {
        sleep(Duration::from_millis(chance.u64(300..1_000)));
        let killed = Instant::now();
        scene.kill_and_restart()?;
        outcome.injected += 1;
        outcome
            .recoveries
            .extend(scene.load.recovery(killed, RECOVERY_PATIENCE));
    }
    scene.proxy.control.set_delay(Duration::ZERO);
    let finding = scene.close()?;
    let lost = finding.losses.lost;
    outcome.demand(lost > 0, || {
        "the checker found no loss where there must be one; is the server built with the feature \
         fault-switches?"
            .to_owned()
    });
    outcome.remark(format!(
        "caught: {lost} acknowledged engagements lost, as they must be"
    ));
    // Lost on purpose: shown, but no violation.
    outcome.is_control = true;
    outcome.finding = Some(finding);
    Ok(())
}
