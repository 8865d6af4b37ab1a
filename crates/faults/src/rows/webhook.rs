//! F-15: the provider repeats itself.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::database::redirects;
use crate::load::{Job, Mix};
use crate::plan::Budget;
use crate::report::Outcome;
use crate::world::{Scene, World};

/// Events in one post.
const EVENTS: usize = 50;

/// Each post as often as `budget` says, in any order, between other requests.
pub(super) fn replay(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let scene = Scene::open(world, "f15", world.plan.rate / 2)?;
    let mut chance = world.plan.chance("posts");
    let mut mix = Mix::new(world.people.clone(), chance.fork());
    let began = Instant::now();
    let posts = world.plan.length(10, 200);
    let once: Vec<Job> = (0..posts).map(|_| mix.reports(EVENTS)).collect();
    while budget.allows(outcome.injected) {
        let mut jobs = once.clone();
        chance.shuffle(&mut jobs);
        scene.load.also_send(jobs);
        outcome.injected += 1;
        while scene.load.has_more_to_send() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    outcome.remark(format!(
        "{} events in {posts} posts, each post sent {} times",
        posts * EVENTS,
        outcome.injected
    ));
    redirects(&scene, began, outcome);
    outcome.found(scene.close()?);
    Ok(())
}
