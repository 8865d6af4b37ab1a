//! Whether the log is worth asking.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// When the log counts as away, and how it is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Outcomes older than this say nothing about now, and a probe that has been out for so long
    /// does not come back.
    pub window: Duration,
    /// So many of the newest outcomes are looked at, and there must be as many.
    pub samples: usize,
    /// The share of failures among them that opens it. Percent.
    pub failures_percent: usize,
    /// How long it stays open before the log is tried.
    pub cool_down: Duration,
    /// So many tries in a row must succeed to close it.
    pub successes: u32,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self {
            window: Duration::from_secs(30),
            samples: 20,
            failures_percent: 50,
            cool_down: Duration::from_secs(5),
            successes: 3,
        }
    }
}

/// What an attempt says about the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// It works.
    Works,
    /// It cannot be reached, or fails whatever it is given.
    Fails,
    /// Nothing: the log was not reached, or only the data was at fault.
    Silent,
}

/// Allows one attempt, whose [`Signal`] is to be reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Permit {
    epoch: u64,
}

/// What [`Breaker::phase`] can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The log works, as far as is known.
    Closed,
    /// The log is being tried.
    HalfOpen,
    /// The log is left alone.
    Open,
}

/// A circuit breaker. Pure: the time is an argument.
///
/// Closed, it looks at the newest `samples` outcomes that are not older than `window`. Counting
/// outcomes instead of everything within the window matters after busy minutes: the thousands of
/// successes of the last half minute would hide an outage until as many batches had failed.
///
/// A permit that was given before the last change of state is void: what it reports is about
/// another time.
#[derive(Debug)]
pub(crate) struct Breaker {
    settings: BreakerSettings,
    state: State,
    /// Counts the changes of state.
    epoch: u64,
}

#[derive(Debug)]
enum State {
    Closed {
        outcomes: VecDeque<(Instant, bool)>,
    },
    Open {
        since: Instant,
    },
    HalfOpen {
        successes: u32,
        probe: Option<Instant>,
    },
}

impl Breaker {
    pub(crate) const fn new(settings: BreakerSettings) -> Self {
        let state = State::Closed {
            outcomes: VecDeque::new(),
        };
        Self {
            settings,
            state,
            epoch: 0,
        }
    }

    pub(crate) const fn phase(&self) -> Phase {
        match self.state {
            State::Closed { .. } => Phase::Closed,
            State::HalfOpen { .. } => Phase::HalfOpen,
            State::Open { .. } => Phase::Open,
        }
    }

    /// Whether [`permit`](Self::permit) would give one.
    pub(crate) fn permits(&self, now: Instant) -> bool {
        match &self.state {
            State::Closed { .. } => true,
            State::Open { since } => self.has_cooled_down(*since, now),
            State::HalfOpen { probe, .. } => {
                probe.is_none_or(|since| self.has_been_out_too_long(since, now))
            }
        }
    }

    /// Allows an attempt: any while it is closed, one at a time after the cool-down. A probe that
    /// has not come back within the window is given up, or whoever hangs with it would keep
    /// everybody from the log; what it still reports is void.
    pub(crate) fn permit(&mut self, now: Instant) -> Option<Permit> {
        if !self.permits(now) {
            return None;
        }
        let begins_anew = match self.state {
            State::Open { .. } | State::HalfOpen { probe: Some(_), .. } => true,
            State::HalfOpen { probe: None, .. } | State::Closed { .. } => false,
        };
        if begins_anew {
            self.change(State::HalfOpen {
                successes: 0,
                probe: None,
            });
        }
        if let State::HalfOpen { probe, .. } = &mut self.state {
            *probe = Some(now);
        }
        Some(Permit { epoch: self.epoch })
    }

    /// Learns from an attempt.
    pub(crate) fn report(&mut self, permit: Permit, signal: Signal, now: Instant) {
        if permit.epoch != self.epoch {
            return;
        }
        match (&mut self.state, signal) {
            (State::Closed { outcomes }, Signal::Works | Signal::Fails) => {
                outcomes.push_back((now, signal == Signal::Works));
                self.open_if_failing(now);
            }
            (State::HalfOpen { .. }, Signal::Fails) => self.trip(now),
            (State::HalfOpen { successes, probe }, Signal::Works) => {
                *successes += 1;
                *probe = None;
                if *successes >= self.settings.successes {
                    let outcomes = VecDeque::new();
                    self.change(State::Closed { outcomes });
                }
            }
            (State::HalfOpen { probe, .. }, Signal::Silent) => *probe = None,
            (State::Closed { .. }, Signal::Silent) | (State::Open { .. }, _) => {}
        }
    }

    /// Opens it, whatever was counted.
    pub(crate) fn trip(&mut self, now: Instant) {
        self.change(State::Open { since: now });
    }

    fn open_if_failing(&mut self, now: Instant) {
        let BreakerSettings {
            window,
            samples,
            failures_percent,
            ..
        } = self.settings;
        let State::Closed { outcomes } = &mut self.state else {
            return;
        };
        while outcomes.len() > samples {
            outcomes.pop_front();
        }
        outcomes.retain(|(at, _)| now.saturating_duration_since(*at) <= window);
        let failures = outcomes.iter().filter(|(_, works)| !works).count();
        // A success does not open it, even when it is the sample that was still missing.
        let is_failure = outcomes.back().is_some_and(|(_, works)| !works);
        let are_many = failures * 100 >= outcomes.len() * failures_percent;
        if is_failure && outcomes.len() >= samples && are_many {
            self.trip(now);
        }
    }

    fn has_cooled_down(&self, since: Instant, now: Instant) -> bool {
        now.saturating_duration_since(since) >= self.settings.cool_down
    }

    fn has_been_out_too_long(&self, probe: Instant, now: Instant) -> bool {
        now.saturating_duration_since(probe) >= self.settings.window
    }

    fn change(&mut self, state: State) {
        self.state = state;
        self.epoch += 1;
    }
}

#[cfg(test)]
mod tests;
