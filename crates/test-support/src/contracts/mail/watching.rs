//! What comes back stops what goes out.

use domain::campaigns::BroadcastStatus;
use domain::delivery::{Alarm, RaisedAlarm};
use domain::ids::BroadcastId;
use domain::tenancy::{Actor, AuditEntry, AuditTarget};
use domain::tracking::MailSource;

use super::{MailPorts, as_of};
use crate::builders::tenancy::at;

impl MailPorts<'_> {
    fn watched(&self) -> Vec<(MailSource, u64)> {
        let watched = self.watch.watched(self.tenant, as_of(0).today).unwrap();
        watched
            .into_iter()
            .map(|(source, counts)| (source, counts.sends))
            .collect()
    }

    fn alarm(&self, id: BroadcastId, seconds: i64) -> bool {
        let source = MailSource::Broadcast(id);
        let target = AuditTarget::one("broadcast", id);
        let entry = AuditEntry::new(Actor::system("watch"), Alarm::PAUSED, target, at(seconds));
        let paused = self
            .watch
            .pause(self.tenant, source, Alarm::Bounces, &entry);
        paused.unwrap()
    }
}

/// See its name.
pub fn an_alarm_pauses_a_broadcast_until_somebody_resumes_it(ports: &MailPorts<'_>) {
    let MailSource::Broadcast(id) = ports.accepted("a").source else {
        panic!("it is a broadcast's");
    };
    let source = MailSource::Broadcast(id);
    assert_eq!(ports.watched(), [(source, 1)]);
    assert!(ports.alarm(id, 60));
    assert!(!ports.alarm(id, 61), "it stands still already");
    assert_eq!(ports.status(id), BroadcastStatus::Paused);
    assert_eq!(ports.watched(), []);
    let raised = RaisedAlarm {
        source,
        name: "春の案内".to_owned(),
        alarm: Alarm::Bounces,
        at: at(60),
    };
    assert_eq!(ports.watch.raised(ports.tenant).unwrap(), [raised]);
    assert_eq!(ports.watch.raised(ports.other_tenant).unwrap(), []);

    assert!(ports.change(id, BroadcastStatus::Sending));
    assert_eq!(ports.watch.raised(ports.tenant).unwrap(), []);
    assert_eq!(ports.watched(), [], "a person knows better");
    assert!(!ports.alarm(id, 62));
}
