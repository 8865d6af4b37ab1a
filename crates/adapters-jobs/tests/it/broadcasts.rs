//! Broadcasts that wait for their time, and tests of two variants.

use std::collections::BTreeMap;

use adapters_jobs::{Sender, Stop, Turn, advance_broadcasts};
use domain::campaigns::{
    BroadcastStatus, BroadcastStore, Variant, schedule_broadcast, start_broadcast,
};
use domain::delivery::SendState;
use test_support::builders::delivery::test_of_subjects;
use test_support::builders::tenancy::at;

use crate::office::{Office, Post};

const HOUR: i64 = 3_600;

fn advance(office: &Office) -> Turn {
    advance_broadcasts(&office.ports, &Stop::default()).unwrap()
}

fn send_all(office: &Office, sender: &Sender) {
    while sender.turn(&office.ports, &Stop::default()).unwrap() == Turn::Worked {}
}

fn by_subject(post: &Post) -> BTreeMap<String, usize> {
    let mut subjects = BTreeMap::new();
    for mail in &*post.sent.lock().unwrap() {
        *subjects.entry(mail.subject.clone()).or_default() += 1;
    }
    subjects
}

#[test]
fn a_scheduled_broadcast_starts_at_its_time() {
    let (office, sender) = (Office::new(), Sender::default());
    let (tenant, id) = office.drafting(3, None);
    let post = office.post_of(tenant);
    schedule_broadcast(&office.start_ports(), tenant, id, at(HOUR), at(0)).unwrap();
    assert_eq!(advance(&office), Turn::Idle);
    office.wait(HOUR - 1);
    assert_eq!(advance(&office), Turn::Idle);
    office.wait(1);
    assert_eq!(advance(&office), Turn::Worked);
    assert_eq!(office.status(tenant, id), BroadcastStatus::Preparing);
    advance(&office);
    send_all(&office, &sender);
    assert_eq!(post.sent.lock().unwrap().len(), 3);
    let found = BroadcastStore::find(&*office.mail, tenant, id).unwrap();
    assert_eq!(found.unwrap().started_at, Some(at(HOUR)));
}

#[test]
fn what_was_taken_back_does_not_start() {
    let office = Office::new();
    let (tenant, id) = office.drafting(3, None);
    schedule_broadcast(&office.start_ports(), tenant, id, at(HOUR), at(0)).unwrap();
    let back = office
        .mail
        .change_status(tenant, id, BroadcastStatus::Draft, at(1));
    assert!(back.unwrap());
    office.wait(2 * HOUR);
    assert_eq!(advance(&office), Turn::Idle);
    assert_eq!(office.status(tenant, id), BroadcastStatus::Draft);
}

#[test]
fn a_test_goes_from_its_group_to_the_winner_for_everyone() {
    // B7
    let (office, sender) = (Office::new(), Sender::default());
    let (tenant, id) = office.drafting(120, Some(test_of_subjects()));
    let post = office.post_of(tenant);
    start_broadcast(&office.start_ports(), tenant, id, at(0)).unwrap();
    advance(&office);
    assert_eq!(office.status(tenant, id), BroadcastStatus::Testing);
    send_all(&office, &sender);
    let tested = by_subject(&post);
    let [a, b] = ["{{ name or \"お客\" }}様へ", "別の件名"].map(|subject| tested[subject]);
    assert_eq!(a + b, post.sent.lock().unwrap().len());
    assert!(a + b < 120 && a > 0 && b > 0, "{tested:?}");
    assert_eq!(advance(&office), Turn::Idle);
    let mails: Vec<_> = post.sent.lock().unwrap().clone();
    for mail in mails.iter().filter(|mail| mail.subject == "別の件名") {
        office.mail.read_by_person(tenant, mail.send, at(60));
    }
    office.wait(2 * HOUR);
    assert_eq!(advance(&office), Turn::Worked);
    assert_eq!(office.status(tenant, id), BroadcastStatus::Sending);
    send_all(&office, &sender);
    assert_eq!(by_subject(&post)["別の件名"], 120 - a);
    assert_eq!(office.in_state(tenant, id, SendState::Accepted), 120);
    advance(&office);
    assert_eq!(office.status(tenant, id), BroadcastStatus::Completed);
    let found = BroadcastStore::find(&*office.mail, tenant, id).unwrap();
    let outcome = found.unwrap().ab_outcome.unwrap();
    assert_eq!(outcome.winner, Variant::B);
    assert_eq!((outcome.a.sent as usize, outcome.b.sent as usize), (a, b));
}
