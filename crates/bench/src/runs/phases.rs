//! The phases of a measurement, one after the other, each with people of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::cli::Options;
use crate::load::{Phase, Requests, Tally};

/// How many of the people take part before anything is measured: one in so many.
const WARM_UP: usize = 20;
/// The share of the people that is left for the open loop, in percent.
const OPEN_SHARE: usize = 35;
/// Connections of the open loop, at most: half of the highest rate keeps no more of them busy, and
/// the server closes those that send nothing.
const OPEN_CONNECTIONS: usize = 256;

/// Takes the people in order, so that nobody acts twice.
pub(super) struct Phases<'a> {
    address: SocketAddr,
    requests: &'a Arc<Requests>,
    options: &'a Options,
    next: usize,
    end: usize,
}

impl<'a> Phases<'a> {
    /// With everybody.
    pub(super) fn new(
        address: SocketAddr,
        requests: &'a Arc<Requests>,
        options: &'a Options,
    ) -> Self {
        let people = 0..requests.len();
        Self::with(address, requests, options, people)
    }

    /// With some of the people.
    pub(super) fn with(
        address: SocketAddr,
        requests: &'a Arc<Requests>,
        options: &'a Options,
        people: std::ops::Range<usize>,
    ) -> Self {
        Self {
            address,
            requests,
            options,
            next: people.start,
            end: people.end,
        }
    }

    /// Fills caches and pools.
    pub(super) fn warm_up(&mut self) -> anyhow::Result<Tally> {
        let people = (self.end - self.next) / WARM_UP;
        let phase = self.phase(self.next + people, Duration::from_secs(2));
        self.count(phase.closed()?.all_answered("warming up")?)
    }

    /// The highest rate.
    pub(super) fn closed(&mut self) -> anyhow::Result<Tally> {
        let left = (self.end - self.next) * OPEN_SHARE / 100;
        let phase = self.phase(self.end - left, self.seconds());
        self.count(phase.closed()?.all_answered("the closed loop")?)
    }

    /// The latencies at a given rate.
    pub(super) fn open(&mut self, rate: f64) -> anyhow::Result<Tally> {
        let mut phase = self.phase(self.end, self.seconds());
        phase.connections = phase.connections.min(OPEN_CONNECTIONS);
        self.count(phase.open(rate, None)?.all_answered("the open loop")?)
    }

    fn seconds(&self) -> Duration {
        Duration::from_secs(self.options.seconds)
    }

    fn phase(&self, end: usize, limit: Duration) -> Phase {
        Phase {
            address: self.address,
            requests: Arc::clone(self.requests),
            first: self.next,
            end,
            connections: self.options.connections,
            limit,
        }
    }

    /// All were answered, so the next one is the first that was not sent.
    fn count(&mut self, tally: Tally) -> anyhow::Result<Tally> {
        self.next += tally.count();
        Ok(tally)
    }
}
