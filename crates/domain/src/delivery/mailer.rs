//! Handing a mail to a provider.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::{OutgoingMail, ProviderKind};
use crate::ids::TenantId;
use crate::store::{StoreError, StoreResult};

/// What became of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The provider has taken the mail over.
    Accepted {
        /// How the provider names it (A14).
        provider_message_id: String,
    },
    /// The provider will never take this mail.
    Rejected {
        /// In the provider's words.
        reason: String,
    },
    /// The provider did not take the mail now.
    Deferred {
        /// In the provider's words.
        reason: String,
        /// When to try again.
        wait: Wait,
    },
    /// Nobody knows whether the provider has the mail: the connection broke after it was handed
    /// over. Sending again could double it.
    Unknown {
        /// What broke.
        reason: String,
    },
    /// The provider refuses us, not this mail: wrong or withdrawn credentials. No mail fails
    /// for it; a person has to look.
    ProviderRefused {
        /// In the provider's words.
        reason: String,
    },
}

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// By our own growing intervals; uses up an attempt.
    Backoff,
    /// After the time that the provider stated (429); uses up no attempt.
    Stated(Duration),
}

/// Hands mails to a provider. May block for as long as its network deadline.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Mailer: Send + Sync {
    /// One try with one mail. MUST answer `Unknown` rather than `Deferred` wherever the provider
    /// may have taken the mail, and MUST NOT try again by itself.
    fn send(&self, mail: &OutgoingMail) -> SendOutcome;

    /// Which provider this is.
    fn kind(&self) -> ProviderKind;
}

/// Why a tenant has no mailer.
#[derive(Debug, Error)]
pub enum MailersError {
    /// The settings cannot be read now.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The settings do not make a mailer; the text says what to mend.
    #[error("the mail provider is not set up: {0}")]
    Settings(String),
}

/// Finds the mailer of a tenant.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Mailers: Send + Sync {
    /// The mailer that the tenant's settings describe now.
    ///
    /// # Errors
    /// See [`MailersError`].
    fn mailer_of(&self, tenant: TenantId) -> Result<Arc<dyn Mailer>, MailersError>;
}

/// A mail that went into the outbox instead of to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxMail {
    /// Names it within its tenant's outbox.
    pub id: String,
    /// When it was put there.
    pub at: DateTime<Utc>,
    /// The sender, as a mail program shows it.
    pub from: String,
    /// To whom.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The headers besides the usual ones.
    pub headers: Vec<(String, String)>,
    /// The HTML part; written by somebody who is not trusted (V-22).
    pub html: String,
    /// The text part.
    pub text: String,
}

/// Shows what is in a tenant's outbox.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait OutboxReader: Send + Sync {
    /// The newest mails, newest first.
    ///
    /// # Errors
    /// `Unexpected` if the folder cannot be read.
    fn newest(&self, tenant: TenantId, limit: usize) -> StoreResult<Vec<OutboxMail>>;

    /// One mail; `None` if there is none of that name.
    ///
    /// # Errors
    /// `Unexpected` if it cannot be read.
    fn read(&self, tenant: TenantId, id: &str) -> StoreResult<Option<OutboxMail>>;
}
