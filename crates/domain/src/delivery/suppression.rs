//! Addresses that get no more mail (配信停止), whatever becomes of the lead or its score (A44).

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::TenantId;
use crate::leads::EmailAddress;
use crate::store::StoreResult;

/// So many soft bounces within [`SOFT_BOUNCE_MEMORY`] stop mail to an address.
pub const SOFT_BOUNCES_THAT_STOP: u32 = 5;
/// A soft bounce is forgotten after this time, and with it the stop.
pub const SOFT_BOUNCE_MEMORY: TimeDelta = TimeDelta::days(30);

/// Why an address gets no more mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuppressionReason {
    /// The person refused.
    Unsubscribed,
    /// Mail comes back.
    Bounced,
    /// The person reported a mail as spam.
    Complained,
    /// Staff stopped it.
    Manual,
}

impl SuppressionReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [
        Self::Unsubscribed,
        Self::Bounced,
        Self::Complained,
        Self::Manual,
    ];

    /// The name in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Manual => "manual",
        }
    }

    /// The reason with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// The person said no. A refusal takes the place of any other reason, so that an address
    /// that is mended later stays refused.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        matches!(self, Self::Unsubscribed | Self::Complained)
    }
}

/// An address that gets no more mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The address.
    pub email: EmailAddress,
    /// Why.
    pub reason: SuppressionReason,
    /// In whose words: the provider's answer, or who stopped it.
    pub detail: Option<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// Which part of the list of suppressions to show, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuppressionPage {
    /// Only addresses that contain this text.
    pub q: Option<String>,
    /// How many to leave out at the beginning.
    pub offset: u32,
    /// How many to show.
    pub limit: u32,
}

/// Where suppressions are kept.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Suppressions: Send + Sync {
    /// Stops mail to an address at once. A refusal takes the place of another reason; otherwise
    /// the first reason stays. `true` if the address was not suppressed before.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn suppress(&self, tenant: TenantId, suppression: &Suppression) -> StoreResult<bool>;

    /// Lets mail go to an address again, forgets its soft bounces, and answers what had stopped
    /// it, for the audit log.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn lift(&self, tenant: TenantId, email: &EmailAddress) -> StoreResult<Option<Suppression>>;

    /// What stops mail to an address.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn find(&self, tenant: TenantId, email: &EmailAddress) -> StoreResult<Option<Suppression>>;

    /// A part of the list.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn list(&self, tenant: TenantId, page: &SuppressionPage) -> StoreResult<Vec<Suppression>>;
}
