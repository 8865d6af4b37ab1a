//! What notifications need from outside.

use chrono::{DateTime, Utc};

use super::{CallOutcome, Notification, StoredSecrets, WebhookCall};
use crate::delivery::Sealed;
use crate::ids::{NotificationId, TenantId, UserId};
use crate::store::StoreResult;

/// What each member of staff is told.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Inbox: Send + Sync {
    /// Puts notifications in; one that is there already stays as it is. Answers those of them
    /// about which no mail has gone out yet.
    ///
    /// # Errors
    /// `Refused` or `InUse` where a lead or a person does not exist.
    fn put(
        &self,
        tenant: TenantId,
        notifications: &[Notification],
    ) -> StoreResult<Vec<NotificationId>>;

    /// A mail about it has gone out.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn mailed(&self, tenant: TenantId, id: NotificationId, now: DateTime<Utc>) -> StoreResult<()>;

    /// What somebody was told, newest first.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn told(&self, tenant: TenantId, user: UserId, limit: u32) -> StoreResult<Vec<Notification>>;

    /// How much of it they have not read.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn count_unread(&self, tenant: TenantId, user: UserId) -> StoreResult<u64>;

    /// They have read this one, or all; says how many became read. What is another's stays.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn mark_read(
        &self,
        tenant: TenantId,
        user: UserId,
        which: Option<NotificationId>,
        now: DateTime<Utc>,
    ) -> StoreResult<u64>;
}

/// Calls other programs. May block for as long as its deadline.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Webhooks: Send + Sync {
    /// One try. MUST reach nothing but the public internet, whatever a name leads to and wherever
    /// an answer points (V-30), and MUST NOT try again by itself.
    fn call(&self, call: &WebhookCall) -> CallOutcome;
}

/// The secrets by which receivers know that a call is ours.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait WebhookSecrets: Send + Sync {
    /// The tenant's secrets, if it has any yet.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn webhook_secrets(&self, tenant: TenantId) -> StoreResult<Option<StoredSecrets>>;

    /// Keeps the first secret, unless there is one; answers what is kept then.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn make_webhook_secret(
        &self,
        tenant: TenantId,
        secret: &Sealed,
        now: DateTime<Utc>,
    ) -> StoreResult<StoredSecrets>;

    /// Replaces the secret; the one before signs beside it until then.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn renew_webhook_secret(
        &self,
        tenant: TenantId,
        secret: &Sealed,
        previous_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> StoreResult<()>;
}
