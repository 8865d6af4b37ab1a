//! How mail arrives.

use domain::analytics::DomainDelivery;
use domain::delivery::{DispatchGate, ReportEffect};
use domain::leads::LeadDraft;

use super::{MailPorts, accepted_as};
use crate::builders::delivery::address;
use crate::builders::tenancy::at;

/// See its name.
pub fn mail_is_counted_by_receiving_domain(ports: &MailPorts<'_>) {
    let read = ports.accepted("read");
    let back = ports.accepted("back");
    let spam = ports.accepted("spam");
    let reports = [
        (&read, ReportEffect::Delivered),
        (&spam, ReportEffect::Delivered),
        (&spam, ReportEffect::Complained),
        (
            &back,
            ReportEffect::Bounced {
                reason: "550 gone".to_owned(),
            },
        ),
    ];
    for (index, (claimed, effect)) in reports.into_iter().enumerate() {
        let mail = Some(claimed.mail());
        ports.settle(&format!("report {index}"), mail, None, effect, 10);
    }
    (ports.machine)(ports.tenant, &read.mail());
    let draft = LeadDraft::new(address("sato@school.example"));
    let elsewhere = ports.leads.create(ports.tenant, draft, at(0)).unwrap();
    ports.sending(&[elsewhere.id]);
    let claimed = ports.claim(11).remove(0);
    assert_eq!(ports.begin(&claimed, 12), DispatchGate::Go);
    assert!(ports.record(&claimed, &accepted_as("elsewhere"), 13));
    // Waiting mail is not counted.
    ports.sending(&[ports.lead("waiting")]);

    let here = DomainDelivery {
        domain: "example.com".to_owned(),
        sends: 3,
        delivered: 2,
        bounces: 1,
        complaints: 1,
        clicked: 0,
        scanned: 1,
        machine_opened: 1,
    };
    let there = DomainDelivery {
        domain: "school.example".to_owned(),
        sends: 1,
        ..DomainDelivery::default()
    };
    let counted = |tenant, seconds, limit| {
        let counted = ports.deliverability.by_domain(tenant, at(seconds), limit);
        counted.unwrap()
    };
    assert_eq!(counted(ports.tenant, 0, 9), [here.clone(), there]);
    assert_eq!(counted(ports.tenant, 0, 1), [here]);
    assert_eq!(counted(ports.tenant, 1, 9), [], "queued before that time");
    assert_eq!(counted(ports.other_tenant, 0, 9), []);
}
