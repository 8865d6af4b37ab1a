//! How far a broadcast is, and what people did.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Broadcast, BroadcastStatus};
use crate::delivery::SendState;

/// How many sends of a broadcast stand where, and what people did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BroadcastTotals {
    /// Sends by state; a state without any is missing.
    pub by_state: BTreeMap<SendState, u64>,
    /// Mails that a person opened. For reference only (A25).
    pub opened: u64,
    /// Opens by machines, however many of the same mail.
    pub machine_opens: u64,
    /// Mails in which a person clicked.
    pub clicked: u64,
    /// Clicks by machines, however many in the same mail.
    pub machine_clicks: u64,
    /// People who refused more mail because of it.
    pub unsubscribed: u64,
}

/// Since when mails go out one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendingBegan {
    /// When that began.
    pub at: DateTime<Utc>,
    /// How many had gone out before.
    pub done_before: u64,
}

impl SendingBegan {
    /// The start of a broadcast; of one with a test, the moment when the winner went to the rest:
    /// how long the test waited says nothing about how quick the mails are. None before.
    #[must_use]
    pub fn of(broadcast: &Broadcast) -> Option<Self> {
        if broadcast.status != BroadcastStatus::Sending {
            return None;
        }
        match &broadcast.ab_outcome {
            Some(outcome) => Some(Self {
                at: outcome.decided_at,
                done_before: outcome.a.sent + outcome.b.sent,
            }),
            None => Some(Self {
                at: broadcast.started_at?,
                done_before: 0,
            }),
        }
    }
}

impl BroadcastTotals {
    /// How many sends stand in `state`.
    #[must_use]
    pub fn in_state(&self, state: SendState) -> u64 {
        self.by_state.get(&state).copied().unwrap_or_default()
    }

    /// All sends.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.by_state.values().sum()
    }

    /// Sends that a worker still has something to do for.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.by_state
            .iter()
            .filter_map(|(state, count)| state.is_open().then_some(count))
            .sum()
    }

    /// Mails that the provider took, whatever became of them.
    #[must_use]
    pub fn sent(&self) -> u64 {
        [
            SendState::Accepted,
            SendState::Delivered,
            SendState::Bounced,
            SendState::Complained,
        ]
        .into_iter()
        .map(|state| self.in_state(state))
        .sum()
    }

    /// When the last mail will probably be out: at the pace since its mails began to go out, but no
    /// faster than `hourly_limit`. None where nothing is left, or nothing can be said yet.
    #[must_use]
    pub fn expected_end(
        &self,
        began: SendingBegan,
        hourly_limit: Option<u32>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let open = self.open();
        let done = (self.all() - open).saturating_sub(began.done_before);
        if open == 0 {
            return None;
        }
        let elapsed = (now - began.at).num_seconds().max(1).unsigned_abs();
        let by_pace = (done > 0).then(|| elapsed.saturating_mul(open) / done);
        let by_limit = hourly_limit.map(|limit| seconds_at(open, limit));
        let seconds = by_pace.max(by_limit)?;
        let left = TimeDelta::try_seconds(i64::try_from(seconds).ok()?)?;
        now.checked_add_signed(left)
    }
}

/// How long so many mails take at `hourly_limit`.
#[must_use]
pub fn time_at_limit(mails: u64, hourly_limit: u32) -> TimeDelta {
    let seconds = i64::try_from(seconds_at(mails, hourly_limit)).unwrap_or(i64::MAX);
    TimeDelta::try_seconds(seconds).unwrap_or(TimeDelta::MAX)
}

/// The first hour's go out at once, so that only what is beyond them takes time.
fn seconds_at(mails: u64, hourly_limit: u32) -> u64 {
    let limit = u64::from(hourly_limit.max(1));
    let hours_after_the_first = mails.saturating_sub(1) / limit;
    hours_after_the_first.saturating_mul(3_600)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn totals(queued: u64, delivered: u64) -> BroadcastTotals {
        BroadcastTotals {
            by_state: [
                (SendState::Queued, queued),
                (SendState::Delivered, delivered),
            ]
            .into(),
            ..BroadcastTotals::default()
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn began(seconds: i64, done_before: u64) -> SendingBegan {
        SendingBegan {
            at: at(seconds),
            done_before,
        }
    }

    #[test]
    fn totals_tell_open_sent_and_all_apart() {
        let mut totals = totals(3, 5);
        totals.by_state.insert(SendState::Skipped, 1);
        assert_eq!((totals.open(), totals.sent(), totals.all()), (3, 5, 9));
    }

    #[test]
    fn the_end_is_expected_at_the_pace_so_far_but_no_faster_than_the_limit() {
        let end = |limit| totals(300, 100).expected_end(began(0, 0), limit, at(60));
        assert_eq!(end(None), Some(at(60 + 180)));
        assert_eq!(end(Some(100)), Some(at(60 + 2 * 3_600)));
        assert_eq!(end(Some(1_000_000)), Some(at(60 + 180)));
    }

    #[test]
    fn how_long_a_test_waited_does_not_slow_the_rest_down() {
        let day = 86_400;
        let end = totals(7_900, 2_100).expected_end(began(day, 2_000), None, at(day + 10));
        assert_eq!(end, Some(at(day + 10 + 790)));
    }

    #[test]
    fn nothing_is_expected_of_what_is_done_or_has_not_begun() {
        let end = |queued, limit| totals(queued, 0).expected_end(began(0, 0), limit, at(60));
        assert_eq!((end(0, Some(1)), end(5, None)), (None, None));
        assert_eq!(end(5, Some(5)), Some(at(60)));
    }

    #[test]
    fn the_first_hours_mails_take_no_time() {
        assert_eq!(time_at_limit(0, 100), TimeDelta::zero());
        assert_eq!(time_at_limit(100, 100), TimeDelta::zero());
        assert_eq!(time_at_limit(101, 100), TimeDelta::hours(1));
        assert_eq!(time_at_limit(1_000, 100), TimeDelta::hours(9));
    }

    proptest! {
        #[test]
        fn an_expected_end_is_never_over(
            queued: u64, delivered in 0..u64::from(u32::MAX), limit: Option<u32>, now in 0..4_000_000_000_i64,
        ) {
            let queued = queued >> 8;
            if let Some(end) = totals(queued, delivered).expected_end(began(0, 0), limit, at(now)) {
                prop_assert!(end >= at(now));
            }
        }
    }
}
