//! Secrets that people and programs carry: session cookies and API tokens.
//!
//! Both are the tenant's id and 256 random bits. The tenant is open, so that the row is looked up
//! inside the tenant; the secret part is stored as its SHA-256 only, so that a stolen database
//! opens nothing. A plain digest is enough: 256 random bits cannot be guessed.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

use crate::ids::TenantId;

/// Where 256 fresh random bits come from: [`random_256`], or a test.
pub type Randomness<'a> = &'a dyn Fn() -> [u8; 32];

/// 256 random bits of the operating system.
///
/// # Panics
/// If the operating system has no randomness to give, which no supported one does: to go on
/// would be to hand out secrets that can be guessed.
#[must_use]
pub fn random_256() -> [u8; 32] {
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the operating system gives random bytes");
    bytes
}

/// The SHA-256 of a secret: the only form of it that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The digest of a secret.
    #[must_use]
    pub fn of(secret: &[u8; 32]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, secret).as_ref());
        Self(bytes)
    }

    /// The 32 bytes as they are stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A digest as it was stored.
    #[must_use]
    pub const fn stored(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// What the session cookie says: `<tenant>.<secret>`.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret(Credential);

/// What a program sends as its bearer token: `ondo_<tenant>_<secret>`. The prefix lets secret
/// scanners recognise a leaked one.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiTokenText(Credential);

#[derive(Clone, PartialEq, Eq)]
struct Credential {
    tenant: TenantId,
    secret: [u8; 32],
}

const API_TOKEN_PREFIX: &str = "ondo_";

impl SessionSecret {
    /// The secret of a new session.
    #[must_use]
    pub const fn new(tenant: TenantId, secret: [u8; 32]) -> Self {
        Self(Credential { tenant, secret })
    }

    /// Reads a cookie; `None` for anything that we never gave out in this form.
    #[must_use]
    pub fn parse(cookie: &str) -> Option<Self> {
        Credential::parse(cookie, b'.').map(Self)
    }

    /// The value for the cookie.
    #[must_use]
    pub fn cookie_value(&self) -> String {
        self.0.text('.')
    }

    /// Where the session is.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.0.tenant
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0.secret)
    }
}

impl ApiTokenText {
    /// The text of a new token.
    #[must_use]
    pub const fn new(tenant: TenantId, secret: [u8; 32]) -> Self {
        Self(Credential { tenant, secret })
    }

    /// Reads a bearer token; `None` for anything that we never gave out in this form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Credential::parse(text.strip_prefix(API_TOKEN_PREFIX)?, b'_').map(Self)
    }

    /// The token for its holder, shown once.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{API_TOKEN_PREFIX}{}", self.0.text('_'))
    }

    /// Where the token is.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.0.tenant
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(&self.0.secret)
    }
}

impl Credential {
    fn parse(text: &str, separator: u8) -> Option<Self> {
        let (tenant, rest) = text.split_at_checked(uuid::fmt::Simple::LENGTH)?;
        let secret = rest.strip_prefix(char::from(separator))?;
        Some(Self {
            tenant: TenantId::from_uuid(Uuid::try_parse(tenant).ok()?),
            secret: URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?,
        })
    }

    fn text(&self, separator: char) -> String {
        let secret = URL_SAFE_NO_PAD.encode(self.secret);
        format!("{}{separator}{secret}", self.tenant.uuid().simple())
    }
}

impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionSecret({}, …)", self.0.tenant)
    }
}

impl fmt::Debug for ApiTokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiTokenText({}, …)", self.0.tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_leads_back_to_its_tenant_and_secret() {
        let secret = SessionSecret::new(TenantId::new(), random_256());
        assert_eq!(SessionSecret::parse(&secret.cookie_value()), Some(secret));
    }

    #[test]
    fn an_api_token_leads_back_to_its_tenant_and_secret() {
        // 0xff makes `_` and `-`, which must not be taken for the separator.
        let token = ApiTokenText::new(TenantId::new(), [0xff; 32]);
        assert!(token.reveal().starts_with("ondo_"));
        assert_eq!(ApiTokenText::parse(&token.reveal()), Some(token));
    }

    #[test]
    fn anything_else_is_no_credential() {
        let cookie = SessionSecret::new(TenantId::new(), [7; 32]).cookie_value();
        let short = &cookie[..cookie.len() - 1];
        let long = format!("{cookie}A");
        let token = ApiTokenText::new(TenantId::new(), [7; 32]).reveal();
        for text in [
            "",
            ".",
            "日本語の組織識別子が十六文字以上",
            short,
            &long,
            &token,
        ] {
            assert_eq!(SessionSecret::parse(text), None, "{text}");
        }
        assert_eq!(ApiTokenText::parse(&cookie), None);
    }

    // V-18
    #[test]
    fn random_bits_do_not_repeat() {
        assert_ne!(random_256(), random_256());
    }

    #[test]
    fn a_secret_does_not_show_in_debug_output() {
        let secret = SessionSecret::new(TenantId::new(), [7; 32]);
        let shown = format!("{secret:?}");
        assert!(!shown.contains(&URL_SAFE_NO_PAD.encode([7; 32])));
    }
}
