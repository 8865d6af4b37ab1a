//! Keys of the installation: what signs links, seals secrets, and hides addresses in look-ups.
//!
//! Every key that is used is derived by HKDF (RFC 5869) from a 256-bit master key and a purpose, so
//! that a tag made for one purpose proves nothing for another. One master key signs; any number of
//! earlier ones still verify, until the time each is retired.

use chrono::{DateTime, Utc};
use ring::{aead, hkdf, hmac};
use thiserror::Error;

/// Bytes of a master key and of a tag.
pub const KEY_BYTES: usize = 32;

/// What a key is used for; each purpose has its own derived key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Links in mails.
    Click,
    /// Pixels in mails.
    Open,
    /// Unsubscribe links.
    Unsubscribe,
    /// Hashes by which an address or a network is looked up without being stored.
    Lookup,
    /// Passwords and keys of mail providers at rest.
    Secrets,
    /// Links by which a person confirms an address.
    Confirmation,
}

impl Purpose {
    /// In the order of the discriminants, which index the derived keys.
    const ALL: [Self; 6] = [
        Self::Click,
        Self::Open,
        Self::Unsubscribe,
        Self::Lookup,
        Self::Secrets,
        Self::Confirmation,
    ];

    const fn label(self) -> &'static [u8] {
        match self {
            Self::Click => b"ondo/click/v1",
            Self::Open => b"ondo/open/v1",
            Self::Unsubscribe => b"ondo/unsubscribe/v1",
            Self::Lookup => b"ondo/lookup/v1",
            Self::Secrets => b"ondo/secrets/v1",
            Self::Confirmation => b"ondo/confirmation/v1",
        }
    }
}

/// A master key with the name that tokens carry.
#[derive(Clone)]
pub struct MasterKey {
    id: String,
    retired_at: Option<DateTime<Utc>>,
    secret: [u8; KEY_BYTES],
    macs: [hmac::Key; Purpose::ALL.len()],
}

impl MasterKey {
    /// A key named `id` (1–8 lower-case letters or digits) that verifies until `retired_at`.
    ///
    /// # Errors
    /// [`KeyError::BadId`] when the name has another form.
    pub fn new(
        id: &str,
        secret: [u8; KEY_BYTES],
        retired_at: Option<DateTime<Utc>>,
    ) -> Result<Self, KeyError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if id.is_empty() || id.len() > 8 || !id.bytes().all(plain) {
            return Err(KeyError::BadId(id.to_owned()));
        }
        Ok(Self {
            id: id.to_owned(),
            retired_at,
            secret,
            macs: Purpose::ALL
                .map(|purpose| hmac::Key::new(hmac::HMAC_SHA256, &derive(&secret, purpose))),
        })
    }

    fn is_retired(&self, now: DateTime<Utc>) -> bool {
        self.retired_at.is_some_and(|end| end <= now)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

/// HKDF-SHA256 with an empty salt and the purpose's label.
fn derive(secret: &[u8; KEY_BYTES], purpose: Purpose) -> [u8; KEY_BYTES] {
    let mut derived = [0; KEY_BYTES];
    hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
        .extract(secret)
        .expand(&[purpose.label()], hkdf::HKDF_SHA256)
        .and_then(|material| material.fill(&mut derived))
        .expect("32 bytes are within what HKDF-SHA256 can give");
    derived
}

/// Why a key cannot be used, or what it should open stays shut.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum KeyError {
    /// The name of a key is not 1–8 lower-case letters or digits.
    #[error("a key is named with 1 to 8 lower-case letters or digits, not {0:?}")]
    BadId(String),
    /// A ring without a key can sign nothing.
    #[error("at least one signing key is needed")]
    Empty,
    /// Two keys of one name.
    #[error("two keys are named {0:?}")]
    SameId(String),
    /// The sealed bytes were made with a key that is not here, or were changed.
    #[error("the stored secret cannot be opened with the keys of this installation")]
    CannotOpen,
}

/// Whether a tag proves what it is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagCheck {
    /// It does.
    Valid,
    /// The key was retired; the tag itself is right.
    Retired,
    /// No key of that name, or the tag is wrong.
    Invalid,
}

/// All keys of the installation. The first signs and seals; all verify and open.
#[derive(Clone, Debug)]
pub struct KeyRing {
    keys: Vec<MasterKey>,
    /// Never rotated, because rows are found by what it hashes.
    lookup: hmac::Key,
}

impl KeyRing {
    /// A ring that hashes look-ups with `lookup` and signs with the first of `keys`.
    ///
    /// # Errors
    /// [`KeyError::Empty`] or [`KeyError::SameId`].
    pub fn new(lookup: [u8; KEY_BYTES], keys: Vec<MasterKey>) -> Result<Self, KeyError> {
        if keys.is_empty() {
            return Err(KeyError::Empty);
        }
        for (at, key) in keys.iter().enumerate() {
            if keys[..at].iter().any(|other| other.id == key.id) {
                return Err(KeyError::SameId(key.id.clone()));
            }
        }
        let lookup = hmac::Key::new(hmac::HMAC_SHA256, &derive(&lookup, Purpose::Lookup));
        Ok(Self { keys, lookup })
    }

    /// The name of the key that signs.
    #[must_use]
    pub fn signing_id(&self) -> &str {
        &self.keys[0].id
    }

    /// The tag that proves `message` for `purpose`, by the signing key.
    #[must_use]
    pub fn tag(&self, purpose: Purpose, message: &[u8]) -> [u8; KEY_BYTES] {
        bytes_of(hmac::sign(&self.keys[0].macs[purpose as usize], message))
    }

    /// Checks a whole tag in constant time; a shorter or longer one is invalid (V-17).
    #[must_use]
    pub fn check(
        &self,
        purpose: Purpose,
        key_id: &str,
        message: &[u8],
        tag: &[u8],
        now: DateTime<Utc>,
    ) -> TagCheck {
        let Some(key) = self.keys.iter().find(|key| key.id == key_id) else {
            return TagCheck::Invalid;
        };
        match hmac::verify(&key.macs[purpose as usize], message, tag) {
            Err(_) => TagCheck::Invalid,
            Ok(()) if key.is_retired(now) => TagCheck::Retired,
            Ok(()) => TagCheck::Valid,
        }
    }

    /// A keyed hash by which `value` is found again; it tells nobody without the key anything.
    #[must_use]
    pub fn lookup_hash(&self, value: &[u8]) -> [u8; KEY_BYTES] {
        bytes_of(hmac::sign(&self.lookup, value))
    }

    /// Encrypts a secret for storage: key name, nonce, AES-256-GCM ciphertext. The nonce must be
    /// 96 fresh random bits.
    #[must_use]
    pub fn seal(&self, nonce: [u8; aead::NONCE_LEN], secret: &[u8]) -> Vec<u8> {
        let key = &self.keys[0];
        let mut text = secret.to_vec();
        sealing_key(key)
            .seal_in_place_append_tag(
                aead::Nonce::assume_unique_for_key(nonce),
                aead::Aad::from(key.id.as_bytes()),
                &mut text,
            )
            .expect("a secret is far shorter than what AES-GCM can take");
        let mut sealed = vec![u8::try_from(key.id.len()).unwrap_or_default()];
        sealed.extend_from_slice(key.id.as_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.append(&mut text);
        sealed
    }

    /// The secret that [`KeyRing::seal`] sealed.
    ///
    /// # Errors
    /// [`KeyError::CannotOpen`] when its key is not here or a byte was changed.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        let opened = || {
            let (&id_length, rest) = sealed.split_first()?;
            let (id, rest) = rest.split_at_checked(usize::from(id_length))?;
            let (nonce, text) = rest.split_at_checked(aead::NONCE_LEN)?;
            let key = self.keys.iter().find(|key| key.id.as_bytes() == id)?;
            let nonce = aead::Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut text = text.to_vec();
            let secret = sealing_key(key)
                .open_in_place(nonce, aead::Aad::from(id), &mut text)
                .ok()?;
            Some(secret.to_vec())
        };
        opened().ok_or(KeyError::CannotOpen)
    }
}

fn sealing_key(key: &MasterKey) -> aead::LessSafeKey {
    let derived = derive(&key.secret, Purpose::Secrets);
    let unbound = aead::UnboundKey::new(&aead::AES_256_GCM, &derived)
        .expect("32 bytes are the length of an AES-256 key");
    aead::LessSafeKey::new(unbound)
}

fn bytes_of(tag: hmac::Tag) -> [u8; KEY_BYTES] {
    let mut bytes = [0; KEY_BYTES];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, fill: u8) -> MasterKey {
        MasterKey::new(id, [fill; KEY_BYTES], None).unwrap()
    }

    fn ring(keys: Vec<MasterKey>) -> KeyRing {
        KeyRing::new([9; KEY_BYTES], keys).unwrap()
    }

    #[test]
    fn a_tag_for_one_purpose_proves_nothing_for_another() {
        // V-27
        let ring = ring(vec![key("k1", 1)]);
        let tag = ring.tag(Purpose::Click, b"message");
        let check = |purpose| ring.check(purpose, "k1", b"message", &tag, Utc::now());
        assert_eq!(check(Purpose::Click), TagCheck::Valid);
        assert_eq!(check(Purpose::Open), TagCheck::Invalid);
        assert_eq!(check(Purpose::Unsubscribe), TagCheck::Invalid);
    }

    #[test]
    fn a_tag_of_another_length_is_invalid() {
        // V-17
        let ring = ring(vec![key("k1", 1)]);
        let tag = ring.tag(Purpose::Click, b"message");
        for length in [0, 1, 16, 31] {
            let check = ring.check(Purpose::Click, "k1", b"message", &tag[..length], Utc::now());
            assert_eq!(check, TagCheck::Invalid, "{length} bytes");
        }
        let longer = [tag.as_slice(), &[0]].concat();
        let check = ring.check(Purpose::Click, "k1", b"message", &longer, Utc::now());
        assert_eq!(check, TagCheck::Invalid);
    }

    #[test]
    fn an_earlier_key_verifies_until_it_is_retired() {
        let old = ring(vec![key("k1", 1)]);
        let tag = old.tag(Purpose::Click, b"message");
        let now = Utc::now();
        let retired_at = now + chrono::Duration::days(1);
        let k1 = MasterKey::new("k1", [1; KEY_BYTES], Some(retired_at)).unwrap();
        let rotated = ring(vec![key("k2", 2), k1]);
        let check = |at| rotated.check(Purpose::Click, "k1", b"message", &tag, at);
        assert_eq!(check(now), TagCheck::Valid);
        assert_eq!(check(retired_at), TagCheck::Retired);
    }

    #[test]
    fn a_sealed_secret_opens_with_an_earlier_key_and_not_when_changed() {
        let sealed = ring(vec![key("k1", 1)]).seal([7; 12], b"password");
        let rotated = ring(vec![key("k2", 2), key("k1", 1)]);
        assert_eq!(rotated.open(&sealed).unwrap(), b"password");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(
                rotated.open(&changed),
                Err(KeyError::CannotOpen),
                "byte {at}"
            );
        }
    }

    #[test]
    fn a_ring_needs_keys_with_different_names() {
        assert_eq!(
            KeyRing::new([9; KEY_BYTES], vec![]).unwrap_err(),
            KeyError::Empty
        );
        let same = KeyRing::new([9; KEY_BYTES], vec![key("k1", 1), key("k1", 2)]);
        assert_eq!(same.unwrap_err(), KeyError::SameId("k1".into()));
    }
}
