//! How the intake gathers, waits and gives up.

use std::time::Duration;

use crate::breaker::BreakerSettings;
use crate::weight::Weight;

/// How the intake gathers, waits and gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntakeSettings {
    /// Threads that commit, each using one connection at a time. At least 1.
    pub writers: usize,
    /// A batch is complete with so many engagements. One request is never divided, so a request
    /// with more makes a larger batch of its own.
    pub batch_rows: usize,
    /// A batch is complete with so many bytes, as estimated.
    pub batch_bytes: usize,
    /// How long an engagement may wait for company *while another writer commits*.
    ///
    /// When no commit is in progress, a writer takes what is there at once, so that a lone request
    /// pays for its commit and nothing else. While one is in progress, starting a second small
    /// commit would only share the disk and the locks with it; waiting a little makes a larger
    /// batch. The wait ends early when the batch is complete or the other commit ends. A longer
    /// linger trades latency under load for fewer, larger commits; zero lets every idle writer
    /// commit at once.
    pub linger: Duration,
    /// Engagements that may wait for a writer. As many again may wait for the spool, and there as
    /// many once more that waited for a writer before.
    pub queue_rows: usize,
    /// The same in bytes, as estimated.
    pub queue_bytes: usize,
    /// What has waited so long for a writer goes to the spool instead.
    pub patience: Duration,
    /// A commit that takes longer is taken for a hang: its requests go to the spool. Never less
    /// than three times the patience.
    pub rescue_after: Duration,
    /// What the spool has not taken after this long is refused.
    pub spool_patience: Duration,
    /// How long stopping waits for commits before the rest goes to the spool.
    pub drain: Duration,
    /// What a refused sender is told to wait.
    pub retry_after: Duration,
    /// When the log counts as away.
    pub breaker: BreakerSettings,
}

impl Default for IntakeSettings {
    fn default() -> Self {
        Self {
            writers: 2,
            batch_rows: 500,
            batch_bytes: 256 * 1024,
            linger: Duration::from_millis(5),
            queue_rows: 20_000,
            queue_bytes: 32 * 1024 * 1024,
            patience: Duration::from_millis(150),
            rescue_after: Duration::from_millis(500),
            spool_patience: Duration::from_secs(10),
            drain: Duration::from_secs(10),
            retry_after: Duration::from_secs(1),
            breaker: BreakerSettings::default(),
        }
    }
}

impl IntakeSettings {
    pub(crate) const fn queue_limit(&self) -> Weight {
        Weight {
            rows: self.queue_rows,
            bytes: self.queue_bytes,
        }
    }

    /// When a commit is taken for a hang.
    pub(crate) fn rescue_limit(&self) -> Duration {
        self.rescue_after.max(self.patience.saturating_mul(3))
    }

    pub(crate) const fn batch_limit(&self) -> Weight {
        Weight {
            rows: self.batch_rows,
            bytes: self.batch_bytes,
        }
    }
}
