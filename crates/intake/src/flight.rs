//! The batch a thread is writing, where another can take it away.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::batch::Batch;
use crate::breaker::Permit;
use crate::panics::lock;

/// What a thread that writes is doing. Exactly one of thread and rescuer gets the batch back.
#[derive(Default)]
pub(crate) struct Flight(Mutex<State>);

#[derive(Default)]
enum State {
    /// Nothing is in flight.
    #[default]
    Idle,
    /// The storage has this batch, and last answered (or was first asked) at that time.
    Writing {
        batch: Batch,
        permit: Option<Permit>,
        answered: Instant,
    },
    /// The storage has a batch that somebody else has taken away since.
    Rescued,
}

impl Flight {
    pub(crate) fn begin(&self, batch: Batch, permit: Option<Permit>) {
        *lock(&self.0) = State::Writing {
            batch,
            permit,
            answered: Instant::now(),
        };
    }

    /// The storage answers, though it is not done.
    pub(crate) fn goes_on(&self) {
        if let State::Writing { answered, .. } = &mut *lock(&self.0) {
            *answered = Instant::now();
        }
    }

    /// The storage is done: the batch, unless it was taken away.
    pub(crate) fn end(&self) -> Option<Batch> {
        match std::mem::take(&mut *lock(&self.0)) {
            State::Writing { batch, .. } => Some(batch),
            State::Idle | State::Rescued => None,
        }
    }

    /// Takes the batch away when the storage has not answered for `limit` or longer.
    pub(crate) fn rescue(&self, now: Instant, limit: Duration) -> Option<(Batch, Option<Permit>)> {
        let mut state = lock(&self.0);
        match std::mem::replace(&mut *state, State::Rescued) {
            State::Writing {
                batch,
                permit,
                answered,
            } if now.saturating_duration_since(answered) >= limit => Some((batch, permit)),
            other @ (State::Idle | State::Writing { .. } | State::Rescued) => {
                *state = other;
                None
            }
        }
    }

    /// Whether its batch was taken away and the storage has not come back.
    pub(crate) fn hangs(&self) -> bool {
        matches!(*lock(&self.0), State::Rescued)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{job, tenant};

    #[test]
    fn a_batch_belongs_to_its_writer_or_to_its_rescuer() {
        let limit = Duration::from_secs(1);
        let flight = Flight::default();
        let (job, _answer) = job(tenant(), 1);
        flight.begin(Batch::of(vec![job]), None);
        let now = Instant::now();
        assert!(flight.rescue(now, limit).is_none());
        assert!(!flight.hangs());
        assert!(flight.rescue(now + limit, limit).is_some());
        assert!(flight.hangs());
        assert!(flight.rescue(now + limit, limit).is_none());
        assert!(flight.end().is_none());
        assert!(!flight.hangs());
    }
}
