//! Signatures.

use adapters_smtp::{Dkim, SettingsError, SmtpConfig, SmtpMailer};
use domain::delivery::Mailer;
use test_support::builders::delivery::outgoing_mail;

use crate::sending::config;
use crate::sink::{Manners, Sink};
use crate::verify::is_valid;

fn signing_with(port: u16, key: &str) -> Result<SmtpMailer, SettingsError> {
    SmtpMailer::new(SmtpConfig {
        dkim: Some(Dkim {
            domain: "kasuga.example.jp".into(),
            selector: "ondo".into(),
            private_key: key.into(),
        }),
        ..config(port)
    })
}

#[test]
fn a_signature_covers_the_headers_of_one_click_refusal() {
    // RFC 8058 §4
    let sink = Sink::with(Manners::default());
    let key = include_str!("dkim-test-key.pem");
    signing_with(sink.port, key).unwrap().send(&outgoing_mail());
    let [arrived] = sink.mails().try_into().unwrap();
    let unfolded = arrived.replace("\r\n ", "").replace("\r\n\t", "");
    let signature = unfolded
        .lines()
        .find(|line| line.starts_with("DKIM-Signature:"))
        .expect("the mail is signed");
    let covered = signature
        .split(';')
        .find_map(|part| part.trim().strip_prefix("h="))
        .expect("the signature names the headers it covers");
    let covered: Vec<_> = covered
        .split(':')
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    for name in ["from", "list-unsubscribe", "list-unsubscribe-post"] {
        assert!(covered.contains(&name.to_owned()), "{name} in {covered:?}");
    }
    for part in [
        "c=relaxed/relaxed",
        "d=kasuga.example.jp",
        "s=ondo",
        "a=rsa-sha256",
    ] {
        assert!(signature.contains(part), "{part} in {signature}");
    }
}

#[test]
fn the_receiving_side_finds_the_signature_valid() {
    // RFC 6376 §6.1.3
    let sink = Sink::with(Manners::default());
    let key = include_str!("dkim-test-key.pem");
    signing_with(sink.port, key).unwrap().send(&outgoing_mail());
    let [arrived] = sink.mails().try_into().unwrap();
    assert!(is_valid(&arrived, key));
    for (from, to) in [
        ("Subject: ", "Subject: x"),
        ("boundary=\"", "boundary=\"x"),
        ("List-Unsubscribe-Post: List", "List-Unsubscribe-Post: x"),
        ("\r\n\r\n--", "\r\n\r\nx\r\n--"),
    ] {
        let altered = arrived.replacen(from, to, 1);
        assert_ne!(altered, arrived, "{from:?} is in the mail");
        assert!(!is_valid(&altered, key), "{from:?} is signed");
    }
}

#[test]
fn a_key_that_is_no_key_is_refused_before_any_mail() {
    let refused = signing_with(1, "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n");
    assert!(matches!(refused.err(), Some(SettingsError::DkimKey(_))));
}
