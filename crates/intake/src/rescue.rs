//! The watch: nobody waits for a writer that hangs, or in a queue that does not move.

use std::time::{Duration, Instant};

use crate::breaker::{Phase, Signal};
use crate::flight::Flight;
use crate::shared::Shared;
use crate::threads::Stop;

/// Looks after those who wait until it is stopped.
pub(crate) fn watch(shared: &Shared, stop: &Stop) {
    // Often enough that nobody waits much longer than promised.
    let patience = shared.settings.patience;
    let pause = (patience / 8).clamp(Duration::from_millis(2), Duration::from_millis(50));
    while !stop.wait(pause) {
        look(shared, Instant::now());
    }
}

/// One look around.
pub(crate) fn look(shared: &Shared, now: Instant) {
    rescue(shared, now, shared.settings.rescue_limit());
    send_the_impatient_to_the_spool(shared, now);
    shared.lane.give_up(now, shared.settings.spool_patience);
}

/// Takes batches away from writers that have heard nothing from the log for `limit`, and gives them
/// to the spool.
///
/// The commit may still succeed; then the replayer finds its engagements in the log, and nothing
/// changes. Each hang counts as a failure, and when every writer hangs there is no use in waiting
/// for more samples.
pub(crate) fn rescue(shared: &Shared, now: Instant, limit: Duration) {
    let mut rescued = false;
    for flight in &shared.flights {
        let Some((batch, permit)) = flight.rescue(now, limit) else {
            continue;
        };
        rescued = true;
        tracing::warn!(
            engagements = batch.engagements().len(),
            "the database does not answer; a batch goes to the spool"
        );
        if let Some(permit) = permit {
            shared.report(permit, Signal::Fails);
        }
        shared.lane.hand_over(batch.into_jobs());
    }
    if rescued && shared.flights.iter().all(Flight::hangs) {
        shared.trip();
    }
}

/// Moves what has waited too long for a writer, as far as the spool lane has room: the rest is
/// better off where it is.
fn send_the_impatient_to_the_spool(shared: &Shared, now: Instant) {
    let patience = if shared.phase() == Phase::Closed || shared.wants_live(now) {
        shared.settings.patience
    } else {
        Duration::ZERO
    };
    let jobs = shared.queue.expire(now, patience, shared.lane.room());
    shared.lane.hand_over(jobs);
}
