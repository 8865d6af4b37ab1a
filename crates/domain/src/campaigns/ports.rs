//! What broadcasts need from storage.

use chrono::{DateTime, Utc};

use super::{Broadcast, BroadcastDraft, BroadcastStatus, BroadcastTotals};
use crate::content::FrozenContent;
use crate::delivery::NewSend;
use crate::ids::{BroadcastId, LeadId, TenantId};
use crate::store::StoreResult;

/// Broadcasts, for people.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait BroadcastStore: Send + Sync {
    /// Keeps a new draft.
    ///
    /// # Errors
    /// `InUse` if there is no such template.
    fn create(&self, tenant: TenantId, broadcast: &Broadcast) -> StoreResult<()>;

    /// Replaces what a form can change; `false` unless it is a draft.
    ///
    /// # Errors
    /// `InUse` if there is no such template.
    fn update_draft(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        draft: &BroadcastDraft,
    ) -> StoreResult<bool>;

    /// Removes a draft; `false` unless it is one.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn remove_draft(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<bool>;

    /// The broadcast with this id.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn find(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<Option<Broadcast>>;

    /// Broadcasts, newest first.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn list(&self, tenant: TenantId, offset: u32, limit: u32) -> StoreResult<Vec<Broadcast>>;

    /// How the sends of a broadcast stand.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn totals(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<BroadcastTotals>;

    /// Pauses, resumes or cancels, if [`BroadcastStatus::allows`] it from where the broadcast
    /// stands now. Cancelling skips every send that no worker has yet, in the same transaction.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn change_status(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        next: BroadcastStatus,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;
}

/// Broadcasts, for the workers.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait BroadcastWork: Send + Sync {
    /// Starts a draft: keeps its contents with their links and lets preparation begin, in one
    /// transaction. `false`, and nothing is kept, unless it is a draft.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn start(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        contents: &[FrozenContent],
        started_at: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// Broadcasts that are preparing or sending, oldest first.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn at_work(&self, tenant: TenantId) -> StoreResult<Vec<Broadcast>>;

    /// Queues these sends and moves `prepared_up_to` to the lead of the last, in one transaction; a
    /// cause whose send exists already adds none. `false`, and nothing is done, unless the
    /// broadcast is preparing and `prepared_up_to` still is `after`.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn queue_sends(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        after: Option<LeadId>,
        sends: &[NewSend],
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// Preparation is over: sending begins. `false` unless it was preparing.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn finish_preparing(&self, tenant: TenantId, id: BroadcastId) -> StoreResult<bool>;

    /// Completes a sending broadcast that has no open send left; `false` otherwise.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn complete_if_done(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;
}
