//! When reports that have a name first came.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::EngagementId;
use moka::sync::Cache;

/// Named reports remembered, and for how long: a tag repeats a report within seconds.
const REPORTS: u64 = 100_000;
const REPEATED_WITHIN: Duration = Duration::from_secs(600);

/// The times of reports. A browser whose clock cannot be used is given our time, and a repeat must
/// get the same again to be the same engagement.
#[derive(Debug)]
pub(crate) struct FirstTimes(Cache<EngagementId, DateTime<Utc>>);

impl FirstTimes {
    pub(crate) fn new() -> Self {
        let cache = Cache::builder()
            .max_capacity(REPORTS)
            .time_to_live(REPEATED_WITHIN);
        Self(cache.build())
    }

    /// When a report says it happened, the first time it was sent.
    pub(super) fn first(&self, report: EngagementId, at: DateTime<Utc>) -> DateTime<Utc> {
        self.0.get_with(report, || at)
    }
}
