//! DMARC, and whose signature counts for whom.

use crate::delivery::authentication::dmarc::{DmarcPolicy, DmarcRecord, is_dmarc};
use crate::delivery::authentication::dns::{Answers, DnsName, NoAnswer, RecordKind};
use crate::delivery::authentication::finding::{Finding, Topic, Verdict};
use crate::delivery::authentication::note::Note;
use crate::delivery::authentication::setup::SendingSetup;

/// Where the policy of a domain stands, and what it says.
#[derive(Clone, Debug)]
pub(in super::super) struct Policy {
    /// The domain with the record; none: there is no record.
    at: Option<DnsName>,
    /// The domain that all its names belong to: the highest one with a record.
    organisation: Option<DnsName>,
    /// The records that stand there.
    records: Vec<String>,
    /// Some name on the way was not answered.
    is_sure: bool,
}

/// Walks up from the domain, as receivers do who have no list of public suffixes.
pub(in super::super) fn policy(domain: &DnsName, answers: &Answers) -> Policy {
    let mut policy = Policy {
        at: None,
        organisation: None,
        records: Vec::new(),
        is_sure: true,
    };
    for name in domain.upwards() {
        match records(&name, answers) {
            Ok(records) if records.is_empty() => {}
            Ok(records) => {
                policy.organisation = Some(name.clone());
                if policy.at.is_none() {
                    policy.at = Some(name);
                    policy.records = records;
                }
            }
            Err(NoAnswer) => policy.is_sure &= policy.at.is_some(),
        }
    }
    policy
}

fn records(name: &DnsName, answers: &Answers) -> Result<Vec<String>, NoAnswer> {
    let Some(place) = name.with("_dmarc") else {
        return Ok(Vec::new());
    };
    let records = answers.records(&place, RecordKind::Txt)?;
    Ok(records
        .iter()
        .filter(|text| is_dmarc(text))
        .cloned()
        .collect())
}

impl Policy {
    fn record(&self) -> Option<DmarcRecord> {
        match self.records.as_slice() {
            [record] => DmarcRecord::parse(record),
            _ => None,
        }
    }

    /// Whether a signature of `signer` counts for mail from `sender`.
    pub(in super::super) fn aligns(&self, signer: &DnsName, sender: &DnsName) -> bool {
        if signer == sender {
            return true;
        }
        if self.record().is_some_and(|record| record.strict_dkim) {
            return false;
        }
        match &self.organisation {
            Some(organisation) => signer.is_within(organisation) && sender.is_within(organisation),
            None => signer.is_within(sender) || sender.is_within(signer),
        }
    }
}

pub(in super::super) fn dmarc(setup: &SendingSetup, policy: &Policy) -> Finding {
    let finding = Finding::good(Topic::Dmarc, &policy.records);
    let advised = format!("v=DMARC1; p=none; rua=mailto:{}", setup.address.as_str());
    let place = |domain: &DnsName| format!("_dmarc.{domain}");
    let Some(at) = &policy.at else {
        if !policy.is_sure {
            return Finding::unanswered(Topic::Dmarc);
        }
        return finding.but(Verdict::Missing, Note::DmarcNone).publish(
            place(&setup.domain),
            RecordKind::Txt,
            advised,
        );
    };
    let finding = if *at == setup.domain {
        finding
    } else {
        finding.noting(Note::At(place(at)))
    };
    let Some(record) = policy.record() else {
        let note = match policy.records.len() {
            1 => Note::DmarcBroken,
            _ => Note::DmarcSeveral,
        };
        return finding
            .but(Verdict::Missing, note)
            .publish(place(at), RecordKind::Txt, advised);
    };
    let in_force = if *at == setup.domain {
        record.policy
    } else {
        record.below
    };
    let finding = match in_force {
        DmarcPolicy::None => finding.noting(Note::DmarcWatches),
        DmarcPolicy::Quarantine | DmarcPolicy::Reject => finding.noting(Note::DmarcProtects),
    };
    if record.has_reports {
        return finding;
    }
    let with_reports = with_reports(&policy.records[0], setup.address.as_str());
    finding.but(Verdict::Warning, Note::DmarcNoReports).publish(
        place(at),
        RecordKind::Txt,
        with_reports,
    )
}

/// The record as it is, with somebody who gets the reports.
fn with_reports(record: &str, address: &str) -> String {
    let is_rua = |part: &&str| part.trim().to_ascii_lowercase().starts_with("rua");
    let kept = record.split(';').map(str::trim);
    let kept = kept.filter(|part| !part.is_empty() && !is_rua(part));
    let kept: Vec<&str> = kept.collect();
    format!("{}; rua=mailto:{address}", kept.join("; "))
}
