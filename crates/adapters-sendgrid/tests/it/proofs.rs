//! Whether a post comes from SendGrid (A57, V-17).

use adapters_sendgrid::EventWebhook;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use domain::delivery::{DeliveryReports, ReadReports, ReportRefused, WebhookKeys, WebhookRequest};
use test_support::builders::tenancy::at;

use crate::signing::{SIGNATURE, Signer, TIMESTAMP};

/// The body ends as SendGrid's do, and is not what a JSON library would write.
const BODY: &[u8] = b"[{\"email\":\"sato@example.com\",\"timestamp\":1795221000 , \"event\":\"delivered\",\"sg_event_id\":\"e1\"}]\r\n";

type Headers = Vec<(String, String)>;

fn read(keys: &WebhookKeys, headers: &Headers, body: &[u8]) -> Result<ReadReports, ReportRefused> {
    EventWebhook.read(keys, &WebhookRequest { headers, body }, at(0))
}

fn refusal(keys: &WebhookKeys, headers: &Headers, body: &[u8]) -> ReportRefused {
    read(keys, headers, body).unwrap_err()
}

#[test]
fn a_signed_post_is_read() {
    let signer = Signer::new();
    let read = read(&signer.keys(), &signer.headers(BODY, at(0)), BODY).unwrap();
    assert_eq!((read.reports.len(), read.unreadable), (1, 0));
}

#[test]
fn a_body_that_is_not_the_very_bytes_is_refused() {
    let signer = Signer::new();
    let headers = signer.headers(BODY, at(0));
    let trimmed = BODY.trim_ascii_end();
    let mut flipped = BODY.to_vec();
    flipped[10] ^= 1;
    let rewritten: serde_json::Value = serde_json::from_slice(BODY).unwrap();
    let rewritten = serde_json::to_vec(&rewritten).unwrap();
    for body in [trimmed, &flipped, &rewritten, b""] {
        assert_eq!(
            refusal(&signer.keys(), &headers, body),
            ReportRefused::NotProved
        );
    }
}

#[test]
fn every_cut_or_lengthened_signature_is_refused() {
    // V-17
    let signer = Signer::new();
    let headers = signer.headers(BODY, at(0));
    let signature = STANDARD.decode(&headers[0].1).unwrap();
    let cut = (0..signature.len()).map(|length| signature[..length].to_vec());
    let longer = [signature.clone(), vec![0]].concat();
    for wrong in cut.chain([longer]) {
        let headers = vec![
            (SIGNATURE.to_owned(), STANDARD.encode(wrong)),
            headers[1].clone(),
        ];
        assert_eq!(
            refusal(&signer.keys(), &headers, BODY),
            ReportRefused::NotProved
        );
    }
}

#[test]
fn missing_doubled_and_altered_headers_are_refused() {
    let signer = Signer::new();
    let headers = signer.headers(BODY, at(0));
    let (signature, timestamp) = (headers[0].clone(), headers[1].clone());
    let later = (TIMESTAMP.to_owned(), at(1).timestamp().to_string());
    for headers in [
        vec![],
        vec![signature.clone()],
        vec![timestamp.clone()],
        vec![signature.clone(), later],
        vec![signature.clone(), signature, timestamp],
    ] {
        assert_eq!(
            refusal(&signer.keys(), &headers, BODY),
            ReportRefused::NotProved
        );
    }
}

#[test]
fn another_accounts_key_is_refused() {
    let headers = Signer::new().headers(BODY, at(0));
    assert_eq!(
        refusal(&Signer::new().keys(), &headers, BODY),
        ReportRefused::NotProved
    );
}

#[test]
fn a_late_try_is_taken_and_an_old_copy_is_not() {
    let signer = Signer::new();
    let signed = |age: TimeDelta| signer.headers(BODY, at(0) - age);
    assert!(read(&signer.keys(), &signed(TimeDelta::hours(24)), BODY).is_ok());
    for age in [TimeDelta::hours(25), TimeDelta::hours(-1)] {
        assert_eq!(
            refusal(&signer.keys(), &signed(age), BODY),
            ReportRefused::Stale
        );
    }
}

#[test]
fn without_a_key_and_a_secret_nothing_is_read() {
    // A57
    let blank = |text: &str| WebhookKeys {
        public_key: Some(text.to_owned()),
        secret: Some(text.to_owned()),
    };
    let empty_secret = vec![("X-Ondo-Webhook-Secret".to_owned(), String::new())];
    for keys in [WebhookKeys::default(), blank(""), blank("  ")] {
        assert_eq!(refusal(&keys, &empty_secret, BODY), ReportRefused::NotSetUp);
    }
}

#[test]
fn a_key_that_is_no_key_is_told_apart() {
    let headers = Signer::new().headers(BODY, at(0));
    for text in ["-----BEGIN PUBLIC KEY-----", "AAAA", "%%"] {
        let keys = WebhookKeys {
            public_key: Some(text.to_owned()),
            secret: None,
        };
        assert_eq!(refusal(&keys, &headers, BODY), ReportRefused::BadKey);
    }
}

#[test]
fn a_shared_secret_is_taken_in_any_of_its_places() {
    // A57
    let keys = WebhookKeys {
        public_key: None,
        secret: Some("open sesame".to_owned()),
    };
    let header = |name: &str, value: String| vec![(name.to_owned(), value)];
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    for headers in [
        header("x-ondo-webhook-secret", "open sesame".to_owned()),
        header("Authorization", "Bearer open sesame".to_owned()),
        header("Authorization", basic("ondo:open sesame")),
    ] {
        assert!(read(&keys, &headers, BODY).is_ok(), "{headers:?}");
    }
    for headers in [
        vec![],
        header("X-Ondo-Webhook-Secret", String::new()),
        header("X-Ondo-Webhook-Secret", "open sesam".to_owned()),
        header("X-Ondo-Webhook-Secret", "open sesame!".to_owned()),
        header("Authorization", basic("open sesame")),
    ] {
        assert_eq!(
            refusal(&keys, &headers, BODY),
            ReportRefused::NotProved,
            "{headers:?}"
        );
    }
}

#[test]
fn with_both_set_up_both_must_hold() {
    let signer = Signer::new();
    let keys = WebhookKeys {
        secret: Some("open sesame".to_owned()),
        ..signer.keys()
    };
    let mut headers = signer.headers(BODY, at(0));
    assert_eq!(refusal(&keys, &headers, BODY), ReportRefused::NotProved);
    headers.push(("Authorization".to_owned(), "Bearer open sesame".to_owned()));
    assert!(read(&keys, &headers, BODY).is_ok());
}

#[test]
fn what_is_no_list_of_events_is_refused_after_the_proof() {
    let signer = Signer::new();
    for body in [b"{}".as_slice(), b"", b"[{]"] {
        let headers = signer.headers(body, at(0));
        assert_eq!(
            refusal(&signer.keys(), &headers, body),
            ReportRefused::Unreadable
        );
    }
}
