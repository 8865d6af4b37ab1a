//! A tenant's settings of delivery.

use chrono::{DateTime, Utc};

use super::{Halt, MailProvider, SenderProfile, SendingPolicy};
use crate::ids::TenantId;
use crate::store::StoreResult;

/// By what and how fast a tenant's mail goes out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderSettings {
    /// By what.
    pub provider: MailProvider,
    /// How many mails go out in an hour at most; `None`: as many as there are (B71).
    pub hourly_limit: Option<u32>,
    /// Whether mails carry a link that people cannot see, so that whatever follows it is known to be
    /// a machine (H3). Off unless somebody turns it on.
    pub honeypot: bool,
}

/// Where the settings of delivery are kept.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait DeliverySettings: Send + Sync {
    /// Who sends. A tenant that has not said so has an empty profile.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn sender_profile(&self, tenant: TenantId) -> StoreResult<SenderProfile>;

    /// Replaces the profile; its `updated_at` is the time of the change.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn save_sender_profile(&self, tenant: TenantId, profile: &SenderProfile) -> StoreResult<()>;

    /// By what mail goes out. A tenant that has not said so has the outbox.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn provider(&self, tenant: TenantId) -> StoreResult<ProviderSettings>;

    /// Replaces the provider with all its settings. What the caller wants to keep, such as a
    /// secret that the form does not show, it has to read and give back.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn save_provider(
        &self,
        tenant: TenantId,
        settings: &ProviderSettings,
        now: DateTime<Utc>,
    ) -> StoreResult<()>;

    /// The rules by which it sends. A tenant that has not said so has the default ones.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn sending_policy(&self, tenant: TenantId) -> StoreResult<SendingPolicy>;

    /// Replaces the rules; what is stopped stays stopped, whatever `policy` says about it.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn save_sending_policy(
        &self,
        tenant: TenantId,
        policy: &SendingPolicy,
        now: DateTime<Utc>,
    ) -> StoreResult<()>;

    /// Stops everything, or lets it go on; `false` if that is so already.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn set_halt(
        &self,
        tenant: TenantId,
        halt: Option<Halt>,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;
}
