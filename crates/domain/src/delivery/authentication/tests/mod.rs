//! A whole domain looked up: what receivers see, and what is said about it. (B72)

mod sendgrid;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use chrono::DateTime;

use super::test_keys::{PRIVATE_2048, PUBLIC_1024, PUBLIC_2048};
use super::*;
use crate::leads::EmailAddress;

/// Records by name and kind; every other name does not exist.
#[derive(Default)]
struct Zone {
    records: HashMap<(String, &'static str), Vec<String>>,
    /// Names whose servers are silent.
    silent: Vec<&'static str>,
    asked: Mutex<Vec<String>>,
}

impl Zone {
    fn with(mut self, name: &str, kind: &'static str, record: &str) -> Self {
        let records = self.records.entry((name.to_owned(), kind)).or_default();
        records.push(record.to_owned());
        self
    }
}

impl DnsLookup for Zone {
    fn look_up(&self, questions: &[Question], _: Duration) -> Vec<DnsAnswer> {
        let answer = |question: &Question| {
            let name = question.name.as_str();
            self.asked.lock().unwrap().push(name.to_owned());
            if self.silent.contains(&name) {
                return Err(DnsError::Unavailable("timed out".to_owned()));
            }
            let found = self.records.get(&(name.to_owned(), question.kind.as_str()));
            found.cloned().ok_or(DnsError::NoSuchName)
        };
        questions.iter().map(answer).collect()
    }
}

fn setup(carrier: Carrier) -> SendingSetup {
    SendingSetup {
        address: EmailAddress::parse("info@example.jp").unwrap(),
        domain: DnsName::parse("example.jp").unwrap(),
        carrier,
    }
}

fn server(host: &str) -> SendingSetup {
    setup(Carrier::Server {
        host: host.to_owned(),
        dkim: None,
    })
}

fn signing(domain: &str) -> SendingSetup {
    let domain = DnsName::parse(domain).unwrap();
    setup(Carrier::Server {
        host: "mail.example.jp".to_owned(),
        dkim: Some(DkimIdentity {
            name: domain.with("ondo1._domainkey").unwrap(),
            key: RsaPublicKey::of_private(PRIVATE_2048.as_bytes()),
            domain,
        }),
    })
}

fn finding(setup: &SendingSetup, zone: &Zone, topic: Topic) -> Finding {
    let found = examine(setup, zone, DateTime::UNIX_EPOCH);
    let mut findings = found.findings.into_iter();
    findings.find(|finding| finding.topic == topic).unwrap()
}

fn spf(setup: &SendingSetup, records: &[&str]) -> Finding {
    let zone = records.iter().fold(Zone::default(), |zone, record| {
        zone.with("example.jp", "TXT", record)
    });
    finding(setup, &zone, Topic::Spf)
}

fn to_publish(finding: &Finding) -> Vec<(&str, &str)> {
    let records = finding.publish.iter();
    records
        .map(|record| (record.name.as_str(), record.value.as_str()))
        .collect()
}

#[test]
fn without_spf_the_record_to_publish_names_our_server() {
    let found = spf(&server("mail.example.jp"), &["google-site-verification=x"]);
    assert_eq!(
        (found.verdict, &found.notes[0]),
        (Verdict::Missing, &Note::SpfNone)
    );
    assert_eq!(
        to_publish(&found),
        [("example.jp", "v=spf1 a:mail.example.jp ~all")]
    );
}

#[test]
fn a_record_that_lacks_the_provider_is_completed() {
    let found = spf(&server("smtp.gmail.com"), &["v=spf1 ip4:203.0.113.7 -all"]);
    assert_eq!(found.verdict, Verdict::Missing);
    assert_eq!(found.notes[0], Note::SpfLacks("_spf.google.com".to_owned()));
    let mended = "v=spf1 ip4:203.0.113.7 include:_spf.google.com -all";
    assert_eq!(to_publish(&found), [("example.jp", mended)]);
    let whole = spf(&server("smtp.gmail.com"), &[mended]);
    assert_eq!((whole.verdict, whole.publish.len()), (Verdict::Good, 0));
}

#[test]
fn two_records_become_one() {
    let two = ["v=spf1 mx ~all", "v=spf1 include:a.example mx -all"];
    let found = spf(&server("mail.example.jp"), &two);
    assert_eq!(
        (found.verdict, &found.notes[0]),
        (Verdict::Missing, &Note::SpfSeveral)
    );
    let merged = "v=spf1 mx include:a.example a:mail.example.jp -all";
    assert_eq!(to_publish(&found), [("example.jp", merged)]);
}

#[test]
fn plus_all_and_an_open_end_are_warned_about() {
    let everybody = spf(
        &server("mail.example.jp"),
        &["v=spf1 a:mail.example.jp +all"],
    );
    assert_eq!(
        (everybody.verdict, &everybody.notes[0]),
        (Verdict::Warning, &Note::SpfEverybody)
    );
    let mended = [("example.jp", "v=spf1 a:mail.example.jp ~all")];
    assert_eq!(to_publish(&everybody), mended);
    let open = spf(&server("mail.example.jp"), &["v=spf1 a:mail.example.jp"]);
    assert_eq!(
        (open.verdict, to_publish(&open).as_slice()),
        (Verdict::Warning, &mended[..])
    );
}

#[test]
fn a_mistake_in_the_record_is_named_and_taken_out() {
    let found = spf(
        &server("mail.example.jp"),
        &["v=spf1 a:mail.example.jp ipv4:1.2.3.4 -all"],
    );
    assert_eq!(found.notes[0], Note::SpfBroken("ipv4:1.2.3.4".to_owned()));
    assert_eq!(
        to_publish(&found),
        [("example.jp", "v=spf1 a:mail.example.jp -all")]
    );
}

#[test]
fn lookups_of_included_records_count() {
    let own = "v=spf1 include:a.example include:b.example mx -all";
    let zone = |below: &str| {
        Zone::default()
            .with("example.jp", "TXT", own)
            .with("a.example", "TXT", below)
            .with("b.example", "TXT", "v=spf1 ip4:203.0.113.0/24 -all")
    };
    let few = finding(&server("x.example"), &zone("v=spf1 mx a -all"), Topic::Spf);
    assert!(few.notes.contains(&Note::SpfLookups(5)), "{few:?}");
    let eight = "v=spf1 a:1.x a:2.x a:3.x a:4.x a:5.x a:6.x a:7.x a:8.x -all";
    let many = finding(&server("x.example"), &zone(eight), Topic::Spf);
    assert_eq!(
        (many.verdict, &many.notes[0]),
        (Verdict::Missing, &Note::SpfTooManyLookups(11))
    );
}

#[test]
fn our_key_is_good_where_it_is_published() {
    let zone = Zone::default().with(
        "ondo1._domainkey.example.jp",
        "TXT",
        &format!("v=DKIM1; k=rsa; p={PUBLIC_2048}"),
    );
    let found = finding(&signing("example.jp"), &zone, Topic::Dkim);
    assert_eq!(
        (found.verdict, found.notes),
        (Verdict::Good, vec![Note::DkimLength(2_048)])
    );
    assert!(found.publish.is_empty());
}

#[test]
fn a_foreign_a_revoked_and_a_missing_key_are_replaced_by_ours() {
    let ours = format!("v=DKIM1; k=rsa; p={PUBLIC_2048}");
    let name = "ondo1._domainkey.example.jp";
    let cases = [
        (Some(format!("p={PUBLIC_1024}")), Note::DkimOtherKey),
        (Some("v=DKIM1; p=".to_owned()), Note::DkimRevoked),
        (Some("hello".to_owned()), Note::DkimBroken),
        (None, Note::DkimNone),
    ];
    for (record, note) in cases {
        let zone = record
            .iter()
            .fold(Zone::default(), |zone, text| zone.with(name, "TXT", text));
        let found = finding(&signing("example.jp"), &zone, Topic::Dkim);
        assert_eq!((found.verdict, &found.notes[0]), (Verdict::Missing, &note));
        assert_eq!(to_publish(&found), [(name, ours.as_str())]);
    }
}

#[test]
fn a_signature_of_a_stranger_does_not_count_for_the_sender() {
    let key = format!("p={PUBLIC_2048}");
    let strict = "v=DMARC1; p=none; rua=mailto:d@example.jp; adkim=s";
    let zone = || {
        Zone::default()
            .with("ondo1._domainkey.other.jp", "TXT", &key)
            .with("ondo1._domainkey.mail.example.jp", "TXT", &key)
    };
    let stranger = finding(&signing("other.jp"), &zone(), Topic::Dkim);
    assert_eq!(
        stranger.notes[0],
        Note::DkimNotAligned("other.jp".to_owned())
    );
    let below = finding(&signing("mail.example.jp"), &zone(), Topic::Dkim);
    assert_eq!(below.verdict, Verdict::Good);
    let zone = zone().with("_dmarc.example.jp", "TXT", strict);
    let below = finding(&signing("mail.example.jp"), &zone, Topic::Dkim);
    assert_eq!(
        below.verdict,
        Verdict::Missing,
        "adkim=s wants the same name"
    );
}

#[test]
fn a_server_that_may_sign_itself_is_not_judged() {
    let found = finding(&server("mail.example.jp"), &Zone::default(), Topic::Dkim);
    assert_eq!(
        (found.verdict, found.notes),
        (Verdict::Unknown, vec![Note::DkimAtServer])
    );
}

#[test]
fn without_dmarc_the_mildest_policy_is_offered() {
    let found = finding(&server("mail.example.jp"), &Zone::default(), Topic::Dmarc);
    assert_eq!(
        (found.verdict, &found.notes[0]),
        (Verdict::Missing, &Note::DmarcNone)
    );
    let record = "v=DMARC1; p=none; rua=mailto:info@example.jp";
    assert_eq!(to_publish(&found), [("_dmarc.example.jp", record)]);
}

#[test]
fn a_policy_without_reports_keeps_its_words_and_gets_them() {
    let zone = Zone::default().with(
        "_dmarc.example.jp",
        "TXT",
        "v=DMARC1; p=reject; rua=; pct=50",
    );
    let found = finding(&server("mail.example.jp"), &zone, Topic::Dmarc);
    assert_eq!(found.verdict, Verdict::Warning);
    let record = "v=DMARC1; p=reject; pct=50; rua=mailto:info@example.jp";
    assert_eq!(to_publish(&found), [("_dmarc.example.jp", record)]);
}

#[test]
fn the_policy_of_a_name_above_counts_for_those_below() {
    let mut setup = server("mail.example.jp");
    setup.domain = DnsName::parse("news.example.jp").unwrap();
    let policy = "v=DMARC1; p=reject; sp=none; rua=mailto:d@example.jp";
    let zone = Zone::default().with("_dmarc.example.jp", "TXT", policy);
    let found = finding(&setup, &zone, Topic::Dmarc);
    assert_eq!(found.verdict, Verdict::Good);
    assert_eq!(
        found.notes,
        [Note::At("_dmarc.example.jp".to_owned()), Note::DmarcWatches]
    );
}

#[test]
fn a_domain_that_takes_no_mail_is_no_sender() {
    let null = Zone::default().with("example.jp", "MX", "0 .");
    let found = finding(&server("mail.example.jp"), &null, Topic::Mx);
    assert_eq!(
        (found.verdict, &found.notes[0]),
        (Verdict::Missing, &Note::MxNull)
    );
    let none = finding(&server("mail.example.jp"), &Zone::default(), Topic::Mx);
    assert_eq!(none.verdict, Verdict::Warning);
}

#[test]
fn silence_is_no_verdict() {
    let names = [
        "example.jp",
        "_dmarc.example.jp",
        "ondo1._domainkey.example.jp",
    ];
    let silent = Zone {
        silent: names.to_vec(),
        ..Zone::default()
    };
    let found = examine(&signing("example.jp"), &silent, DateTime::UNIX_EPOCH);
    for finding in found.findings {
        if finding.topic != Topic::ReturnPath {
            assert_eq!(finding.verdict, Verdict::Unknown, "{finding:?}");
            assert!(finding.publish.is_empty(), "nothing is advised on a guess");
        }
    }
}

// Only the tenant's own names are asked, and what its SPF record includes.
#[test]
fn no_other_names_are_asked() {
    let zone = Zone::default().with(
        "example.jp",
        "TXT",
        "v=spf1 include:a.example include:localhost include:10.0.0.1 -all",
    );
    drop(examine(&signing("example.jp"), &zone, DateTime::UNIX_EPOCH));
    let mut asked = zone.asked.into_inner().unwrap();
    asked.sort_unstable();
    asked.dedup();
    assert_eq!(
        asked,
        [
            "_dmarc.example.jp",
            "a.example",
            "example.jp",
            "ondo1._domainkey.example.jp"
        ]
    );
}
