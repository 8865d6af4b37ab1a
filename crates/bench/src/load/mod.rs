//! The load generator: HTTP/1.1 over loopback TCP, as cheap as it can be, because it shares the
//! machine with what it measures. Requests are bytes that were built before the clock starts.

mod answer;
mod connection;
mod request;
mod schedule;
mod tally;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use connection::Connection;
pub(crate) use request::{PEER_SECRET, Requests, TITLE, USER_AGENT, peer_requests, requests};
use schedule::Schedule;
pub(crate) use tally::Tally;

/// What one phase of a measurement sends.
#[derive(Clone, Debug)]
pub(crate) struct Phase {
    /// To whom.
    pub(crate) address: SocketAddr,
    /// What; only those of `first..end` are sent, each once.
    pub(crate) requests: Arc<Requests>,
    /// The first request of this phase.
    pub(crate) first: usize,
    /// Behind the last one.
    pub(crate) end: usize,
    /// Over how many connections.
    pub(crate) connections: usize,
    /// No request begins later than this after the start.
    pub(crate) limit: Duration,
}

/// What is told at the moment a request is sent: which one, and the moment from which it counts.
pub(crate) type Sent = Arc<dyn Fn(usize, Instant) + Send + Sync>;

impl Phase {
    /// Closed loop: every connection sends as soon as it has its answer. Finds the highest rate.
    pub(crate) fn closed(&self) -> anyhow::Result<Tally> {
        self.run(&Schedule::none(), None)
    }

    /// Open loop: request n is due at n ÷ `rate` seconds, whatever became of the others, and its
    /// latency counts from then, so that a server that stalls is charged for everybody who waits.
    pub(crate) fn open(&self, rate: f64, sent: Option<Sent>) -> anyhow::Result<Tally> {
        self.run(&Schedule::at(rate), sent)
    }

    fn run(&self, schedule: &Schedule, sent: Option<Sent>) -> anyhow::Result<Tally> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let mut connections = Vec::with_capacity(self.connections);
            for _ in 0..self.connections {
                connections.push(Connection::open(self.address).await?);
            }
            let next = Arc::new(AtomicUsize::new(self.first));
            let start = Instant::now();
            let mut working = JoinSet::new();
            for connection in connections {
                let worker = Worker {
                    phase: self.clone(),
                    schedule: *schedule,
                    start,
                    next: Arc::clone(&next),
                    sent: sent.clone(),
                };
                working.spawn(worker.work(connection));
            }
            let mut total = Tally::default();
            while let Some(done) = working.join_next().await {
                total.add(done??);
            }
            total.elapsed = start.elapsed();
            Ok(total)
        })
    }
}

/// One connection's part of a phase.
struct Worker {
    phase: Phase,
    schedule: Schedule,
    start: Instant,
    next: Arc<AtomicUsize>,
    sent: Option<Sent>,
}

impl Worker {
    async fn work(self, mut connection: Connection) -> anyhow::Result<Tally> {
        let mut tally = Tally::default();
        while let Some((at, due)) = self.take() {
            if let Some(due) = due {
                tokio::time::sleep_until(due.into()).await;
            }
            let counts_from = due.unwrap_or_else(Instant::now);
            if let Some(sent) = &self.sent {
                sent(at, counts_from);
            }
            let answer = connection.exchange(self.phase.requests.get(at)).await;
            let expected = self.phase.requests.expected();
            match answer {
                Ok(status) if status == expected => tally.acknowledged(counts_from.elapsed()),
                Ok(status) => tally.refused(format!("status {status}")),
                Err(error) => {
                    tally.refused(error.to_string());
                    connection = Connection::open(self.phase.address).await?;
                }
            }
        }
        Ok(tally)
    }

    /// The next request that nobody has taken, and when it is due.
    fn take(&self) -> Option<(usize, Option<Instant>)> {
        let limit = self.start + self.phase.limit;
        if Instant::now() >= limit {
            return None;
        }
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        let due = self.schedule.due(self.start, at - self.phase.first);
        let is_in_time = due.is_none_or(|due| due < limit);
        (at < self.phase.end && is_in_time).then_some((at, due))
    }
}

#[cfg(test)]
mod tests;
