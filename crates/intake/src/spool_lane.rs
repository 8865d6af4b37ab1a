//! The way into the spool: one thread, one fsync for many requests.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::tracking::{Kept, Spool, SpoolError};

use crate::batch::Batch;
use crate::flight::Flight;
use crate::panics::{caught, lock};
use crate::queue::{BatchRule, Queue};
use crate::request::{Job, Request};
use crate::settings::IntakeSettings;
use crate::weight::Weight;

/// The most that one fsync makes durable. Unlike a commit it locks nothing and costs the same for
/// much as for little.
const ONE_FSYNC: Weight = Weight {
    rows: 5_000,
    bytes: 4 * 1024 * 1024,
};
/// A spool that failed is tried again after this.
const DISTRUST: Duration = Duration::from_secs(5);
/// Failures are logged at most this often.
const LOG_EVERY: Duration = Duration::from_secs(1);

/// What goes to the spool waits here, by the same rules as in front of the log.
pub(crate) struct SpoolLane {
    spool: Arc<dyn Spool>,
    queue: Queue,
    flight: Flight,
    failures: Mutex<Failures>,
}

#[derive(Default)]
struct Failures {
    last: Option<Instant>,
    logged: Option<Instant>,
    since_logged: u64,
}

impl SpoolLane {
    pub(crate) fn new(spool: Arc<dyn Spool>, settings: &IntakeSettings) -> Self {
        // There is one thread, so no other fsync is ever in progress to wait for.
        let rule = BatchRule {
            limit: ONE_FSYNC,
            linger: Duration::ZERO,
        };
        Self {
            spool,
            queue: Queue::new(settings.queue_limit(), rule),
            flight: Flight::default(),
            failures: Mutex::default(),
        }
    }

    /// Takes a new request, or refuses it.
    pub(crate) fn offer(&self, job: Job) {
        if let Err(job) = self.queue.offer(job) {
            refuse(vec![job]);
        }
    }

    /// Takes requests that waited for the log before, or refuses those that do not fit.
    pub(crate) fn hand_over(&self, jobs: Vec<Job>) {
        if !jobs.is_empty() {
            refuse(self.queue.hand_over(jobs));
        }
    }

    /// The room that is left.
    pub(crate) fn room(&self) -> Weight {
        self.queue.room()
    }

    /// Whether it is worth trying: the spool has room, and did not fail just now.
    pub(crate) fn has_room(&self, now: Instant) -> bool {
        let state = self.spool.state();
        let is_distrusted = lock(&self.failures)
            .last
            .is_some_and(|last| now.saturating_duration_since(last) < DISTRUST);
        state.bytes < state.limit && !is_distrusted
    }

    /// Writes batches until the lane is closed and empty.
    pub(crate) fn write_all(&self) {
        while let Some(batch) = self.queue.gather() {
            self.write(batch);
            self.queue.written();
        }
    }

    fn write(&self, batch: Batch) {
        let engagements = batch.engagements();
        self.flight.begin(batch, None);
        let written = caught(|| self.spool.append(&engagements))
            .unwrap_or_else(|panic| Err(SpoolError::Failed(std::io::Error::other(panic))));
        drop(engagements);
        match &written {
            Ok(()) => lock(&self.failures).last = None,
            Err(error) => self.note(error, Instant::now()),
        }
        let Some(batch) = self.flight.end() else {
            return;
        };
        match written {
            Ok(()) => {
                let rest = batch.settle(std::iter::repeat(Some(Kept::InSpool)));
                debug_assert!(rest.is_empty());
            }
            Err(_) => batch.refuse(),
        }
    }

    /// Refuses what the spool has had, or has let wait, for `limit` or longer: a disk that hangs
    /// must not keep a sender from trying elsewhere.
    pub(crate) fn give_up(&self, now: Instant, limit: Duration) {
        if let Some((batch, _)) = self.flight.rescue(now, limit) {
            self.note(
                &SpoolError::Failed(std::io::ErrorKind::TimedOut.into()),
                now,
            );
            batch.refuse();
        }
        refuse(self.queue.expire(now, limit, Weight::MAX));
    }

    /// Takes nothing more.
    pub(crate) fn close(&self) {
        self.queue.close();
    }

    fn note(&self, error: &SpoolError, now: Instant) {
        let mut failures = lock(&self.failures);
        failures.last = Some(now);
        failures.since_logged += 1;
        let is_due = failures
            .logged
            .is_none_or(|logged| now.saturating_duration_since(logged) >= LOG_EVERY);
        if is_due {
            let times = failures.since_logged;
            tracing::error!(%error, times, "the spool did not take engagements; they are lost unless their senders try again");
            failures.logged = Some(now);
            failures.since_logged = 0;
        }
    }
}

fn refuse(jobs: Vec<Job>) {
    jobs.into_iter()
        .map(|job| job.request)
        .for_each(Request::refuse);
}
