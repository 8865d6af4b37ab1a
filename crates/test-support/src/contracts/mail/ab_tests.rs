//! Tests of two variants.

use chrono::TimeDelta;
use domain::campaigns::{
    AbMetric, AbOutcome, BroadcastStatus as Status, Release, TestStanding, Variant, VariantFigures,
};
use domain::delivery::{NewSend, SendRecord, SendState};
use domain::ids::{BroadcastId, ContentId, LeadId, TemplateId};

use super::{MailPorts, accepted_as, ids};
use crate::builders::delivery::broadcast_send;
use crate::builders::tenancy::at;

const WAIT: TimeDelta = TimeDelta::hours(2);

impl MailPorts<'_> {
    /// A broadcast that tests: `a` and `b` get their variants, `rest` waits.
    fn testing(&self, a: LeadId, b: LeadId, rest: &[LeadId]) -> BroadcastId {
        let id = self.preparing();
        let of_group = |lead, variant| NewSend {
            variant: Some(variant),
            ..broadcast_send(id, at(0), lead)
        };
        let waiting = |lead: &LeadId| NewSend {
            due_at: None,
            ..broadcast_send(id, at(0), *lead)
        };
        let mut sends = vec![of_group(a, Variant::A), of_group(b, Variant::B)];
        sends.extend(rest.iter().map(waiting));
        sends.sort_by_key(|send| send.cause.lead());
        let queued = self.work.queue_sends(self.tenant, id, None, &sends, at(0));
        assert!(queued.unwrap());
        assert!(self.tests.begin_test(self.tenant, id, at(100)).unwrap());
        id
    }

    fn standing(&self, id: BroadcastId) -> TestStanding {
        self.tests.standing(self.tenant, id, WAIT).unwrap()
    }

    fn decide(&self, id: BroadcastId, winner: Variant) -> bool {
        let standing = self.standing(id);
        let outcome = AbOutcome::of(&standing, AbMetric::Clicks, Some(winner), at(200));
        self.tests.keep_outcome(self.tenant, id, &outcome).unwrap()
    }

    fn release(&self, id: BroadcastId, release: &Release, limit: u32) -> bool {
        let released = self.tests.release(self.tenant, id, release, limit, at(200));
        released.unwrap()
    }

    fn ab_decides(&self, id: BroadcastId) -> Option<chrono::DateTime<chrono::Utc>> {
        let found = self.broadcasts.find(self.tenant, id).unwrap();
        found.unwrap().ab_decides_at
    }
}

fn release() -> Release {
    Release {
        content: ContentId::new(),
        template: TemplateId::new(),
        due_at: at(300),
    }
}

/// See its name.
pub fn a_test_sends_to_its_group_and_the_winner_to_the_rest(ports: &MailPorts<'_>) {
    // B7
    let [a, b, waiting] = ["a", "b", "waiting"].map(|name| ports.lead(name));
    let id = ports.testing(a, b, &[waiting]);
    assert_eq!(ports.status(id), Status::Testing);
    assert_eq!(ports.ab_decides(id), Some(at(100)));
    assert!(!ports.work.finish_preparing(ports.tenant, id).unwrap());
    let untried = TestStanding {
        untried: 2,
        ..TestStanding::default()
    };
    assert_eq!(ports.standing(id), untried);
    let group = ports.claim(1_000);
    assert_eq!(ids(&group), [a, b]);
    for send in &group {
        ports.begin(send, 1_000);
        let name = send.lead.to_string();
        ports.record(send, &accepted_as(&name), 1_001);
    }
    let one_each = VariantFigures {
        sent: 1,
        ..VariantFigures::default()
    };
    let standing = ports.standing(id);
    assert_eq!((standing.a, standing.b), (one_each, one_each));
    assert_eq!(
        (standing.untried, standing.last_sent_at),
        (0, Some(at(1_001)))
    );
    assert!(!ports.release(id, &release(), 9), "there is no winner yet");
    assert!(ports.decide(id, Variant::B));
    let release = release();
    assert!(!ports.release(id, &release, 9), "nobody waits any more");
    assert_eq!(ports.status(id), Status::Sending);
    assert_eq!(ports.claim(299), [], "its time has not come");
    let rest = ports.claim(300);
    assert_eq!(ids(&rest), [waiting]);
    assert_eq!(
        (rest[0].content, rest[0].template),
        (release.content, Some(release.template))
    );
}

/// See its name.
pub fn mails_that_were_put_off_are_still_to_come(ports: &MailPorts<'_>) {
    let [a, b] = ["a", "b"].map(|name| ports.lead(name));
    let id = ports.testing(a, b, &[]);
    // A try that the provider refuses for a while does not count (429); one that fails does.
    for (send, attempts) in ports.claim(1_000).iter().zip([0, 1]) {
        ports.begin(send, 1_000);
        let again = SendRecord::RetryAt {
            at: at(2_000),
            reason: "later".to_owned(),
            attempts,
        };
        ports.record(send, &again, 1_001);
    }
    let put_off = TestStanding {
        untried: 1,
        put_off: 1,
        ..TestStanding::default()
    };
    assert_eq!(ports.standing(id), put_off);
    for send in ports.claim(2_000) {
        ports.begin(&send, 2_000);
        ports.record(&send, &accepted_as(&send.lead.to_string()), 2_001);
    }
    let standing = ports.standing(id);
    assert_eq!((standing.untried, standing.put_off), (0, 0));
    assert_eq!(standing.last_sent_at, Some(at(2_001)));
}

/// See its name.
pub fn a_test_ends_when_the_last_has_the_winner(ports: &MailPorts<'_>) {
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| ports.lead(name));
    let id = ports.testing(a, b, &[c, d]);
    ports.claim(1);
    ports.decide(id, Variant::A);
    let found = ports.broadcasts.find(ports.tenant, id).unwrap().unwrap();
    assert_eq!(found.ab_outcome.map(|it| it.winner), Some(Variant::A));
    assert!(ports.release(id, &release(), 1));
    assert_eq!(ports.claim(300).len(), 1);
    assert!(ports.release(id, &release(), 1));
    assert_eq!(ports.status(id), Status::Testing);
    assert!(!ports.release(id, &release(), 1));
    assert_eq!(ports.status(id), Status::Sending);
    assert_eq!(ports.claim(300).len(), 1);
}

/// See its name.
pub fn a_winner_is_found_once(ports: &MailPorts<'_>) {
    let [a, b] = ["a", "b"].map(|name| ports.lead(name));
    let id = ports.testing(a, b, &[]);
    let postpone = |tenant, seconds| {
        let postponed = ports.tests.postpone_decision(tenant, id, at(seconds));
        postponed.unwrap()
    };
    assert!(!postpone(ports.other_tenant, 150));
    assert!(postpone(ports.tenant, 150));
    assert_eq!(ports.ab_decides(id), Some(at(150)));
    assert!(ports.decide(id, Variant::B));
    assert!(!ports.decide(id, Variant::A));
    assert!(!postpone(ports.tenant, 160));
    let found = ports.broadcasts.find(ports.tenant, id).unwrap().unwrap();
    assert_eq!(found.ab_outcome.map(|it| it.winner), Some(Variant::B));
    let elsewhere = ports.tests.standing(ports.other_tenant, id, WAIT).unwrap();
    assert_eq!(elsewhere, TestStanding::default());
}

/// See its name.
pub fn a_paused_test_goes_on_as_a_test(ports: &MailPorts<'_>) {
    let [a, b, c] = ["a", "b", "c"].map(|name| ports.lead(name));
    let id = ports.testing(a, b, &[c]);
    assert!(ports.change(id, Status::Paused));
    assert_eq!(ports.claim(1), []);
    assert!(!ports.decide(id, Variant::A));
    assert!(ports.change(id, Status::Testing));
    assert_eq!(ids(&ports.claim(1)), [a, b]);
    assert!(ports.decide(id, Variant::A));
    let complete = || {
        let completed = ports.work.complete_if_done(ports.tenant, id, at(9));
        completed.unwrap()
    };
    assert!(!complete(), "somebody waits");
}

/// See its name.
pub fn a_test_that_is_cancelled_sends_to_nobody_else(ports: &MailPorts<'_>) {
    let [a, b, c] = ["a", "b", "c"].map(|name| ports.lead(name));
    let id = ports.testing(a, b, &[c]);
    let claimed = ports.claim(1);
    assert_eq!(claimed.len(), 2);
    assert!(ports.change(id, Status::Cancelled));
    assert_eq!(ports.in_state(id, SendState::Skipped), 1);
    assert!(!ports.release(id, &release(), 9));
    assert_eq!(ports.claim(999), []);
}
