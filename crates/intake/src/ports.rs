//! What the intake needs from outside.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::scoring::{LeadChange, LeadState, NewEngagement, ScoringPolicy};
use domain::tracking::{DeadEngagements, EngagementLog, Spool};

/// Reads the time of day, for what is stored; what is waited for is measured by a monotonic clock.
pub type Clock = dyn Fn() -> DateTime<Utc> + Send + Sync;

/// Decides what a lead's new engagements change; see [`Decide`](domain::tracking::Decide).
pub type DecideFn = fn(&ScoringPolicy, &LeadState, &[NewEngagement<'_>]) -> LeadChange;

/// What the intake needs from outside.
#[derive(Clone)]
pub struct IntakePorts {
    /// Where the writers commit.
    pub log: Arc<dyn EngagementLog>,
    /// Where the replayer commits: the same log, perhaps through a connection of its own, so that
    /// neither waits for the other's.
    pub replay_log: Arc<dyn EngagementLog>,
    /// Where goes what the log refuses for good.
    pub dead: Arc<dyn DeadEngagements>,
    /// Where goes what the log cannot take now.
    pub spool: Arc<dyn Spool>,
    /// What a lead's new engagements change.
    pub decide: DecideFn,
    /// The time of day.
    pub clock: Arc<Clock>,
}

impl fmt::Debug for IntakePorts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntakePorts").finish_non_exhaustive()
    }
}
