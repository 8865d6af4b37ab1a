//! How much of everything.

use std::time::{Duration, Instant};

use crate::Arguments;

/// What the command line asks for.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Where all chance comes from.
    pub(crate) seed: u64,
    /// Engagements a second.
    pub(crate) rate: u32,
    /// How long the database is away in F-10.
    pub(crate) outage: Duration,
    pub(crate) short: bool,
    deadline: Option<Instant>,
}

/// What one row may use up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// How often to inject.
    pub(crate) times: u64,
    until: Option<Instant>,
}

impl Plan {
    pub(crate) fn new(arguments: &Arguments) -> Self {
        let by_length = |short, full| if arguments.short { short } else { full };
        let minutes = arguments.minutes.or(arguments.short.then_some(5));
        Self {
            seed: arguments.seed.unwrap_or_else(|| fastrand::u64(..)),
            rate: arguments.rate.unwrap_or(by_length(150, 1000)).max(1),
            outage: Duration::from_secs(arguments.outage.unwrap_or(by_length(10, 60).into())),
            short: arguments.short,
            deadline: minutes.map(|minutes| Instant::now() + Duration::from_secs(minutes * 60)),
        }
    }

    /// `short` with `--short`, else `full`.
    pub(crate) const fn length<T: Copy>(&self, short: T, full: T) -> T {
        if self.short { short } else { full }
    }

    /// The chance of a row: the same for the same seed, another for another row.
    pub(crate) fn chance(&self, row: &str) -> fastrand::Rng {
        let salt = row.bytes().fold(0_u64, |sum, byte| {
            sum.wrapping_mul(131).wrapping_add(byte.into())
        });
        fastrand::Rng::with_seed(self.seed ^ salt)
    }

    /// What a row may use up when `left` rows, with it, share the time that is left.
    pub(crate) fn budget(&self, times: u64, left: usize) -> Budget {
        let share = |deadline: Instant| {
            let now = Instant::now();
            let rest = deadline.saturating_duration_since(now);
            now + rest / u32::try_from(left.max(1)).unwrap_or(1)
        };
        Budget {
            times,
            until: self.deadline.map(share),
        }
    }
}

impl Budget {
    /// Whether there is time for one more after `done`; the first always has.
    pub(crate) fn allows(&self, done: u64) -> bool {
        done < self.times && (done == 0 || self.until.is_none_or(|until| Instant::now() < until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_has_no_time_left_still_injects_once() {
        let spent = Budget {
            times: 3,
            until: Some(Instant::now()),
        };
        assert!(spent.allows(0));
        assert!(!spent.allows(1));
        let free = Budget {
            times: 3,
            until: None,
        };
        assert!(free.allows(2));
        assert!(!free.allows(3));
    }
}
