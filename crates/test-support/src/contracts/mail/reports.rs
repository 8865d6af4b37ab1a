//! Reports of providers.

use domain::delivery::{
    ClaimedSend, DeliveryReport, ReportEffect, ReportedEvent, SendState, Settlement,
    SuppressionReason,
};
use domain::ids::SendId;
use domain::leads::EmailAddress;
use domain::tracking::MailRef;

use super::{MailPorts, as_of, minutes};
use crate::builders::delivery::address;
use crate::builders::tenancy::at;

impl MailPorts<'_> {
    pub(super) fn settle(
        &self,
        report: &str,
        send: Option<MailRef>,
        email: Option<EmailAddress>,
        effect: ReportEffect,
        seconds: i64,
    ) {
        let settlement = Settlement {
            report: report.to_owned(),
            send,
            email,
            as_of: as_of(seconds),
            effect,
        };
        self.reports.settle(self.tenant, &[settlement]).unwrap();
    }

    fn reported(&self, claimed: &ClaimedSend, effect: ReportEffect, seconds: i64) {
        let report = format!("{seconds}");
        self.settle(&report, Some(claimed.mail()), None, effect, seconds);
    }

    fn stopped_for(&self, name: &str) -> Option<SuppressionReason> {
        let email = address(&format!("{name}@example.com"));
        let found = self.suppressions.find(self.tenant, &email).unwrap();
        found.map(|found| found.reason)
    }
}

fn bounced() -> ReportEffect {
    ReportEffect::Bounced {
        reason: "550 gone".to_owned(),
    }
}

/// See its name.
pub fn reports_settle_a_send_in_any_order(ports: &MailPorts<'_>) {
    let early = ports.accepted("early");
    ports.reported(&early, ReportEffect::Taken, 10);
    assert_eq!(ports.send(&early).state, SendState::Accepted);
    ports.reported(&early, ReportEffect::Delivered, 11);
    assert_eq!(ports.send(&early).state, SendState::Delivered);
    ports.reported(&early, ReportEffect::Taken, 12);
    assert_eq!(ports.send(&early).state, SendState::Delivered);
    ports.reported(&early, bounced(), 13);
    let send = ports.send(&early);
    assert_eq!(send.state, SendState::Bounced);
    assert_eq!(send.state_reason.as_deref(), Some("550 gone"));
    assert_eq!(
        (send.delivered_at, send.bounced_at),
        (Some(at(11)), Some(at(13)))
    );
    ports.reported(&early, ReportEffect::Complained, 14);
    assert_eq!(ports.send(&early).state, SendState::Complained);

    let late = ports.accepted("late");
    ports.reported(&late, ReportEffect::Complained, 20);
    ports.reported(&late, bounced(), 21);
    ports.reported(&late, ReportEffect::Delivered, 19);
    let send = ports.send(&late);
    assert_eq!(
        (send.state, send.delivered_at),
        (SendState::Complained, Some(at(19)))
    );
}

/// See its name.
pub fn a_report_is_found_by_either_id(ports: &MailPorts<'_>) {
    // A23
    let claimed = ports.accepted("a");
    let report = |send, message: Option<&str>| DeliveryReport {
        id: "event".to_owned(),
        occurred_at: at(9),
        event: ReportedEvent::Delivered,
        send,
        tenant: None,
        provider_message_id: message.map(str::to_owned),
        email: None,
    };
    let found = ports.reports.resolve(
        ports.tenant,
        &[
            report(Some(claimed.key.id), None),
            report(None, Some("message-a")),
            report(Some(SendId::new()), Some("message-a")),
            report(Some(SendId::new()), Some("message-b")),
            report(None, None),
        ],
    );
    let ours = Some(claimed.mail());
    assert_eq!(
        found.unwrap(),
        [ours.clone(), ours.clone(), ours, None, None]
    );
    let elsewhere = ports.reports.resolve(
        ports.other_tenant,
        &[report(Some(claimed.key.id), Some("message-a"))],
    );
    assert_eq!(elsewhere.unwrap(), [None]);
}

/// See its name.
pub fn a_repeated_report_changes_nothing(ports: &MailPorts<'_>) {
    let claimed = ports.accepted("a");
    for effect in [ReportEffect::Delivered, bounced(), ReportEffect::Complained] {
        ports.reported(&claimed, effect, 10);
    }
    let once = ports.send(&claimed);
    for effect in [ReportEffect::Delivered, bounced(), ReportEffect::Complained] {
        ports.reported(&claimed, effect, 10);
    }
    assert_eq!(ports.send(&claimed), once);
}

/// See its name.
pub fn reports_stop_addresses(ports: &MailPorts<'_>) {
    // A44
    let dropped = |stops| ReportEffect::Dropped {
        reason: "dropped".to_owned(),
        stops,
    };
    for (name, effect, reason) in [
        ("bounced", bounced(), Some(SuppressionReason::Bounced)),
        (
            "complained",
            ReportEffect::Complained,
            Some(SuppressionReason::Complained),
        ),
        (
            "refused",
            ReportEffect::Unsubscribed,
            Some(SuppressionReason::Unsubscribed),
        ),
        (
            "dropped",
            dropped(Some(SuppressionReason::Bounced)),
            Some(SuppressionReason::Bounced),
        ),
        ("quota", dropped(None), None),
        ("delivered", ReportEffect::Delivered, None),
    ] {
        let claimed = ports.accepted(name);
        ports.reported(&claimed, effect, 10);
        assert_eq!(ports.stopped_for(name), reason, "{name}");
    }
    // A report of a mail that is not ours any more still says that the address is dead.
    let unknown = Some(address("unknown@example.com"));
    ports.settle("event", None, unknown, bounced(), 10);
    assert_eq!(
        ports.stopped_for("unknown"),
        Some(SuppressionReason::Bounced)
    );
}

/// See its name.
pub fn a_report_settles_an_unknown_send(ports: &MailPorts<'_>) {
    ports.sending(&[ports.lead("a"), ports.lead("b")]);
    let claimed = ports.claim(0);
    for send in &claimed {
        ports.begin(send, 1);
    }
    ports.log.recover_expired(ports.tenant, minutes(6)).unwrap();
    ports.reported(&claimed[0], ReportEffect::Taken, 400);
    ports.reported(&claimed[1], ReportEffect::Delivered, 401);
    let [a, b] = [&claimed[0], &claimed[1]].map(|claimed| ports.send(claimed));
    assert_eq!(
        (a.state, a.accepted_at),
        (SendState::Accepted, Some(at(400)))
    );
    assert_eq!(
        (b.state, b.accepted_at),
        (SendState::Delivered, Some(at(401)))
    );
}
