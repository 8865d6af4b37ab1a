//! SPF.

use super::SendGridDomain;
use crate::delivery::authentication::dns::{Answers, DnsName, RecordKind};
use crate::delivery::authentication::finding::{Finding, Topic, Verdict};
use crate::delivery::authentication::note::Note;
use crate::delivery::authentication::setup::{Carrier, SendingSetup};
use crate::delivery::authentication::spf::{LOOKUPS_MAX, Qualifier, SpfKind, SpfRecord, is_spf};

/// Mail servers of providers, by the end of their name, and what they want included.
const PROVIDERS: [(&str, &str); 5] = [
    ("smtp.sendgrid.net", "sendgrid.net"),
    (".amazonaws.com", "amazonses.com"),
    ("smtp.gmail.com", "_spf.google.com"),
    ("smtp-relay.gmail.com", "_spf.google.com"),
    (".office365.com", "spf.protection.outlook.com"),
];
const SENDGRID: &str = "sendgrid.net";

/// The names that the record of the domain leads to, to be asked as well.
pub(in super::super) fn included(domain: &DnsName, answers: &Answers) -> Vec<DnsName> {
    let Some(record) = only_record(domain, answers) else {
        return Vec::new();
    };
    let names = record.leads_to().filter_map(DnsName::parse);
    names.take(LOOKUPS_MAX).collect()
}

fn only_record(domain: &DnsName, answers: &Answers) -> Option<SpfRecord> {
    let records = answers.records(domain, RecordKind::Txt).ok()?;
    let mut records = records.iter().filter(|text| is_spf(text));
    let record = SpfRecord::parse(records.next()?).ok()?;
    records.next().is_none().then_some(record)
}

pub(in super::super) fn spf(setup: &SendingSetup, answers: &Answers) -> Finding {
    let Ok(records) = answers.records(&setup.domain, RecordKind::Txt) else {
        return Finding::unanswered(Topic::Spf);
    };
    let found: Vec<String> = records
        .iter()
        .filter(|text| is_spf(text))
        .cloned()
        .collect();
    let finding = Finding::good(Topic::Spf, &found);
    let wanted = wanted(setup, answers);
    let mend = |finding: Finding, terms: &[String], lacks: Option<&Mechanism>| {
        finding.publish(&setup.domain, RecordKind::Txt, mended(terms, lacks))
    };
    let terms: Vec<String> = found.iter().flat_map(|text| terms_of(text)).collect();
    let record = match found.as_slice() {
        [] => {
            let missing = finding.but(none(&wanted), Note::SpfNone);
            return mend(missing, &[], Some(&wanted.mechanism()));
        }
        [record] => SpfRecord::parse(record),
        _ => {
            let several = finding.but(Verdict::Missing, Note::SpfSeveral);
            return mend(several, &terms, wanted.unless_in(&terms).as_ref());
        }
    };
    match record {
        Ok(record) => {
            let (finding, lacks) = judged(finding, &record, &wanted, setup, answers);
            let is_in_order = lacks.is_none() && ends_well(&record);
            if is_in_order {
                finding
            } else {
                mend(finding, &terms, lacks.as_ref())
            }
        }
        Err(term) => {
            let kept: Vec<String> = terms.into_iter().filter(|known| *known != term).collect();
            let broken = finding.but(Verdict::Missing, Note::SpfBroken(term));
            mend(broken, &kept, wanted.unless_in(&kept).as_ref())
        }
    }
}

/// What the record has to allow.
enum Wanted {
    /// Receivers look at the record of another domain.
    Nothing,
    /// An include of this name.
    Include(&'static str),
    /// A server whose addresses we do not know.
    Server(String),
    /// Nothing is sent yet.
    NotYet,
}

type Mechanism = String;

impl Wanted {
    /// What to add to a record that lacks it.
    fn mechanism(&self) -> Mechanism {
        match self {
            Self::Include(name) => format!("include:{name}"),
            Self::Server(host) if DnsName::parse(host).is_some() => format!("a:{host}"),
            Self::Nothing | Self::Server(_) | Self::NotYet => "mx".to_owned(),
        }
    }

    fn unless_in(&self, terms: &[String]) -> Option<Mechanism> {
        match self {
            Self::Include(_) | Self::Server(_) => {
                let mechanism = self.mechanism();
                let is_there = |term: &String| term.eq_ignore_ascii_case(&mechanism);
                (!terms.iter().any(is_there)).then_some(mechanism)
            }
            Self::Nothing | Self::NotYet => None,
        }
    }
}

fn wanted(setup: &SendingSetup, answers: &Answers) -> Wanted {
    match &setup.carrier {
        Carrier::Outbox => Wanted::NotYet,
        Carrier::SendGrid => match SendGridDomain::find(&setup.domain, answers) {
            Some(_) => Wanted::Nothing,
            None => Wanted::Include(SENDGRID),
        },
        Carrier::Server { host, .. } => {
            let known = PROVIDERS.iter().find(|(end, _)| host.ends_with(end));
            known.map_or_else(
                || Wanted::Server(host.clone()),
                |(_, name)| Wanted::Include(name),
            )
        }
    }
}

fn none(wanted: &Wanted) -> Verdict {
    match wanted {
        Wanted::Nothing => Verdict::Warning,
        Wanted::Include(_) | Wanted::Server(_) | Wanted::NotYet => Verdict::Missing,
    }
}

fn judged(
    finding: Finding,
    record: &SpfRecord,
    wanted: &Wanted,
    setup: &SendingSetup,
    answers: &Answers,
) -> (Finding, Option<Mechanism>) {
    let finding = ends(counted(finding, record, answers), record);
    match wanted {
        Wanted::NotYet => (finding.noting(Note::NothingLeaves), None),
        Wanted::Nothing => (finding.noting(Note::SpfByReturnPath), None),
        Wanted::Include(name) if includes(record, name, answers) => (finding, None),
        Wanted::Include(name) => {
            let finding = finding.but(Verdict::Missing, Note::SpfLacks((*name).to_owned()));
            (finding, Some(wanted.mechanism()))
        }
        Wanted::Server(_) if !record.allows_somebody() => {
            let finding = finding.but(Verdict::Missing, Note::SpfNobody);
            (finding, Some(wanted.mechanism()))
        }
        Wanted::Server(host) if names(record, host, setup, answers) => (finding, None),
        Wanted::Server(host) => (finding.noting(Note::SpfServer(host.clone())), None),
    }
}

/// Lookups of the record and of those it leads to directly; deeper ones only make it more.
fn counted(finding: Finding, record: &SpfRecord, answers: &Answers) -> Finding {
    let mut lookups = record.lookups();
    let mut is_whole = true;
    for name in record.leads_to() {
        match DnsName::parse(name).map(|name| only_record(&name, answers)) {
            Some(Some(below)) => lookups += below.lookups(),
            Some(None) | None => is_whole = false,
        }
    }
    let finding = if lookups > LOOKUPS_MAX {
        finding.but(Verdict::Missing, Note::SpfTooManyLookups(lookups))
    } else {
        finding.noting(Note::SpfLookups(lookups))
    };
    if is_whole {
        finding
    } else {
        finding.noting(Note::SpfLookupsUnknown)
    }
}

fn ends(finding: Finding, record: &SpfRecord) -> Finding {
    match record.all() {
        _ if ends_well(record) => finding,
        Some(_) => finding.but(Verdict::Warning, Note::SpfEverybody),
        None => finding.but(Verdict::Warning, Note::SpfOpenEnd),
    }
}

/// Whether strangers are refused in the end.
fn ends_well(record: &SpfRecord) -> bool {
    match record.all() {
        Some(qualifier) => qualifier != Qualifier::Pass,
        None => record.has_redirect(),
    }
}

/// Whether the record includes a name, itself or one record below.
fn includes(record: &SpfRecord, wanted: &str, answers: &Answers) -> bool {
    record.leads_to().any(|name| {
        let below = || {
            let record = only_record(&DnsName::parse(name)?, answers)?;
            Some(record.leads_to().any(|name| name == wanted))
        };
        name == wanted || below() == Some(true)
    })
}

/// Whether the record names the server by its name.
fn names(record: &SpfRecord, host: &str, setup: &SendingSetup, answers: &Answers) -> bool {
    let domain = setup.domain.as_str();
    let takes_mail = |name: &str| {
        let name = DnsName::parse(name);
        let servers = name.and_then(|name| answers.records(&name, RecordKind::Mx).ok());
        servers.is_some_and(|servers| {
            let ends = |server: &String| server.split(' ').next_back() == Some(host);
            servers.iter().any(ends)
        })
    };
    record.terms.iter().any(|term| match &term.kind {
        SpfKind::A(name) => name.as_deref().unwrap_or(domain) == host,
        SpfKind::Mx(name) => takes_mail(name.as_deref().unwrap_or(domain)),
        SpfKind::All(_)
        | SpfKind::Include(_)
        | SpfKind::OtherLookup
        | SpfKind::Address
        | SpfKind::Redirect(_)
        | SpfKind::Ignored => false,
    })
}

fn terms_of(text: &str) -> impl Iterator<Item = String> {
    let terms = text.trim().split(' ').skip(1);
    terms.filter(|term| !term.is_empty()).map(str::to_owned)
}

/// One record with all the terms, what they lack, and an end that refuses others.
fn mended(terms: &[String], lacks: Option<&Mechanism>) -> String {
    let qualifiers = ['+', '-', '~', '?'];
    let is_end = |term: &str| {
        let name = term.trim_start_matches(qualifiers);
        name.eq_ignore_ascii_case("all")
    };
    let refuses = |term: &String| is_end(term) && term.starts_with('-');
    let end = if terms.iter().any(refuses) {
        "-all"
    } else {
        "~all"
    };
    let mut words = vec!["v=spf1"];
    let kept = terms.iter().filter(|term| !is_end(term)).chain(lacks);
    for term in kept {
        if !words.contains(&term.as_str()) {
            words.push(term);
        }
    }
    words.push(end);
    words.join(" ")
}
