//! Known devices: a browser in which somebody signed in before is not locked out with the account
//! when a stranger guesses passwords for it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::digest::{KeyedDigest, labelled};

const NONCE: usize = 16;

/// The cookie of a device on which this address signed in: a random name and its keyed digest.
pub(super) fn device_cookie(digest: KeyedDigest<'_>, address: &str, random: [u8; 32]) -> String {
    let nonce = &random[..NONCE];
    let mut bytes = nonce.to_vec();
    bytes.extend_from_slice(&proof(digest, address, nonce));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The device's random name, if its cookie was given out for this very address.
pub(super) fn known_device(
    digest: KeyedDigest<'_>,
    address: &str,
    cookie: &str,
) -> Option<[u8; NONCE]> {
    let bytes = URL_SAFE_NO_PAD.decode(cookie).ok()?;
    let (nonce, given) = bytes.split_first_chunk::<NONCE>()?;
    // Compared as keyed digests: how long that takes says nothing about the proof itself.
    (digest(&proof(digest, address, nonce)) == digest(given)).then_some(*nonce)
}

fn proof(digest: KeyedDigest<'_>, address: &str, nonce: &[u8]) -> [u8; 32] {
    labelled(
        digest,
        b"device-proof",
        &[nonce, address.as_bytes()].concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(input: &[u8]) -> [u8; 32] {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"a key of this test");
        ring::hmac::sign(&key, input).as_ref().try_into().unwrap()
    }

    #[test]
    fn a_device_is_known_to_its_own_address_only() {
        let cookie = device_cookie(&digest, "sato@example.jp", [3; 32]);
        assert_eq!(
            known_device(&digest, "sato@example.jp", &cookie),
            Some([3; 16])
        );
        assert_eq!(known_device(&digest, "abe@example.jp", &cookie), None);
    }

    #[test]
    fn a_made_up_cookie_is_no_device() {
        let forged = URL_SAFE_NO_PAD.encode([0; 48]);
        for cookie in ["", "AAAA", "???", &forged] {
            assert_eq!(known_device(&digest, "sato@example.jp", cookie), None);
        }
    }
}
