//! What broadcasts need from storage.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Broadcast, BroadcastDraft, BroadcastStatus, BroadcastTotals};
use crate::content::FrozenContent;
use crate::delivery::NewSend;
use crate::ids::{BroadcastId, LeadId, TenantId};
use crate::leads::EmailAddress;
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

    /// Pauses, resumes, cancels or makes a draft again, if [`BroadcastStatus::allows`] it from
    /// where the broadcast stands now, in one transaction with what belongs to it:
    ///
    /// * cancelling skips every send that no worker has yet;
    /// * pausing keeps when; resuming forgets it, and where an alarm had paused it, no alarm
    ///   pauses it again;
    /// * a draft has nothing frozen and no time.
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

    /// Gives a draft the time at which it starts by itself, and keeps its contents with their
    /// links as [`start`](Self::start) does. `false`, and nothing is kept, unless it is a draft.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn schedule(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        contents: &[FrozenContent],
        scheduled_at: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// Lets the preparation of a scheduled broadcast begin. `false`, and nothing is done, unless
    /// it is scheduled and its time has come by `started_at`.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn start_scheduled(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        started_at: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// Broadcasts that are scheduled, preparing, testing or sending: those that have been started
    /// oldest first, then the others.
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

/// Lists of addresses that broadcasts go to instead of everyone.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait RecipientLists: Send + Sync {
    /// Makes the leads that have these addresses the list of a draft, in place of the list it had,
    /// and narrows its audience to the list, in one transaction. Returns the addresses that no
    /// lead has; none, and nothing is done, unless it is a draft.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn replace_list(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        addresses: &BTreeSet<EmailAddress>,
    ) -> StoreResult<Option<BTreeSet<EmailAddress>>>;

    /// Takes the list of a draft away, so that it goes to everyone whom its filter finds. `false`
    /// unless it is a draft.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn remove_list(&self, tenant: TenantId, broadcast: BroadcastId) -> StoreResult<bool>;
}
