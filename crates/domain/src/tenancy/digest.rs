//! Keyed digests of what people type, so that the tables outside the tenants tell nobody anything.

use uuid::fmt::Simple;

use crate::ids::UserId;

use super::SubjectHash;

/// A keyed one-way function of the installation (HMAC): the same input, the same output, and
/// nobody without the key can try inputs out.
pub type KeyedDigest<'a> = &'a dyn Fn(&[u8]) -> [u8; 32];

/// What leads from a typed address to its account.
pub(super) fn address_hash(digest: KeyedDigest<'_>, address: &str) -> [u8; 32] {
    labelled(digest, b"address", address.as_bytes())
}

/// Everybody who tries this address.
pub(super) fn account_subject(digest: KeyedDigest<'_>, address: &str) -> SubjectHash {
    SubjectHash(labelled(digest, b"account", address.as_bytes()))
}

/// Everybody on this network.
pub(super) fn network_subject(digest: KeyedDigest<'_>, network: &str) -> SubjectHash {
    SubjectHash(labelled(digest, b"network", network.as_bytes()))
}

/// Everybody who uses this device.
pub(super) fn device_subject(digest: KeyedDigest<'_>, device: &[u8]) -> SubjectHash {
    SubjectHash(labelled(digest, b"device", device))
}

/// Everybody who tries to change this user's password from within a session.
pub(super) fn password_change_subject(digest: KeyedDigest<'_>, user: UserId) -> SubjectHash {
    let mut buffer = [0; Simple::LENGTH];
    let user = user.uuid().simple().encode_lower(&mut buffer);
    SubjectHash(labelled(digest, b"password-change", user.as_bytes()))
}

/// No two labels share an input: no label contains the separating zero byte.
pub(super) fn labelled(digest: KeyedDigest<'_>, label: &[u8], value: &[u8]) -> [u8; 32] {
    digest(&[label, value].join(&0))
}
