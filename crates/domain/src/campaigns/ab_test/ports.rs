//! What tests need from storage.

use chrono::{DateTime, TimeDelta, Utc};

use super::{AbOutcome, TestStanding};
use crate::ids::{BroadcastId, ContentId, TemplateId, TenantId};
use crate::store::StoreResult;

/// What those who waited for the winner get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// What it says.
    pub content: ContentId,
    /// The template that it is made from.
    pub template: TemplateId,
    /// When it may go out at the earliest.
    pub due_at: DateTime<Utc>,
}

/// Tests of two variants.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait AbTests: Send + Sync {
    /// Preparation is over: the test group's mails go out, and the winner is looked for at
    /// `decides_at`. `false` unless the broadcast was preparing.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn begin_test(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        decides_at: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// How the test of a broadcast stands; all zero where there is none. What somebody did later than
    /// `wait` after their mail went out does not count: the variant that goes out first has no more
    /// time than the other.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn standing(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        wait: TimeDelta,
    ) -> StoreResult<TestStanding>;

    /// Looks for the winner later, at `decides_at`. `false` unless the broadcast is testing and has
    /// no winner.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn postpone_decision(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        decides_at: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// Keeps the winner. `false`, and nothing is kept, unless the broadcast is testing and has
    /// none: of a worker and a person who decide at once, one does.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn keep_outcome(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        outcome: &AbOutcome,
    ) -> StoreResult<bool>;

    /// Lets the next `limit` of those who wait for the winner have their mail, in one transaction
    /// that also ends the test when nobody waits any more: the broadcast is sending then.
    ///
    /// `true` while more may wait; `false` also, and nothing is done, unless the broadcast is
    /// testing and has a winner.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn release(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        release: &Release,
        limit: u32,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;
}
