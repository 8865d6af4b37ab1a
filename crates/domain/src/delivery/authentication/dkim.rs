//! DKIM keys (RFC 6376): how receivers know that a mail is signed by a domain.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pkcs1::der::{Decode as _, Encode as _, pem};
use spki::{AlgorithmIdentifierRef, ObjectIdentifier, SubjectPublicKeyInfoRef};

use super::tags::{tags, value};

/// `rsaEncryption` (RFC 8017).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// The parameters of that algorithm: an ASN.1 NULL.
const NO_PARAMETERS: pkcs1::der::asn1::AnyRef<'_> = pkcs1::der::asn1::AnyRef::NULL;
/// Bytes of an Ed25519 key (RFC 8463).
const ED25519_BYTES: usize = 32;
/// No key that is in use is longer than this in base64.
const KEY_TEXT_MAX: usize = 8_192;

/// The public half of an RSA key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RsaPublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl RsaPublicKey {
    /// The public half of a private key in PEM (PKCS #1); `None` if it is no such key.
    #[must_use]
    pub fn of_private(key: &[u8]) -> Option<Self> {
        let (label, der) = pem::decode_vec(key).ok()?;
        if label != "RSA PRIVATE KEY" {
            return None;
        }
        let private = pkcs1::RsaPrivateKey::from_der(&der).ok()?;
        Some(Self::of(&private.public_key()))
    }

    fn of(key: &pkcs1::RsaPublicKey<'_>) -> Self {
        Self {
            modulus: key.modulus.as_bytes().to_vec(),
            exponent: key.public_exponent.as_bytes().to_vec(),
        }
    }

    /// A key as `p=` publishes it: with its algorithm around it, or bare as RFC 6376 also has it.
    fn of_public(der: &[u8]) -> Option<Self> {
        let key = match SubjectPublicKeyInfoRef::from_der(der) {
            Ok(info) if info.algorithm.oid == RSA => info.subject_public_key.raw_bytes(),
            Ok(_) => return None,
            Err(_bare) => der,
        };
        let key = pkcs1::RsaPublicKey::from_der(key).ok()?;
        Some(Self::of(&key))
    }

    /// Its length in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        let first = self.modulus.first().map_or(0, |byte| byte.leading_zeros());
        (self.modulus.len() * 8).saturating_sub(first as usize)
    }

    /// The TXT record that publishes it.
    #[must_use]
    pub fn record(&self) -> Option<String> {
        let key = pkcs1::RsaPublicKey {
            modulus: pkcs1::UintRef::new(&self.modulus).ok()?,
            public_exponent: pkcs1::UintRef::new(&self.exponent).ok()?,
        };
        let key = key.to_der().ok()?;
        let info = SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef {
                oid: RSA,
                parameters: Some(NO_PARAMETERS),
            },
            subject_public_key: spki::der::asn1::BitStringRef::from_bytes(&key).ok()?,
        };
        let text = STANDARD.encode(info.to_der().ok()?);
        Some(format!("v=DKIM1; k=rsa; p={text}"))
    }
}

/// What stands at a selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DkimRecord {
    /// An RSA key.
    Rsa {
        key: RsaPublicKey,
        /// The domain says that it is still trying (`t=y`): receivers may pass the signature over.
        testing: bool,
    },
    /// A key of the newer kind, which not every receiver understands yet.
    Ed25519,
    /// The key was taken back (`p=`).
    Revoked,
    /// Something that receivers cannot use.
    Broken,
}

impl DkimRecord {
    /// Reads the TXT record of a selector.
    pub(super) fn parse(text: &str) -> Self {
        let Some(tags) = tags(text) else {
            return Self::Broken;
        };
        let version = value(&tags, "v").unwrap_or("DKIM1");
        let Some(key) = value(&tags, "p").filter(|key| key.len() <= KEY_TEXT_MAX) else {
            return Self::Broken;
        };
        let key: String = key.split_ascii_whitespace().collect();
        let testing =
            value(&tags, "t").is_some_and(|flags| flags.split(':').any(|f| f.trim() == "y"));
        let kind = value(&tags, "k").unwrap_or("rsa").to_ascii_lowercase();
        match (version, kind.as_str(), STANDARD.decode(&key)) {
            ("DKIM1", _, Ok(key)) if key.is_empty() => Self::Revoked,
            ("DKIM1", "ed25519", Ok(key)) if key.len() == ED25519_BYTES => Self::Ed25519,
            ("DKIM1", "rsa", Ok(key)) => match RsaPublicKey::of_public(&key) {
                Some(key) => Self::Rsa { key, testing },
                None => Self::Broken,
            },
            _ => Self::Broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::delivery::authentication::test_keys::{PRIVATE_2048, PUBLIC_1024, PUBLIC_2048};

    fn rsa(text: &str) -> RsaPublicKey {
        match DkimRecord::parse(text) {
            DkimRecord::Rsa { key, .. } => key,
            other @ (DkimRecord::Ed25519 | DkimRecord::Revoked | DkimRecord::Broken) => {
                panic!("{other:?}")
            }
        }
    }

    // B72
    #[test]
    fn the_published_key_is_the_other_half_of_the_private_one() {
        let ours = RsaPublicKey::of_private(PRIVATE_2048.as_bytes()).unwrap();
        assert_eq!(ours.bits(), 2_048);
        assert_eq!(ours, rsa(&format!("v=DKIM1; k=rsa; p={PUBLIC_2048}")));
        assert_eq!(
            ours.record().unwrap(),
            format!("v=DKIM1; k=rsa; p={PUBLIC_2048}")
        );
    }

    #[test]
    fn lengths_are_told_apart() {
        assert_eq!(rsa(&format!("p={PUBLIC_1024}")).bits(), 1_024);
        let spread = format!("{} {}", &PUBLIC_2048[..100], &PUBLIC_2048[100..]);
        assert_eq!(rsa(&format!("k=rsa; t=s; p={spread};")).bits(), 2_048);
    }

    #[test]
    fn what_is_no_key_is_said() {
        assert_eq!(DkimRecord::parse("v=DKIM1; p="), DkimRecord::Revoked);
        let newer = format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode([7; 32]));
        assert_eq!(DkimRecord::parse(&newer), DkimRecord::Ed25519);
        for text in [
            "",
            "v=DKIM1",
            "v=DKIM2; p=AAAA",
            "p=AAAA",
            "p=%%%",
            "k=dsa; p=AAAA",
        ] {
            assert_eq!(DkimRecord::parse(text), DkimRecord::Broken, "{text}");
        }
        assert_eq!(RsaPublicKey::of_private(b"no key"), None);
    }

    #[test]
    fn a_domain_that_is_trying_says_so() {
        let record = DkimRecord::parse(&format!("t=y:s; p={PUBLIC_1024}"));
        assert!(matches!(record, DkimRecord::Rsa { testing: true, .. }));
    }

    proptest! {
        #[test]
        fn no_text_of_a_stranger_breaks_it(text in "(v=DKIM1; ?)?(p=)?.{0,400}") {
            drop(DkimRecord::parse(&text));
        }

        #[test]
        fn no_bytes_in_place_of_a_key_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            drop(DkimRecord::parse(&format!("p={}", STANDARD.encode(&bytes))));
            drop(RsaPublicKey::of_private(&bytes));
        }
    }
}
