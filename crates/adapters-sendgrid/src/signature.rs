//! Whether a post comes from SendGrid.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::{ReportRefused, WebhookKeys, WebhookRequest};
use ring::hmac;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};

const SIGNATURE: &str = "X-Twilio-Email-Event-Webhook-Signature";
const TIMESTAMP: &str = "X-Twilio-Email-Event-Webhook-Timestamp";
/// Carries the shared secret, where posts are relayed by something that can add a header.
const SECRET: &str = "X-Ondo-Webhook-Secret";
const AUTHORIZATION: &str = "Authorization";

/// SendGrid tries for a day, and does not say whether it signs each try anew. Within that time a
/// repeat is harmless, because every event counts once.
const OLDEST: TimeDelta = TimeDelta::minutes(24 * 60 + 10);
const FURTHEST_AHEAD: TimeDelta = TimeDelta::minutes(10);

/// What stands before the point in a SubjectPublicKeyInfo of a P-256 key (RFC 5480).
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const POINT_BYTES: usize = 65;

/// Every proof that is set up must hold; where none is set up, nothing holds (A57).
pub(crate) fn check(
    keys: &WebhookKeys,
    request: &WebhookRequest<'_>,
    now: DateTime<Utc>,
) -> Result<(), ReportRefused> {
    let set = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let (public_key, secret) = (set(&keys.public_key), set(&keys.secret));
    if public_key.is_none() && secret.is_none() {
        return Err(ReportRefused::NotSetUp);
    }
    if let Some(public_key) = public_key {
        check_signature(&public_key, request, now)?;
    }
    if let Some(secret) = secret {
        check_secret(&secret, request)?;
    }
    Ok(())
}

/// The signature covers the text of the timestamp and then the raw body, nothing between them.
fn check_signature(
    public_key: &str,
    request: &WebhookRequest<'_>,
    now: DateTime<Utc>,
) -> Result<(), ReportRefused> {
    let point = point_of(public_key)?;
    let (Some(signature), Some(timestamp)) = (request.header(SIGNATURE), request.header(TIMESTAMP))
    else {
        return Err(ReportRefused::NotProved);
    };
    let signature = STANDARD
        .decode(signature)
        .map_err(|_undecodable| ReportRefused::NotProved)?;
    let signed = [timestamp.as_bytes(), request.body].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
        .verify(&signed, &signature)
        .map_err(|_unspecified| ReportRefused::NotProved)?;
    let signed_at = timestamp
        .parse()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or(ReportRefused::Stale)?;
    let age = now - signed_at;
    if age > OLDEST || age < -FURTHEST_AHEAD {
        return Err(ReportRefused::Stale);
    }
    Ok(())
}

fn point_of(public_key: &str) -> Result<Vec<u8>, ReportRefused> {
    let der = STANDARD
        .decode(public_key.trim())
        .map_err(|_undecodable| ReportRefused::BadKey)?;
    let point = der
        .strip_prefix(&P256_PREFIX)
        .filter(|point| point.len() == POINT_BYTES)
        .ok_or(ReportRefused::BadKey)?;
    Ok(point.to_vec())
}

fn check_secret(secret: &str, request: &WebhookRequest<'_>) -> Result<(), ReportRefused> {
    let presented = presented_secret(request).ok_or(ReportRefused::NotProved)?;
    // Tags of equal length are compared in constant time, whatever the lengths of the secrets.
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let expected = hmac::sign(&key, secret.as_bytes());
    hmac::verify(&key, presented.as_bytes(), expected.as_ref())
        .map_err(|_unspecified| ReportRefused::NotProved)
}

/// In a header of its own, as a bearer token, or as the password of the webhook's address
/// (`https://ondo:SECRET@…`), which arrives as basic authentication.
fn presented_secret(request: &WebhookRequest<'_>) -> Option<String> {
    if let Some(secret) = request.header(SECRET) {
        return Some(secret.to_owned());
    }
    let (scheme, credentials) = request.header(AUTHORIZATION)?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(credentials.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    pair.split_once(':').map(|(_, secret)| secret.to_owned())
}
