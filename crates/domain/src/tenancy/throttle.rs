//! How guessing is slowed down: failed attempts make the next one wait, longer each time.

use chrono::{DateTime, TimeDelta, Utc};

/// Whose attempts are counted: an account, a network or a device, as a keyed digest, so that the
/// counts tell nobody who tried what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectHash(pub [u8; 32]);

/// Attempts that did not succeed, of one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureCount {
    /// How many, since the last success or the last quiet day.
    pub failures: u32,
    /// The last of them.
    pub last_failed_at: DateTime<Utc>,
    /// Until when further attempts are refused unheard.
    pub blocked_until: DateTime<Utc>,
}

const FIRST_DELAY: TimeDelta = TimeDelta::seconds(1);
const LONGEST_DELAY: TimeDelta = TimeDelta::minutes(15);
/// After this much silence the count starts anew.
const FORGIVEN_AFTER: TimeDelta = TimeDelta::days(1);

/// How long a subject waits after this many failures: not at all for the first `free`, then 1 s,
/// 2 s, 4 s … up to 15 minutes.
#[must_use]
pub fn delay_after(failures: u32, free: u32) -> TimeDelta {
    let Some(doublings) = failures.checked_sub(free + 1) else {
        return TimeDelta::zero();
    };
    1_i32
        .checked_shl(doublings)
        .and_then(|factor| FIRST_DELAY.checked_mul(factor))
        .filter(|delay| (FIRST_DELAY..LONGEST_DELAY).contains(delay))
        .unwrap_or(LONGEST_DELAY)
}

impl FailureCount {
    /// No failures.
    pub const NONE: Self = Self {
        failures: 0,
        last_failed_at: DateTime::UNIX_EPOCH,
        blocked_until: DateTime::UNIX_EPOCH,
    };

    /// How long the subject still has to wait, if at all.
    #[must_use]
    pub fn wait(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        (now < self.blocked_until).then(|| self.blocked_until - now)
    }

    /// The count after an attempt at `now`. An attempt is counted as a failure before it is
    /// heard, so that many at once get no more guesses than one after another; success takes the
    /// count back. An attempt of a subject that has to wait is refused and changes nothing.
    #[must_use]
    pub fn after_attempt(&self, now: DateTime<Utc>, free: u32) -> Self {
        if self.wait(now).is_some() {
            return *self;
        }
        let forgiven = now - self.last_failed_at >= FORGIVEN_AFTER;
        let failures = if forgiven {
            1
        } else {
            self.failures.saturating_add(1)
        };
        Self {
            failures,
            last_failed_at: now,
            blocked_until: now + delay_after(failures, free),
        }
    }

    /// The count when the last attempt turned out well, for a subject that many people share:
    /// only that attempt is forgiven.
    #[must_use]
    pub fn without_last(&self) -> Self {
        Self {
            failures: self.failures.saturating_sub(1),
            blocked_until: self.last_failed_at,
            ..*self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn the_first_five_failures_cost_nothing_and_then_the_wait_doubles() {
        let waits = (0..=9).map(|n| delay_after(n, 5).num_seconds());
        assert_eq!(waits.collect::<Vec<_>>(), [0, 0, 0, 0, 0, 0, 1, 2, 4, 8]);
    }

    #[test]
    fn no_wait_is_longer_than_fifteen_minutes() {
        assert_eq!(delay_after(15, 5), TimeDelta::seconds(512));
        for failures in [16, 36, 37, 38, 100, u32::MAX] {
            assert_eq!(delay_after(failures, 5), LONGEST_DELAY, "{failures}");
        }
    }

    #[test]
    fn an_attempt_while_waiting_changes_nothing() {
        let blocked = FailureCount {
            failures: 8,
            last_failed_at: at(0),
            blocked_until: at(4),
        };
        assert_eq!(blocked.after_attempt(at(3), 5), blocked);
        assert_eq!(blocked.wait(at(3)), Some(TimeDelta::seconds(1)));
        assert_eq!(blocked.wait(at(4)), None);
    }

    #[test]
    fn a_quiet_day_forgives_everything() {
        let old = FailureCount {
            failures: 30,
            last_failed_at: at(0),
            blocked_until: at(900),
        };
        assert_eq!(old.after_attempt(at(86_400), 5).failures, 1);
        assert_eq!(old.after_attempt(at(86_399), 5).failures, 31);
    }

    #[test]
    fn a_success_takes_back_its_own_attempt_only() {
        let before = FailureCount {
            failures: 7,
            last_failed_at: at(0),
            blocked_until: at(2),
        };
        let after = before.after_attempt(at(2), 5).without_last();
        assert_eq!(after.failures, 7);
        assert_eq!(after.wait(at(2)), None);
    }
}
