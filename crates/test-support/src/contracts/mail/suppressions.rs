//! Suppressions and soft bounces.

use domain::delivery::{ReportEffect, SuppressionPage, SuppressionReason};

use super::{MailPorts, ids};
use crate::builders::delivery::address;
use crate::builders::tenancy::at;

const DAY: i64 = 86_400;

/// See its name.
pub fn five_soft_bounces_stop_an_address_for_a_month(ports: &MailPorts<'_>) {
    let (full, leads) = (address("full@example.com"), [ports.lead("full")]);
    let soft_bounce = |report: &str, day: i64| {
        let effect = ReportEffect::SoftBounced {
            reason: "452 mailbox full".to_owned(),
            gave_up: false,
        };
        ports.settle(report, None, Some(full.clone()), effect, day * DAY);
    };
    for day in 0..4 {
        soft_bounce(&format!("event {day}"), day);
    }
    soft_bounce("event 3", 3);
    ports.sending(&leads);
    let claimed = ports.claim(4 * DAY).remove(0);
    soft_bounce("event 4", 4);
    let gate = ports.begin(&claimed, 4 * DAY + 1);
    let skipped =
        domain::delivery::DispatchGate::Skipped(domain::delivery::SkipReason::SoftBounces);
    assert_eq!(gate, skipped);
    ports.sending(&leads);
    assert_eq!(ids(&ports.claim(29 * DAY)), []);
    ports.sending(&leads);
    assert_eq!(ids(&ports.claim(31 * DAY)), leads);
}

/// See its name.
pub fn a_refusal_takes_the_place_of_a_bounce(ports: &MailPorts<'_>) {
    let email = address("a@example.com");
    let reason = || {
        let found = ports.suppressions.find(ports.tenant, &email).unwrap();
        found.map(|found| (found.reason, found.created_at))
    };
    assert_eq!(reason(), None);
    assert!(ports.stop("a", SuppressionReason::Bounced, 1));
    assert!(!ports.stop("a", SuppressionReason::Manual, 2));
    assert_eq!(reason(), Some((SuppressionReason::Bounced, at(1))));
    assert!(!ports.stop("a", SuppressionReason::Unsubscribed, 3));
    assert!(!ports.stop("a", SuppressionReason::Bounced, 4));
    assert!(!ports.stop("a", SuppressionReason::Complained, 5));
    assert_eq!(reason(), Some((SuppressionReason::Unsubscribed, at(3))));
}

/// See its name.
pub fn a_lifted_address_gets_mail_again(ports: &MailPorts<'_>) {
    let (email, leads) = (address("a@example.com"), [ports.lead("a")]);
    ports.stop("a", SuppressionReason::Manual, 1);
    let lifted = ports.suppressions.lift(ports.tenant, &email).unwrap();
    assert_eq!(lifted.unwrap().reason, SuppressionReason::Manual);
    assert_eq!(ports.suppressions.lift(ports.tenant, &email).unwrap(), None);
    ports.sending(&leads);
    assert_eq!(ids(&ports.claim(2)), leads);
}

/// See its name.
pub fn suppressions_are_listed_page_by_page(ports: &MailPorts<'_>) {
    for (second, name) in ["sato", "tanaka", "satomi"].into_iter().enumerate() {
        ports.stop(name, SuppressionReason::Bounced, second as i64);
    }
    let listed = |q: Option<&str>, offset, limit| {
        let page = SuppressionPage {
            q: q.map(str::to_owned),
            offset,
            limit,
        };
        let found = ports.suppressions.list(ports.tenant, &page).unwrap();
        let names = found.into_iter().map(|found| found.email.to_string());
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(listed(None, 0, 2), "satomi@example.com tanaka@example.com");
    assert_eq!(listed(None, 2, 2), "sato@example.com");
    assert_eq!(
        listed(Some(" SATO"), 0, 9),
        "satomi@example.com sato@example.com"
    );
    assert_eq!(listed(Some("%"), 0, 9), "");
}
