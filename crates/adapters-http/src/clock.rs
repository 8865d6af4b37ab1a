//! The time, as the installation counts it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::store::StoreResult;

/// Reads the time. Whoever wires the product gives every part of it the same clock.
pub type Clock = dyn Fn() -> DateTime<Utc> + Send + Sync;

/// The clock of a demo, which can be put forward, so that nobody waits two weeks to see what a
/// campaign does in two weeks.
pub trait TimeMachine: Send + Sync {
    /// Puts the clock of the whole installation forward and returns the time that it shows then.
    /// Time never goes back, not even by a restart.
    ///
    /// # Errors
    /// `Unavailable` if the new time could not be written down; the clock stands where it stood.
    fn advance(&self, by: TimeDelta) -> StoreResult<DateTime<Utc>>;

    /// How far it is ahead of the clocks of browsers.
    fn ahead(&self) -> TimeDelta;
}
