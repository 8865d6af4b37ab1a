//! Signed tokens in links and pixels: who got which mail, and where the link leads. (A16–A21, D9)
//!
//! A token is `v1.<key>.<payload>.<tag>`: the version, the name of the signing key, and payload and
//! tag in base64url without padding (RFC 4648 §5). The tag is HMAC-SHA256 over everything before its
//! dot, under the key derived for the purpose (see [`crate::keys`]). The payload holds ids, times
//! and the target; no personal data. `docs/TRACKING-TOKEN.md` describes the bytes for others who
//! implement it, and `docs/tracking-token-vectors.json` holds examples that the tests read.
//!
//! There is exactly one text for a token: another encoding of the same bytes is refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Duration, Utc};
use thiserror::Error;
use uuid::Uuid;

use super::PageUrl;
use super::engagement::{MailRef, MailSource};
use crate::ids::{BroadcastId, CampaignId, EventId, LeadId, SendId, TenantId};
use crate::keys::{KeyRing, Purpose, TagCheck};

/// How long a link works unless a tenant says otherwise. (A21, C33)
pub const LINK_LIFETIME: Duration = Duration::days(90);

const VERSION: &str = "v1";
/// Longest token that is read: a target of 2,048 bytes and all else, in base64.
const MAX_TOKEN_BYTES: usize = 4096;

/// Why a token is not honoured.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum TokenError {
    /// It was not made by us, was changed, or was made for something else.
    #[error("the link is not valid")]
    Invalid,
    /// It was made by us and its time is over.
    #[error("the link has expired")]
    Expired,
}

/// What a link in a mail carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClickToken {
    /// Whose mail.
    pub tenant: TenantId,
    /// Which mail to whom.
    pub mail: MailRef,
    /// Which link of the mail, from 0 in the order of the text. (C30)
    pub link_index: u16,
    /// Where the link leads.
    pub target: PageUrl,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

/// What the pixel of a mail carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenToken {
    /// Whose mail.
    pub tenant: TenantId,
    /// Which mail to whom.
    pub mail: MailRef,
    /// When it stops counting.
    pub expires_at: DateTime<Utc>,
}

/// What an unsubscribe link carries. It never expires: a refusal is valid at any time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsubscribeToken {
    /// Whose mail.
    pub tenant: TenantId,
    /// Which mail to whom.
    pub mail: MailRef,
}

impl ClickToken {
    /// The text of the token.
    #[must_use]
    pub fn sign(&self, keys: &KeyRing) -> String {
        let mut payload = Payload::of(self.tenant, &self.mail, Some(self.expires_at));
        payload.0.extend(self.link_index.to_be_bytes());
        payload.0.extend(self.target.as_str().as_bytes());
        payload.sign(Purpose::Click, keys)
    }

    /// Reads a token.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub fn verify(text: &str, keys: &KeyRing, now: DateTime<Utc>) -> Result<Self, TokenError> {
        let payload = verified(text, Purpose::Click, keys, now)?;
        let mut bytes = Bytes(&payload);
        let mut read = || {
            let (tenant, mail, expires_at) = bytes.head()?;
            let link_index = u16::from_be_bytes(bytes.take()?);
            let target = PageUrl::parse(std::str::from_utf8(bytes.0).ok()?).ok()?;
            Some(Self {
                tenant,
                mail,
                link_index,
                target,
                expires_at: expires_at?,
            })
        };
        let token = read().ok_or(TokenError::Invalid)?;
        unexpired(token.expires_at, now)?;
        Ok(token)
    }
}

impl OpenToken {
    /// The text of the token.
    #[must_use]
    pub fn sign(&self, keys: &KeyRing) -> String {
        Payload::of(self.tenant, &self.mail, Some(self.expires_at)).sign(Purpose::Open, keys)
    }

    /// Reads a token.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub fn verify(text: &str, keys: &KeyRing, now: DateTime<Utc>) -> Result<Self, TokenError> {
        let payload = verified(text, Purpose::Open, keys, now)?;
        let (tenant, mail, expires_at) = whole(&payload).ok_or(TokenError::Invalid)?;
        let expires_at = expires_at.ok_or(TokenError::Invalid)?;
        unexpired(expires_at, now)?;
        Ok(Self {
            tenant,
            mail,
            expires_at,
        })
    }
}

impl UnsubscribeToken {
    /// The text of the token.
    #[must_use]
    pub fn sign(&self, keys: &KeyRing) -> String {
        Payload::of(self.tenant, &self.mail, None).sign(Purpose::Unsubscribe, keys)
    }

    /// Reads a token. One of a retired key is honoured: a refusal must always be possible.
    ///
    /// # Errors
    /// [`TokenError::Invalid`] when it was not made by us for this.
    pub fn verify(text: &str, keys: &KeyRing) -> Result<Self, TokenError> {
        let payload = verified(text, Purpose::Unsubscribe, keys, DateTime::<Utc>::MIN_UTC)?;
        match whole(&payload) {
            Some((tenant, mail, None)) => Ok(Self { tenant, mail }),
            Some((_, _, Some(_))) | None => Err(TokenError::Invalid),
        }
    }
}

/// What every payload begins with: tenant, send, lead, time of queueing, expiry, source, event.
pub(crate) struct Payload(pub(crate) Vec<u8>);

/// Expiry of a token that never expires.
const NEVER: i64 = i64::MAX;

mod flag {
    pub(super) const BROADCAST: u8 = 1;
    pub(super) const CAMPAIGN: u8 = 2;
    pub(super) const EVENT: u8 = 4;
}

impl Payload {
    fn of(tenant: TenantId, mail: &MailRef, expires_at: Option<DateTime<Utc>>) -> Self {
        let mut bytes = Vec::with_capacity(256);
        bytes.extend(tenant.uuid().as_bytes());
        bytes.extend(mail.send.uuid().as_bytes());
        bytes.extend(mail.lead.uuid().as_bytes());
        bytes.extend(mail.queued_at.timestamp().to_be_bytes());
        let expiry = expires_at.map_or(NEVER, |at| at.timestamp());
        bytes.extend(expiry.to_be_bytes());
        let (source_flag, source) = match mail.source {
            None => (0, None),
            Some(MailSource::Broadcast(id)) => (flag::BROADCAST, Some(id.uuid())),
            Some(MailSource::Campaign(id)) => (flag::CAMPAIGN, Some(id.uuid())),
        };
        let event = mail.event.map(EventId::uuid);
        bytes.push(source_flag | event.map_or(0, |_| flag::EVENT));
        for id in [source, event].into_iter().flatten() {
            bytes.extend(id.as_bytes());
        }
        Self(bytes)
    }

    /// The text of a token with this payload.
    pub(crate) fn sign(&self, purpose: Purpose, keys: &KeyRing) -> String {
        let payload = BASE64.encode(&self.0);
        let signed = format!("{VERSION}.{}.{payload}", keys.signing_id());
        let tag = BASE64.encode(keys.tag(purpose, signed.as_bytes()));
        format!("{signed}.{tag}")
    }
}

/// The payload of a token whose tag is right.
pub(crate) fn verified(
    text: &str,
    purpose: Purpose,
    keys: &KeyRing,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, TokenError> {
    if text.len() > MAX_TOKEN_BYTES {
        return Err(TokenError::Invalid);
    }
    let parts = || {
        let (signed, tag) = text.rsplit_once('.')?;
        let (version, rest) = signed.split_once('.')?;
        let (key_id, payload) = rest.split_once('.')?;
        let tag = BASE64.decode(tag).ok()?;
        let payload = BASE64.decode(payload).ok()?;
        (version == VERSION).then_some((signed, key_id, payload, tag))
    };
    let (signed, key_id, payload, tag) = parts().ok_or(TokenError::Invalid)?;
    match keys.check(purpose, key_id, signed.as_bytes(), &tag, now) {
        TagCheck::Valid => Ok(payload),
        TagCheck::Retired => Err(TokenError::Expired),
        TagCheck::Invalid => Err(TokenError::Invalid),
    }
}

fn unexpired(expires_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), TokenError> {
    if now < expires_at {
        Ok(())
    } else {
        Err(TokenError::Expired)
    }
}

type Head = (TenantId, MailRef, Option<DateTime<Utc>>);

/// The head of a payload that holds nothing else.
fn whole(payload: &[u8]) -> Option<Head> {
    let mut bytes = Bytes(payload);
    let head = bytes.head()?;
    bytes.0.is_empty().then_some(head)
}

/// Reads a payload from its start.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn uuid(&mut self) -> Option<Uuid> {
        self.take().map(Uuid::from_bytes)
    }

    fn seconds(&mut self) -> Option<i64> {
        self.take().map(i64::from_be_bytes)
    }

    fn head(&mut self) -> Option<Head> {
        let tenant = TenantId::from_uuid(self.uuid()?);
        let send = SendId::from_uuid(self.uuid()?);
        let lead = LeadId::from_uuid(self.uuid()?);
        let queued_at = DateTime::from_timestamp(self.seconds()?, 0)?;
        let expires_at = match self.seconds()? {
            NEVER => None,
            seconds => Some(DateTime::from_timestamp(seconds, 0)?),
        };
        let [flags] = self.take()?;
        let source = match flags & !flag::EVENT {
            0 => None,
            flag::BROADCAST => Some(MailSource::Broadcast(BroadcastId::from_uuid(self.uuid()?))),
            flag::CAMPAIGN => Some(MailSource::Campaign(CampaignId::from_uuid(self.uuid()?))),
            _ => return None,
        };
        let event = if flags & flag::EVENT == 0 {
            None
        } else {
            Some(EventId::from_uuid(self.uuid()?))
        };
        let mail = MailRef {
            send,
            lead,
            queued_at,
            source,
            event,
        };
        Some((tenant, mail, expires_at))
    }
}

#[cfg(test)]
mod tests;
