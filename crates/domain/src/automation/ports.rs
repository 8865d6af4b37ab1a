//! What automation needs of storage.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Carrier, ClaimedReaction, Reaction};
use crate::ids::{ReactionId, TenantId};
use crate::store::StoreResult;

/// The reactions that wait.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ReactionQueue: Send + Sync {
    /// Adds reactions outside the intake; one that exists or existed already adds nothing.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn add(&self, tenant: TenantId, reactions: &[Reaction], now: DateTime<Utc>) -> StoreResult<()>;

    /// Takes up to `limit` reactions of a carrier that are due. Two workers never take the same
    /// one. What is taken stays taken until `now + lease`; those of other carriers stay untouched.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn claim_due(
        &self,
        tenant: TenantId,
        carrier: Carrier,
        limit: u32,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<ClaimedReaction>>;

    /// A reaction is carried out; its id is remembered, so that its cause cannot add it again.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn done(&self, tenant: TenantId, id: ReactionId, now: DateTime<Utc>) -> StoreResult<()>;

    /// A reaction could not be carried out and is tried again then; none: never, and it is kept
    /// with the reason for people to see.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn failed(
        &self,
        tenant: TenantId,
        id: ReactionId,
        reason: &str,
        again_at: Option<DateTime<Utc>>,
    ) -> StoreResult<()>;
}
