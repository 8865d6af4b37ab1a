//! A stand-in for SendGrid's signing: a key pair of our own.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::delivery::WebhookKeys;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

/// The start of a SubjectPublicKeyInfo of a P-256 key, as `openssl ec -pubout` writes it.
const SPKI_START: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";

pub(crate) const SIGNATURE: &str = "X-Twilio-Email-Event-Webhook-Signature";
pub(crate) const TIMESTAMP: &str = "X-Twilio-Email-Event-Webhook-Timestamp";

pub(crate) struct Signer {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Signer {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        Self { pair, random }
    }

    /// As the dashboard shows it under "Verification Key".
    pub(crate) fn verification_key(&self) -> String {
        let mut der = STANDARD.decode(SPKI_START).unwrap();
        // The last byte of the start is the first of the point: 4, "uncompressed".
        der.extend(&self.pair.public_key().as_ref()[1..]);
        STANDARD.encode(der)
    }

    pub(crate) fn keys(&self) -> WebhookKeys {
        WebhookKeys {
            public_key: Some(self.verification_key()),
            secret: None,
        }
    }

    pub(crate) fn headers(&self, body: &[u8], at: DateTime<Utc>) -> Vec<(String, String)> {
        let timestamp = at.timestamp().to_string();
        let signed = [timestamp.as_bytes(), body].concat();
        let signature = self.pair.sign(&self.random, &signed).unwrap();
        vec![
            (SIGNATURE.to_owned(), STANDARD.encode(signature.as_ref())),
            (TIMESTAMP.to_owned(), timestamp),
        ]
    }
}
