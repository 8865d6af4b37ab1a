//! DKIM.

use super::dmarc::Policy;
use super::{SENDGRID_SELECTORS, SendGridDomain, leads_to_sendgrid};
use crate::delivery::authentication::dkim::{DkimRecord, RsaPublicKey};
use crate::delivery::authentication::dns::{Answers, DnsName, RecordKind};
use crate::delivery::authentication::finding::{Finding, Topic, Verdict};
use crate::delivery::authentication::note::Note;
use crate::delivery::authentication::setup::{Carrier, DkimIdentity, SendingSetup};

/// Bits below which receivers refuse a key, and which are advised.
const BITS_MIN: usize = 1_024;
const BITS_ADVISED: usize = 2_048;

pub(in super::super) fn dkim(setup: &SendingSetup, policy: &Policy, answers: &Answers) -> Finding {
    match &setup.carrier {
        Carrier::Outbox => {
            Finding::good(Topic::Dkim, &[]).but(Verdict::Unknown, Note::NothingLeaves)
        }
        Carrier::Server { dkim: None, .. } => {
            Finding::good(Topic::Dkim, &[]).but(Verdict::Unknown, Note::DkimAtServer)
        }
        Carrier::Server {
            dkim: Some(identity),
            ..
        } => ours(setup, identity, policy, answers),
        Carrier::SendGrid => at_sendgrid(setup, answers),
    }
}

/// A key that we hold.
fn ours(
    setup: &SendingSetup,
    identity: &DkimIdentity,
    policy: &Policy,
    answers: &Answers,
) -> Finding {
    let Ok(records) = answers.records(&identity.name, RecordKind::Txt) else {
        return Finding::unanswered(Topic::Dkim);
    };
    let mut finding = published(records, identity.key.as_ref());
    if !policy.aligns(&identity.domain, &setup.domain) {
        let domain = identity.domain.to_string();
        finding = finding.but(Verdict::Missing, Note::DkimNotAligned(domain));
    }
    let ours = identity.key.as_ref().and_then(RsaPublicKey::record);
    match ours {
        Some(record) if needs_publishing(&finding) => {
            finding.publish(&identity.name, RecordKind::Txt, record)
        }
        Some(_) => finding,
        None => finding.but(Verdict::Warning, Note::DkimKeyUnreadable),
    }
}

/// Whether publishing our key mends it; a longer key is not published but made.
fn needs_publishing(finding: &Finding) -> bool {
    finding.notes.iter().any(|note| {
        matches!(
            note,
            Note::DkimNone
                | Note::DkimRevoked
                | Note::DkimBroken
                | Note::DkimSeveral
                | Note::DkimOtherKey
                | Note::DkimTesting
        )
    })
}

/// What stands at a selector, compared with our key where we have it.
fn published(records: &[String], ours: Option<&RsaPublicKey>) -> Finding {
    let finding = Finding::good(Topic::Dkim, records);
    let record = match records {
        [] => return finding.but(Verdict::Missing, Note::DkimNone),
        [record] => DkimRecord::parse(record),
        _ => return finding.but(Verdict::Missing, Note::DkimSeveral),
    };
    match record {
        DkimRecord::Revoked => finding.but(Verdict::Missing, Note::DkimRevoked),
        DkimRecord::Broken => finding.but(Verdict::Missing, Note::DkimBroken),
        DkimRecord::Rsa { key, .. } if ours.is_some_and(|ours| *ours != key) => {
            finding.but(Verdict::Missing, Note::DkimOtherKey)
        }
        DkimRecord::Ed25519 if ours.is_some() => finding.but(Verdict::Missing, Note::DkimOtherKey),
        DkimRecord::Ed25519 => finding.but(Verdict::Warning, Note::DkimEd25519),
        DkimRecord::Rsa { key, testing } => {
            let finding = measured(finding, key.bits());
            if testing {
                finding.but(Verdict::Warning, Note::DkimTesting)
            } else {
                finding
            }
        }
    }
}

fn measured(finding: Finding, bits: usize) -> Finding {
    match bits {
        ..BITS_MIN => finding.but(Verdict::Missing, Note::DkimTooShort(bits)),
        BITS_MIN..BITS_ADVISED => finding.but(Verdict::Warning, Note::DkimShort(bits)),
        _ => finding.noting(Note::DkimLength(bits)),
    }
}

/// Two CNAMEs of SendGrid's domain authentication, behind which it keeps its keys.
fn at_sendgrid(setup: &SendingSetup, answers: &Answers) -> Finding {
    let Some(sendgrid) = SendGridDomain::find(&setup.domain, answers) else {
        return without_cnames(setup, answers);
    };
    let targets: Vec<String> = sendgrid.targets.iter().flatten().cloned().collect();
    let mut finding = Finding::good(Topic::Dkim, &targets);
    if let Some(other) = targets.iter().find(|target| !leads_to_sendgrid(target)) {
        finding = finding.but(Verdict::Missing, Note::DkimElsewhere(other.clone()));
    }
    let account = sendgrid.account().unwrap_or("u0000000.wl000.sendgrid.net");
    for (selector, target) in SENDGRID_SELECTORS.into_iter().zip(&sendgrid.targets) {
        if target.is_none() {
            finding = finding.but(Verdict::Missing, Note::SendGridNone);
            finding = cname(finding, selector, &sendgrid.domain, account);
        }
    }
    if sendgrid.domain != setup.domain {
        finding = finding.noting(Note::At(sendgrid.domain.to_string()));
    }
    with_key(finding, &sendgrid.domain, answers)
}

fn without_cnames(setup: &SendingSetup, answers: &Answers) -> Finding {
    let first = setup.domain.with(SENDGRID_SELECTORS[0]);
    let asked = first.map(|name| answers.records(&name, RecordKind::Cname));
    if !matches!(asked, Some(Ok(_))) {
        return Finding::unanswered(Topic::Dkim);
    }
    let finding = Finding::good(Topic::Dkim, &[]).but(Verdict::Missing, Note::SendGridNone);
    let example = "u0000000.wl000.sendgrid.net";
    SENDGRID_SELECTORS
        .into_iter()
        .fold(finding, |finding, selector| {
            cname(finding, selector, &setup.domain, example)
        })
}

fn cname(finding: Finding, selector: &str, domain: &DnsName, account: &str) -> Finding {
    let name = format!("{selector}.{domain}");
    let value = format!("{}.domainkey.{account}", &selector[..2]);
    finding.publish(name, RecordKind::Cname, value)
}

/// The key behind the first CNAME, where it is answered.
fn with_key(finding: Finding, domain: &DnsName, answers: &Answers) -> Finding {
    let name = domain.with(SENDGRID_SELECTORS[0]);
    let records = name.and_then(|name| answers.records(&name, RecordKind::Txt).ok());
    let Some(records) = records.filter(|_| finding.verdict == Verdict::Good) else {
        return finding;
    };
    let key = published(records, None);
    let verdict = key.verdict;
    key.notes
        .into_iter()
        .fold(finding, |finding, note| finding.but(verdict, note))
}
