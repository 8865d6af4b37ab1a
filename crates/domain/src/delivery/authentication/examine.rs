//! Looking a sending domain up.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::dns::{Answers, DnsLookup, DnsName, Question, RecordKind};
use super::finding::Authentication;
use super::judge::{self, SENDGRID_SELECTORS};
use super::setup::{Carrier, SendingSetup};

/// How long the first questions, and those that follow from their answers, may take: five seconds
/// in all.
const FIRST: Duration = Duration::from_secs(3);
const SECOND: Duration = Duration::from_secs(2);

/// Looks up what receivers look up, in five seconds at most, and says what is missing. Only names of
/// the setup itself are asked, and those that its SPF record includes.
pub fn examine(setup: &SendingSetup, dns: &dyn DnsLookup, now: DateTime<Utc>) -> Authentication {
    let mut answers = Answers::default();
    answers.ask(dns, first_questions(setup), FIRST);
    let included = judge::included(&setup.domain, &answers);
    answers.ask(dns, of_kind(included, RecordKind::Txt), SECOND);
    let policy = judge::policy(&setup.domain, &answers);
    Authentication {
        domain: setup.domain.clone(),
        findings: vec![
            judge::spf(setup, &answers),
            judge::dkim(setup, &policy, &answers),
            judge::dmarc(setup, &policy),
            judge::return_path(setup, &answers),
            judge::mx(setup, &answers),
        ],
        checked_at: now,
    }
}

fn of_kind(names: impl IntoIterator<Item = DnsName>, kind: RecordKind) -> Vec<Question> {
    let question = |name| Question { name, kind };
    names.into_iter().map(question).collect()
}

fn first_questions(setup: &SendingSetup) -> Vec<Question> {
    let domain = &setup.domain;
    let above = domain.upwards();
    let mut texts = vec![domain.clone()];
    texts.extend(above.iter().filter_map(|name| name.with("_dmarc")));
    let mut aliases = Vec::new();
    match &setup.carrier {
        Carrier::Outbox => {}
        Carrier::Server { dkim, .. } => texts.extend(dkim.iter().map(|dkim| dkim.name.clone())),
        Carrier::SendGrid => {
            let keys = SENDGRID_SELECTORS.map(|selector| {
                let names = above.iter().filter_map(move |name| name.with(selector));
                names.collect::<Vec<_>>()
            });
            texts.extend(keys[0].clone());
            aliases.extend(keys.into_iter().flatten());
        }
    }
    [
        of_kind(texts, RecordKind::Txt),
        of_kind(aliases, RecordKind::Cname),
        of_kind([domain.clone()], RecordKind::Mx),
    ]
    .concat()
}
