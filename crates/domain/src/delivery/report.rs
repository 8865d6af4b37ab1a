//! What a provider reports about mails that it took over.

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::SuppressionReason;
use crate::ids::{SendId, TenantId};
use crate::leads::{AsOf, EmailAddress};
use crate::store::StoreResult;
use crate::tracking::MailRef;

/// One thing that a provider reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The provider's own id of the report (`sg_event_id`); a repeat has the same.
    pub id: String,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// What happened.
    pub event: ReportedEvent,
    /// Our send, if the report names it.
    pub send: Option<SendId>,
    /// Our tenant, if the report names it.
    pub tenant: Option<TenantId>,
    /// How the provider names the mail, as it answered when it took it (A23).
    pub provider_message_id: Option<String>,
    /// To whom.
    pub email: Option<EmailAddress>,
}

/// What happened to a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportedEvent {
    /// The provider works on it.
    Processed,
    /// The receiving server put it off; the provider tries again by itself.
    Deferred {
        /// In the receiving server's words.
        reason: String,
    },
    /// The receiving server took it.
    Delivered,
    /// It came back for good.
    Bounced {
        /// In the receiving server's words.
        reason: String,
    },
    /// The receiving server refused it this time.
    Blocked {
        /// In the receiving server's words.
        reason: String,
    },
    /// The provider did not send it.
    Dropped {
        /// In the provider's words.
        reason: String,
        /// Why the provider sends nothing to this address any more, if that is so.
        stops: Option<SuppressionReason>,
    },
    /// The person reported it as spam.
    Complained,
    /// The person refused more mail.
    Unsubscribed,
    /// It was opened, as far as the provider can tell.
    Opened {
        /// A machine may have fetched the picture (Apple's mail privacy).
        machine: bool,
        /// The client.
        client: ReportClient,
    },
    /// A link in it was clicked. For reference only: our own redirect counts clicks (A24).
    Clicked {
        /// Where it led.
        url: String,
        /// The client.
        client: ReportClient,
    },
}

/// The client of an open or click, as the provider saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportClient {
    /// Its address; never stored, only its network.
    pub address: Option<std::net::IpAddr>,
    /// Its user agent.
    pub user_agent: Option<String>,
}

/// A post of a provider to our webhook, exactly as it came in.
#[derive(Clone, Copy, Debug)]
pub struct WebhookRequest<'a> {
    /// Its headers.
    pub headers: &'a [(String, String)],
    /// Its body; signatures cover these very bytes.
    pub body: &'a [u8],
}

impl<'a> WebhookRequest<'a> {
    /// The value of a header that occurs exactly once.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let mut found = self
            .headers
            .iter()
            .filter(|(header, _)| header.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            (None, _) | (Some(_), Some(_)) => None,
        }
    }
}

/// How the posts of a tenant's provider prove themselves, secrets opened.
#[derive(Clone, Default)]
pub struct WebhookKeys {
    /// Base64 of the provider's public key (SubjectPublicKeyInfo, DER).
    pub public_key: Option<String>,
    /// A secret that the posts carry.
    pub secret: Option<String>,
}

impl std::fmt::Debug for WebhookKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookKeys(…)")
    }
}

/// What was in a post.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadReports {
    /// What could be read.
    pub reports: Vec<DeliveryReport>,
    /// How many items could not be read; they cost the others nothing.
    pub unreadable: usize,
}

/// Why a post was refused. Nothing of it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReportRefused {
    /// Neither key nor secret is set up, so nothing can be trusted (A57).
    #[error("no key and no secret is set up for this webhook")]
    NotSetUp,
    /// The key that is set up is not a public key of the right kind.
    #[error("the verification key of this webhook is not a P-256 public key")]
    BadKey,
    /// It does not prove where it comes from.
    #[error("the signature or the secret is missing or wrong")]
    NotProved,
    /// It was signed too long ago to be a late delivery.
    #[error("the signature is too old or in the future")]
    Stale,
    /// It proves where it comes from, and is not a list of events.
    #[error("the body is not a JSON list of events")]
    Unreadable,
}

/// Reads the posts of a provider. Pure.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait DeliveryReports: Send + Sync {
    /// Checks that a post comes from the provider, and only then reads it.
    ///
    /// # Errors
    /// See [`ReportRefused`].
    fn read<'a>(
        &self,
        keys: &WebhookKeys,
        request: &WebhookRequest<'a>,
        now: DateTime<Utc>,
    ) -> Result<ReadReports, ReportRefused>;
}

/// Where reports leave their mark.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ReportLog: Send + Sync {
    /// Finds the send of each report, in their order: by the id that we gave along, else by the
    /// provider's (A23). A report of no send of this tenant has none.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn resolve(
        &self,
        tenant: TenantId,
        reports: &[DeliveryReport],
    ) -> StoreResult<Vec<Option<MailRef>>>;

    /// Settles what reports mean for sends, suppressions and soft bounces, all in one transaction.
    /// A send that turns out to have been taken is counted into its day. A repeat changes nothing and counts nothing; the order does
    /// not matter: a mail that came back or was complained about does not become merely
    /// delivered by a late report.
    ///
    /// # Errors
    /// Only those of the storage itself; nothing is settled then.
    fn settle(&self, tenant: TenantId, settlements: &[Settlement]) -> StoreResult<()>;
}

/// What one report means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The provider's id of the report.
    pub report: String,
    /// The send, if it is one of ours.
    pub send: Option<MailRef>,
    /// The address, as the report names it.
    pub email: Option<EmailAddress>,
    /// When it happened, and on which day of the tenant.
    pub as_of: AsOf,
    /// What it changes.
    pub effect: ReportEffect,
}

/// What a report changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportEffect {
    /// The provider has it: settles an unknown send.
    Taken,
    /// It arrived.
    Delivered,
    /// It came back; the address is suppressed.
    Bounced {
        /// Why.
        reason: String,
    },
    /// It did not arrive this time; five of these in thirty days stop mail to the address.
    SoftBounced {
        /// Why.
        reason: String,
        /// The provider gave up on this mail.
        gave_up: bool,
    },
    /// The provider did not send it.
    Dropped {
        /// Why.
        reason: String,
        /// Suppress the address for this reason.
        stops: Option<SuppressionReason>,
    },
    /// Reported as spam; the address is suppressed.
    Complained,
    /// Refused; the address is suppressed.
    Unsubscribed,
}
