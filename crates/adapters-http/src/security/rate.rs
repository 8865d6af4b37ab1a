//! How often something may happen for each key, in memory that does not grow with the number of
//! keys (GCRA).

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use moka::sync::Cache;

/// A key that was quiet for this long is as good as new: all quotas are of a minute.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(120);

type Bucket = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

/// A limit on the rate of each key, or none.
#[derive(Debug)]
pub(crate) struct Rate<K: Hash + Eq + Send + Sync + 'static> {
    limit: Option<Limit<K>>,
}

#[derive(Debug)]
struct Limit<K: Hash + Eq + Send + Sync + 'static> {
    quota: Quota,
    /// The keys that are busiest, if there are more than fit: those are the ones to hold back.
    buckets: Cache<K, Arc<Bucket>>,
    clock: DefaultClock,
}

/// Where a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// What it may do in a minute.
    pub(crate) quota: u32,
    /// What it may still do now.
    pub(crate) left: u32,
    /// When it may do all again; of an [`Exceeded`], when it may go on.
    pub(crate) reset: Duration,
}

/// It was too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded(pub(crate) Standing);

impl<K: Hash + Eq + Send + Sync + 'static> Rate<K> {
    /// So many a minute, all at once if need be; 0 is no limit. At most `keys` keys are known.
    pub(crate) fn per_minute(times: u32, keys: u64) -> Self {
        let quota = NonZeroU32::new(times).map(Quota::per_minute);
        Self {
            limit: quota.map(|quota| Limit::new(quota, keys)),
        }
    }

    /// `burst` at once, and then `per_minute`.
    pub(crate) fn with_burst(per_minute: NonZeroU32, burst: NonZeroU32, keys: u64) -> Self {
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        Self {
            limit: Some(Limit::new(quota, keys)),
        }
    }

    /// Counts `times` of this key, all or none; says where it stands if there is a limit.
    pub(crate) fn count(&self, key: K, times: NonZeroU32) -> Result<Option<Standing>, Exceeded> {
        match &self.limit {
            Some(limit) => limit.count(key, times).map(Some),
            None => Ok(None),
        }
    }
}

impl<K: Hash + Eq + Send + Sync + 'static> Limit<K> {
    fn new(quota: Quota, keys: u64) -> Self {
        Self {
            quota,
            buckets: Cache::builder()
                .max_capacity(keys)
                .time_to_idle(FORGOTTEN_AFTER)
                .build(),
            clock: DefaultClock::default(),
        }
    }

    fn count(&self, key: K, times: NonZeroU32) -> Result<Standing, Exceeded> {
        let bucket = self.buckets.get_with(key, || {
            let bucket = RateLimiter::direct_with_clock(self.quota, self.clock.clone());
            Arc::new(bucket.with_middleware())
        });
        let quota = self.quota.burst_size();
        // Whoever brings more at once than ever fits is let in when there is all the room.
        let Ok(decision) = bucket.check_n(times.min(quota)) else {
            return Ok(self.standing(0));
        };
        decision
            .map(|state| self.standing(state.remaining_burst_capacity()))
            .map_err(|denied| {
                let wait = denied.wait_time_from(self.clock.now());
                Exceeded(Standing {
                    reset: wait.max(Duration::from_secs(1)),
                    ..self.standing(0)
                })
            })
    }

    fn standing(&self, left: u32) -> Standing {
        let quota = self.quota.burst_size().get();
        Standing {
            quota,
            left,
            reset: self.quota.replenish_interval() * quota.saturating_sub(left),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: NonZeroU32 = NonZeroU32::MIN;

    fn three() -> Rate<u32> {
        Rate::per_minute(3, 100)
    }

    // A61
    #[test]
    fn a_key_has_its_minutes_worth_and_others_have_theirs() {
        let rate = three();
        let left = |rate: &Rate<u32>| rate.count(1, ONE).unwrap().unwrap().left;
        assert_eq!([left(&rate), left(&rate), left(&rate)], [2, 1, 0]);
        let Exceeded(standing) = rate.count(1, ONE).unwrap_err();
        assert_eq!((standing.quota, standing.left), (3, 0));
        assert!(standing.reset >= Duration::from_secs(1));
        assert!(rate.count(2, ONE).is_ok());
    }

    #[test]
    fn many_at_once_count_as_many() {
        let rate = three();
        let two = NonZeroU32::new(2).unwrap();
        assert!(rate.count(1, two).is_ok());
        assert!(rate.count(1, two).is_err());
        assert!(rate.count(1, ONE).is_ok());
        let hundred = NonZeroU32::new(100).unwrap();
        assert!(rate.count(2, hundred).is_ok(), "else they never could");
        assert!(rate.count(2, ONE).is_err());
    }

    #[test]
    fn zero_is_no_limit() {
        let rate = Rate::per_minute(0, 100);
        assert!((0..1000).all(|_| rate.count(1, ONE) == Ok(None)));
    }

    #[test]
    fn a_flood_of_keys_takes_no_more_room_than_there_is() {
        let rate = three();
        for key in 0..10_000 {
            rate.count(key, ONE).unwrap();
        }
        let buckets = &rate.limit.as_ref().unwrap().buckets;
        buckets.run_pending_tasks();
        assert!(buckets.entry_count() <= 100);
    }
}
