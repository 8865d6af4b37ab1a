//! When the replayer leaves the log to live batches.

use std::time::{Duration, Instant};

/// A time in which the replayer does not try the log: it would only fail again on the same
/// engagement, and open the breaker that live batches could close.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rest {
    since: Instant,
    ends_when_closed: bool,
}

impl Rest {
    /// The log works for others: what fails is given time, since a lock may be the cause.
    pub(super) const fn for_the_engagement(now: Instant) -> Self {
        Self {
            since: now,
            ends_when_closed: false,
        }
    }

    /// Nobody knows whether the log works; over as soon as it does.
    pub(super) const fn for_the_log(now: Instant) -> Self {
        Self {
            since: now,
            ends_when_closed: true,
        }
    }

    /// Whether it is not over: long enough for the breaker to cool down and to close.
    pub(super) fn goes_on(self, now: Instant, cool_down: Duration, is_closed: bool) -> bool {
        let is_early = now.saturating_duration_since(self.since) < cool_down.saturating_mul(2);
        is_early && !(self.ends_when_closed && is_closed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lasts_twice_the_cool_down_or_until_the_log_works() {
        let (now, cool_down) = (Instant::now(), Duration::from_secs(5));
        let at = |seconds| now + Duration::from_secs(seconds);
        for rest in [Rest::for_the_engagement(now), Rest::for_the_log(now)] {
            assert!(rest.goes_on(at(9), cool_down, false));
            assert!(!rest.goes_on(at(10), cool_down, false));
            assert!(rest.goes_on(at(9), Duration::MAX, false));
        }
        assert!(Rest::for_the_engagement(now).goes_on(at(0), cool_down, true));
        assert!(!Rest::for_the_log(now).goes_on(at(0), cool_down, true));
    }
}
