//! What was answered, and how fast.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Kind;
use crate::statistics::percentile;

#[derive(Clone, Copy, Debug)]
struct Sample {
    kind: Kind,
    status: u16,
    began: Instant,
    latency: Duration,
}

/// Answers, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Samples(Mutex<Vec<Sample>>);

/// What happened to the requests of one kind that began within a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Window {
    /// How many.
    pub(crate) count: usize,
    /// How many got no answer, or one that is neither 2xx nor 3xx.
    pub(crate) failed: usize,
    /// Answered by 503.
    pub(crate) turned_away: usize,
    /// Of those that were answered.
    pub(crate) p50: Option<Duration>,
    /// Of those that were answered.
    pub(crate) p99: Option<Duration>,
}

impl Samples {
    pub(crate) fn note(&self, kind: Kind, status: u16, began: Instant, latency: Duration) {
        self.lock().push(Sample {
            kind,
            status,
            began,
            latency,
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Sample>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a page view that began after `since` was first acknowledged.
    pub(super) fn first_kept_after(&self, since: Instant) -> Option<Instant> {
        let samples = self.lock();
        let recent = samples.iter().rev().take_while(|sample| {
            // An answer that comes later than this one's began belongs to a later time.
            sample.began + sample.latency >= since
        });
        recent
            .filter(|sample| sample.began >= since)
            .filter(|sample| sample.kind == Kind::PageView && sample.status == 200)
            .map(|sample| sample.began + sample.latency)
            .min()
    }

    /// The requests of one kind that began within a time.
    pub(crate) fn window(&self, kind: Kind, from: Instant, to: Instant) -> Window {
        let samples = self.lock();
        let within: Vec<&Sample> = samples
            .iter()
            .filter(|sample| sample.kind == kind && (from..to).contains(&sample.began))
            .collect();
        let good = |sample: &&&Sample| matches!(sample.status, 200..=399);
        let answered = within.iter().filter(|sample| sample.status != 0);
        let latencies: Vec<Duration> = answered.map(|sample| sample.latency).collect();
        Window {
            count: within.len(),
            failed: within.len() - within.iter().filter(good).count(),
            turned_away: within.iter().filter(|sample| sample.status == 503).count(),
            p50: percentile(&latencies, 50),
            p99: percentile(&latencies, 99),
        }
    }

    /// When the last request of a kind began, of those within a time, that took longer than
    /// `limit` or failed.
    pub(crate) fn last_slow(
        &self,
        kind: Kind,
        (from, to): (Instant, Instant),
        limit: Duration,
    ) -> Option<Instant> {
        let samples = self.lock();
        let slow = |sample: &&Sample| sample.latency > limit || sample.status == 0;
        samples
            .iter()
            .filter(|sample| sample.kind == kind && (from..to).contains(&sample.began))
            .filter(slow)
            .map(|sample| sample.began)
            .max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    #[test]
    fn recovery_counts_only_what_was_sent_after_the_fault() {
        let samples = Samples::default();
        let fault = Instant::now();
        samples.note(Kind::PageView, 200, fault - MILLISECOND, 2 * MILLISECOND);
        samples.note(Kind::PageView, 503, fault + MILLISECOND, MILLISECOND);
        samples.note(Kind::Click, 302, fault + MILLISECOND, MILLISECOND);
        assert_eq!(samples.first_kept_after(fault), None);
        samples.note(Kind::PageView, 200, fault + 5 * MILLISECOND, MILLISECOND);
        assert_eq!(
            samples.first_kept_after(fault),
            Some(fault + 6 * MILLISECOND)
        );
    }

    #[test]
    fn a_window_tells_failures_from_slow_answers() {
        let samples = Samples::default();
        let from = Instant::now();
        samples.note(Kind::Click, 302, from, 3 * MILLISECOND);
        samples.note(Kind::Click, 0, from + MILLISECOND, 90 * MILLISECOND);
        samples.note(Kind::Click, 503, from + MILLISECOND, MILLISECOND);
        samples.note(Kind::PageView, 0, from, MILLISECOND);
        let window = samples.window(Kind::Click, from, from + 10 * MILLISECOND);
        assert_eq!((window.count, window.failed, window.turned_away), (3, 2, 1));
        assert_eq!(window.p99, Some(3 * MILLISECOND));
    }
}
