//! From what DNS answers to a verdict for each topic.

mod dkim;
mod dmarc;
mod mx;
mod return_path;
mod spf;

pub(super) use dkim::dkim;
pub(super) use dmarc::{dmarc, policy};
pub(super) use mx::mx;
pub(super) use return_path::return_path;
pub(super) use spf::{included, spf};

use super::dns::{Answers, DnsName, RecordKind};

/// The part of the names at which SendGrid's two keys stand.
pub(super) const SENDGRID_SELECTORS: [&str; 2] = ["s1._domainkey", "s2._domainkey"];

/// The domain at which SendGrid's domain authentication is published, and where its CNAMEs lead:
/// the sending domain or one above it.
struct SendGridDomain {
    domain: DnsName,
    /// For each of [`SENDGRID_SELECTORS`]; `None`: not published.
    targets: [Option<String>; 2],
}

impl SendGridDomain {
    /// `None` where none of the names has a CNAME.
    fn find(domain: &DnsName, answers: &Answers) -> Option<Self> {
        domain.upwards().into_iter().find_map(|domain| {
            let targets = SENDGRID_SELECTORS.map(|selector| {
                let name = domain.with(selector)?;
                let records = answers.records(&name, RecordKind::Cname).ok()?;
                records.first().cloned()
            });
            let is_there = targets.iter().any(Option::is_some);
            is_there.then_some(Self { domain, targets })
        })
    }

    /// The part of a target that names the account, as in `u123.wl456.sendgrid.net`.
    fn account(&self) -> Option<&str> {
        let accounts = self.targets.iter().flatten().filter_map(|target| {
            let account = target.split_once(".domainkey.")?.1;
            leads_to_sendgrid(target).then_some(account)
        });
        accounts.into_iter().next()
    }
}

fn leads_to_sendgrid(target: &str) -> bool {
    target.ends_with(".sendgrid.net")
}
