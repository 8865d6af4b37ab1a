//! Where requests wait for a thread that makes them durable.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::batch::Batch;
use crate::lanes::Lanes;
use crate::panics::lock;
use crate::request::Job;
use crate::weight::Weight;

/// When a batch is complete.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchRule {
    /// It is complete with so much.
    pub(crate) limit: Weight,
    /// How long its oldest request may wait for company while another batch is being written.
    pub(crate) linger: Duration,
}

/// A bounded queue that hands out batches.
pub(crate) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    limit: Weight,
    rule: BatchRule,
}

#[derive(Default)]
struct State {
    lanes: Lanes,
    closed: bool,
    /// Threads that wait in `gather`.
    waiting: usize,
    /// Batches that were handed out and are not written yet.
    writing: usize,
}

impl Queue {
    pub(crate) fn new(limit: Weight, rule: BatchRule) -> Self {
        Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            limit,
            rule,
        }
    }

    /// Lets a new request wait here; gives it back when there is no room for its tenant.
    pub(crate) fn offer(&self, job: Job) -> Result<(), Job> {
        let Some(tenant) = job.tenant() else {
            return Err(job);
        };
        let state = lock(&self.state);
        if state.closed || !state.lanes.has_room(tenant, job.weight, self.limit) {
            return Err(job);
        }
        self.push(state, vec![job]);
        Ok(())
    }

    /// Lets requests wait here that waited elsewhere before; gives back those that do not fit.
    ///
    /// They were accepted once, so they may take twice the room of new ones, whichever tenant's
    /// they are.
    pub(crate) fn hand_over(&self, jobs: Vec<Job>) -> Vec<Job> {
        let state = lock(&self.state);
        if state.closed {
            return jobs;
        }
        let mut weight = state.lanes.weight();
        let (fitting, rest) = jobs.into_iter().partition(|job| {
            let fits = (weight + job.weight).fits(self.limit.twice());
            if fits {
                weight += job.weight;
            }
            fits
        });
        self.push(state, fitting);
        rest
    }

    fn push(&self, mut state: MutexGuard<'_, State>, jobs: Vec<Job>) {
        let before = state.lanes.weight();
        for job in jobs {
            if let Some(tenant) = job.tenant() {
                state.lanes.push(tenant, job);
            }
        }
        // A thread that lingers needs no word of every request: only of the first, and of the one
        // that completes the batch.
        let completes = |weight: Weight| weight.reaches(self.rule.limit);
        let is_news = before.rows == 0 || (!completes(before) && completes(state.lanes.weight()));
        let wake = is_news && state.waiting > 0;
        drop(state);
        if wake {
            self.changed.notify_one();
        }
    }

    /// Waits for the next batch; none when the queue is closed and empty. Whoever gets a batch must
    /// say [`written`](Self::written) afterwards.
    pub(crate) fn gather(&self) -> Option<Batch> {
        let mut state = lock(&self.state);
        loop {
            if state.lanes.is_empty() {
                if state.closed {
                    return None;
                }
                state = self.wait(state, None);
                continue;
            }
            let left = self.lingers_for(&state);
            if left.is_zero() {
                break;
            }
            state = self.wait(state, Some(left));
        }
        let jobs = state.lanes.gather(self.rule.limit);
        state.writing += 1;
        let wake = state.waiting > 0 && !state.lanes.is_empty();
        drop(state);
        if wake {
            self.changed.notify_one();
        }
        Some(Batch::of(jobs))
    }

    /// How much longer the batch waits for company; see
    /// [`IntakeSettings::linger`](crate::IntakeSettings::linger).
    fn lingers_for(&self, state: &State) -> Duration {
        let is_due =
            state.closed || state.writing == 0 || state.lanes.weight().reaches(self.rule.limit);
        let oldest = state.lanes.oldest().filter(|_| !is_due);
        let waited = oldest.map_or(Duration::MAX, |oldest| oldest.elapsed());
        self.rule.linger.saturating_sub(waited)
    }

    fn wait<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        time: Option<Duration>,
    ) -> MutexGuard<'a, State> {
        state.waiting += 1;
        let mut state = match time {
            None => self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner),
            Some(time) => {
                let waited = self.changed.wait_timeout(state, time);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        state.waiting -= 1;
        state
    }

    /// A batch that was handed out is written, one way or the other.
    pub(crate) fn written(&self) {
        let mut state = lock(&self.state);
        state.writing -= 1;
        let wake = state.waiting > 0 && !state.lanes.is_empty();
        drop(state);
        if wake {
            self.changed.notify_one();
        }
    }

    /// The requests that have waited for `patience` or longer, as far as `room` takes them.
    pub(crate) fn expire(&self, now: Instant, patience: Duration, room: Weight) -> Vec<Job> {
        lock(&self.state).lanes.expire(now, patience, room)
    }

    /// Everything that waits.
    pub(crate) fn drain(&self) -> Vec<Job> {
        lock(&self.state).lanes.drain()
    }

    /// Takes nothing more. What waits is still handed out.
    pub(crate) fn close(&self) {
        lock(&self.state).closed = true;
        self.changed.notify_all();
    }

    /// What waits.
    pub(crate) fn weight(&self) -> Weight {
        lock(&self.state).lanes.weight()
    }

    /// The room that is left for new requests.
    pub(crate) fn room(&self) -> Weight {
        let waiting = self.weight();
        Weight {
            rows: self.limit.rows.saturating_sub(waiting.rows),
            bytes: self.limit.bytes.saturating_sub(waiting.bytes),
        }
    }

    /// How long the oldest request has waited.
    pub(crate) fn age(&self) -> Duration {
        let oldest = lock(&self.state).lanes.oldest();
        oldest.map_or(Duration::ZERO, |oldest| oldest.elapsed())
    }
}

#[cfg(test)]
mod tests;
