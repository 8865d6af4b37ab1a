//! The addresses that a mail carries for tracking and refusal.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::ids::TenantId;
use crate::keys::KeyRing;
use crate::tracking::token::{ClickToken, LINK_LIFETIME, OpenToken, UnsubscribeToken};
use crate::tracking::{MailRef, PageUrl};

/// What the signed tokens of one mail name. No personal data (A20).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailIdentity {
    /// Whose mail it is.
    pub tenant: TenantId,
    /// Which mail, to whom, for what.
    pub mail: MailRef,
    /// When it is sent; tokens expire counted from here (A21).
    pub at: DateTime<Utc>,
}

/// Makes the addresses that a mail carries, each with a signed token of its own kind.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait MailLinks: Send + Sync {
    /// The address that counts a click and goes on to `target`; `None` if `target` is nothing a
    /// redirect may lead to, so that the link stays as it is. The number
    /// [`HONEYPOT_LINK`](crate::tracking::HONEYPOT_LINK) is that of the link nobody sees.
    fn click(&self, mail: &MailIdentity, link_index: u16, target: &str) -> Option<String>;

    /// The address of the picture that counts an open.
    fn pixel(&self, mail: &MailIdentity) -> String;

    /// The address of the page on which the person refuses more mail; by POST it is the
    /// one-click address of RFC 8058.
    fn unsubscribe(&self, mail: &MailIdentity) -> String;
}

/// The addresses under which this installation answers, with tokens signed by its keys.
#[derive(Clone)]
pub struct SignedLinks {
    keys: Arc<KeyRing>,
    base_url: String,
}

impl SignedLinks {
    /// Links below `base_url`, e.g. `https://ondo.example.jp`.
    #[must_use]
    pub fn new(keys: Arc<KeyRing>, base_url: &str) -> Self {
        Self {
            keys,
            base_url: base_url.trim_end_matches('/').to_owned(),
        }
    }

    fn at(&self, path: &str, token: &str) -> String {
        format!("{}/{path}/{token}", self.base_url)
    }
}

impl MailLinks for SignedLinks {
    fn click(&self, mail: &MailIdentity, link_index: u16, target: &str) -> Option<String> {
        let token = ClickToken {
            tenant: mail.tenant,
            mail: mail.mail.clone(),
            link_index,
            target: PageUrl::parse(target).ok()?,
            expires_at: mail.at + LINK_LIFETIME,
        };
        Some(self.at("t/c", &token.sign(&self.keys)))
    }

    fn pixel(&self, mail: &MailIdentity) -> String {
        let token = OpenToken {
            tenant: mail.tenant,
            mail: mail.mail.clone(),
            expires_at: mail.at + LINK_LIFETIME,
        };
        self.at("t/o", &token.sign(&self.keys))
    }

    fn unsubscribe(&self, mail: &MailIdentity) -> String {
        let token = UnsubscribeToken {
            tenant: mail.tenant,
            mail: mail.mail.clone(),
        };
        self.at("u", &token.sign(&self.keys))
    }
}
