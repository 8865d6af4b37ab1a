//! Which request comes next, and when.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::sleep;
use uuid::Uuid;

use super::{Job, Kind, Mix};

/// The wait before a repeat grows by this.
const REPEAT_AFTER: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// A source that nobody could ask does not make up for more than this.
const CATCH_UP: Duration = Duration::from_millis(250);
const IDLE: Duration = Duration::from_millis(5);
/// Of a hundred acknowledged requests, so many are sent once more: answers get lost on their way.
const REPEATED_PERCENT: u32 = 2;

/// Hands out requests at a pace, new ones and repeats.
#[derive(Debug)]
pub(super) struct Source(Mutex<State>);

#[derive(Debug)]
struct State {
    mix: Mix,
    interval: Duration,
    next_at: Instant,
    also: VecDeque<Job>,
    is_turn_of_also: bool,
    /// By the time they are due; the number keeps two of one moment apart.
    repeats: BTreeMap<(Instant, u64), Job>,
    attempts: HashMap<(Kind, Uuid), u64>,
    in_flight: usize,
    end: Option<Instant>,
}

enum Step {
    Send(Job),
    Wait(Duration),
    End,
}

impl Source {
    pub(super) fn new(mix: Mix, rate: u32) -> Self {
        Self(Mutex::new(State {
            mix,
            interval: Duration::from_secs(1) / rate.max(1),
            next_at: Instant::now(),
            also: VecDeque::new(),
            is_turn_of_also: false,
            repeats: BTreeMap::new(),
            attempts: HashMap::new(),
            in_flight: 0,
            end: None,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn also_send(&self, jobs: Vec<Job>) {
        self.lock().also.extend(jobs);
    }

    /// Whether some of what is also to be sent still waits.
    pub(super) fn has_more_to_send(&self) -> bool {
        !self.lock().also.is_empty()
    }

    /// A request was sent once more than it was handed out.
    pub(super) fn sent_again(&self, job: &Job) {
        self.lock().count(job);
    }

    /// Nothing new from now on; repeats until there are none, or until `deadline`.
    pub(super) fn end(&self, deadline: Instant) {
        self.lock().end = Some(deadline);
    }

    /// How often each request was handed out.
    pub(super) fn attempts(&self) -> HashMap<(Kind, Uuid), u64> {
        self.lock().attempts.clone()
    }

    /// The next request when its time has come; none at the end.
    pub(super) async fn next(&self) -> Option<Job> {
        loop {
            let step = self.lock().step(Instant::now());
            match step {
                Step::Send(job) => return Some(job),
                Step::Wait(time) => sleep(time).await,
                Step::End => return None,
            }
        }
    }

    /// Takes note of an answer; what has no good one is sent again.
    pub(super) fn answered(&self, mut job: Job, status: u16) {
        let mut state = self.lock();
        state.in_flight -= 1;
        let again = match status {
            200..=399 => job.repeats == 0 && state.mix.chance().u32(..100) < REPEATED_PERCENT,
            0 | 429 | 500.. => true,
            _ => false,
        };
        if job.kind.is_named() && again {
            job.repeats += 1;
            let due = Instant::now() + (REPEAT_AFTER * job.repeats).min(LONGEST_WAIT);
            state.repeats.insert((due, job.number), job);
        }
    }
}

impl State {
    fn step(&mut self, now: Instant) -> Step {
        if let Some(entry) = self.repeats.first_entry()
            && entry.key().0 <= now
        {
            let job = entry.remove();
            return self.send(job);
        }
        // In turns with what the pace asks for, so that neither waits for the end of the other.
        self.is_turn_of_also = !self.is_turn_of_also || self.end.is_some() || now < self.next_at;
        if self.is_turn_of_also
            && let Some(job) = self.also.pop_front()
        {
            return self.send(job);
        }
        if let Some(deadline) = self.end {
            let is_done = self.repeats.is_empty() && self.in_flight == 0;
            return if is_done || now > deadline {
                Step::End
            } else {
                Step::Wait(IDLE)
            };
        }
        if now < self.next_at {
            return Step::Wait((self.next_at - now).min(IDLE));
        }
        let earliest = now.checked_sub(CATCH_UP).unwrap_or(now);
        self.next_at = self.next_at.max(earliest) + self.interval;
        let job = self.mix.next();
        self.send(job)
    }

    fn send(&mut self, job: Job) -> Step {
        self.count(&job);
        self.in_flight += 1;
        Step::Send(job)
    }

    fn count(&mut self, job: &Job) {
        for subject in &job.subjects {
            *self.attempts.entry((job.kind, *subject)).or_default() += 1;
        }
    }
}
