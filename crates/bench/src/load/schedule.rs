//! When requests are due.

use std::time::{Duration, Instant};

/// The times of an open loop, or none at all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    /// Requests a second.
    rate: Option<f64>,
}

impl Schedule {
    /// Every request is due when there is a connection for it.
    pub(super) const fn none() -> Self {
        Self { rate: None }
    }

    /// `rate` requests a second, evenly spaced.
    pub(super) const fn at(rate: f64) -> Self {
        Self { rate: Some(rate) }
    }

    /// When request number `n`, from 0, is due.
    pub(super) fn due(self, start: Instant, n: usize) -> Option<Instant> {
        // Exact for any number of requests that a measurement can send.
        #[expect(clippy::cast_precision_loss, reason = "below 2^52")]
        self.rate
            .map(|rate| start + Duration::from_secs_f64(n as f64 / rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_evenly_spaced_from_the_start() {
        let start = Instant::now();
        let schedule = Schedule::at(4_000.0);
        assert_eq!(schedule.due(start, 0), Some(start));
        let due = schedule.due(start, 10_000);
        assert_eq!(due, Some(start + Duration::from_millis(2_500)));
    }

    #[test]
    fn a_closed_loop_has_no_times() {
        assert_eq!(Schedule::none().due(Instant::now(), 7), None);
    }
}
