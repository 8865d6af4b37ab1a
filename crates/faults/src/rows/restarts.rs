//! F-26: rolling restarts. Two servers on one port; one of them ends at a time.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::database::redirects;
use crate::plan::Budget;
use crate::report::Outcome;
use crate::world::{Confinement, Scene, Server, World, free_port};

/// How long a server may take to end in good order.
const END_PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn roll(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let shared = vec![("ONDO_REUSE_PORT", "true".to_owned())];
    let rate = world.plan.rate;
    let mut scene = Scene::confined(world, "f26", rate, Confinement::None, shared)?;
    let mut options = scene.server.options.clone();
    options.data_dir = scene.folder().join("data-b");
    options.metrics_port = free_port()?;
    let mut second = Server::start(options, &world.folder)?;
    second
        .wait_until_ready()
        .context("a second server on the same port")?;
    let began = Instant::now();
    while budget.allows(outcome.injected) {
        let ends = if outcome.injected.is_multiple_of(2) {
            &mut scene.server
        } else {
            &mut second
        };
        let ended = Instant::now();
        ends.end(END_PATIENCE)?;
        *ends = Server::start(ends.options.clone(), &world.folder)?;
        ends.wait_until_ready()?;
        outcome.recoveries.push(ended.elapsed());
        outcome.injected += 1;
    }
    outcome.remark("recovery: from SIGTERM until the same server is ready again");
    outcome.remark(
        "a redirect fails when a new connection gets none; where an idle connection turns out to \
         be closed, it is asked for once more, as browsers do",
    );
    redirects(&scene, began, outcome);
    // The load may go on alone with the first; what the second kept in its spool it must hand over.
    second.end(END_PATIENCE)?;
    outcome.found(scene.close()?);
    Ok(())
}
