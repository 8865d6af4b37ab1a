//! Writers: each takes a batch, commits it, and answers its requests.

use std::collections::HashSet;
use std::time::Instant;

use domain::tracking::Kept;

use crate::attempt::{Attempt, Fate, Outcome, Pursuit};
use crate::batch::Batch;
use crate::breaker::Signal;
use crate::flight::Flight;
use crate::request::Job;
use crate::shared::Shared;

/// Commits batches until the queue is closed and empty.
pub(crate) fn write_all(shared: &Shared, flight: &Flight) {
    while let Some(batch) = shared.queue.gather() {
        write(shared, flight, batch);
    }
}

fn write(shared: &Shared, flight: &Flight, batch: Batch) {
    let Some(permit) = shared.permit() else {
        shared.queue.written();
        shared.lane.hand_over(batch.into_jobs());
        return;
    };
    #[cfg(feature = "fault-switches")]
    let batch = crate::fault::answered_before_commit(batch);
    let engagements = batch.engagements();
    flight.begin(batch, Some(permit));
    let started = Instant::now();
    let attempt = Attempt {
        log: &*shared.ports.log,
        dead: &*shared.ports.dead,
        decide: shared.ports.decide,
        pursuit: Pursuit::Refusals,
        now: (shared.ports.clock)(),
        answered: &|| flight.goes_on(),
    };
    let Outcome { fates, signal, .. } = attempt.run(&engagements);
    shared
        .metrics
        .observe_commit(engagements.len(), started.elapsed());
    drop(engagements);
    // The next batch need not wait for our answers.
    shared.queue.written();
    shared.report(permit, signal);
    if signal == Signal::Works {
        shared.note_written();
    }
    if let Some(batch) = flight.end() {
        settle(shared, batch, fates);
    }
}

/// Answers what is kept; the spool gets the rest, except what could never leave it again.
fn settle(shared: &Shared, batch: Batch, fates: Vec<Fate>) {
    let engagements = batch.engagements();
    let with = |fate: Fate| {
        let pairs = engagements.iter().zip(&fates);
        pairs
            .filter(move |(_, own)| **own == fate)
            .map(|(one, _)| one.id)
    };
    shared
        .metrics
        .count_dead(with(Fate::Kept(Kept::Buried)).count());
    let hopeless: HashSet<_> = with(Fate::Hopeless).collect();
    drop(engagements);
    let kept = fates.into_iter().map(|fate| match fate {
        Fate::Kept(kept) => Some(kept),
        Fate::Open | Fate::Suspect(_) | Fate::Hopeless => None,
    });
    let (refused, rest) = batch.settle(kept).into_iter().partition(|job| {
        let mut own = job.engagements.iter();
        own.any(|engagement| hopeless.contains(&engagement.id))
    });
    drop::<Vec<Job>>(refused);
    shared.lane.hand_over(rest);
}
