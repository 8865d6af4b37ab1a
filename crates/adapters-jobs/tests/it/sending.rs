//! From a started broadcast to a completed one.

use std::time::{Duration, Instant};

use adapters_jobs::{Sender, Stop, Turn, Workers, advance_broadcasts, workers};
use domain::campaigns::BroadcastStatus;
use domain::delivery::{
    DeliverySettings, MailProvider, ProviderSettings, SendOutcome, SendState, Wait,
};
use test_support::builders::tenancy::at;

use crate::office::Office;

fn advance(office: &Office) -> Turn {
    advance_broadcasts(&office.ports, &Stop::default()).unwrap()
}

fn send(office: &Office, sender: &Sender) -> Turn {
    sender.turn(&office.ports, &Stop::default()).unwrap()
}

#[test]
fn a_broadcast_goes_from_started_to_completed() {
    let (office, sender) = (Office::new(), Sender::default());
    let (tenant, id) = office.broadcasting(120);
    let post = office.post_of(tenant);
    assert_eq!(send(&office, &sender), Turn::Idle);
    assert_eq!(advance(&office), Turn::Worked);
    assert_eq!(office.status(tenant, id), BroadcastStatus::Sending);
    while send(&office, &sender) == Turn::Worked {}
    assert_eq!(post.sent.lock().unwrap().len(), 120);
    assert_eq!(office.in_state(tenant, id, SendState::Accepted), 120);
    assert_eq!(advance(&office), Turn::Worked);
    assert_eq!(office.status(tenant, id), BroadcastStatus::Completed);
    assert_eq!(advance(&office), Turn::Idle);
}

#[test]
fn a_tenant_without_a_provider_does_not_hold_up_the_others() {
    let (office, sender) = (Office::new(), Sender::default());
    let (unready, waiting) = office.broadcasting(2);
    let (ready, _) = office.broadcasting(2);
    let post = office.post_of(ready);
    advance(&office);
    send(&office, &sender);
    assert_eq!(post.sent.lock().unwrap().len(), 2);
    assert_eq!(office.in_state(unready, waiting, SendState::Queued), 2);

    office.post_of(unready);
    office.wait(301);
    send(&office, &sender);
    assert_eq!(office.in_state(unready, waiting, SendState::Accepted), 2);
}

#[test]
fn refused_credentials_pause_the_tenant_and_fail_no_mail() {
    let (office, sender) = (Office::new(), Sender::default());
    let (tenant, id) = office.broadcasting(10);
    let post = office.post_of(tenant);
    *post.answer.lock().unwrap() = Some(SendOutcome::ProviderRefused {
        reason: "401".to_owned(),
    });
    advance(&office);
    send(&office, &sender);
    assert_eq!(office.in_state(tenant, id, SendState::RetryWait), 10);
    office.wait(200);
    assert_eq!(send(&office, &sender), Turn::Idle);

    *post.answer.lock().unwrap() = None;
    office.wait(101);
    send(&office, &sender);
    assert_eq!(office.in_state(tenant, id, SendState::Accepted), 10);
}

#[test]
fn a_stated_wait_is_kept_for_the_whole_tenant() {
    let (office, sender) = (Office::new(), Sender::default());
    let (tenant, id) = office.broadcasting(10);
    let post = office.post_of(tenant);
    *post.answer.lock().unwrap() = Some(SendOutcome::Deferred {
        reason: "429".to_owned(),
        wait: Wait::Stated(Duration::from_secs(30)),
    });
    advance(&office);
    send(&office, &sender);
    *post.answer.lock().unwrap() = None;
    assert_eq!(send(&office, &sender), Turn::Idle);
    assert_eq!(office.in_state(tenant, id, SendState::RetryWait), 10);
    office.wait(31);
    send(&office, &sender);
    assert_eq!(office.in_state(tenant, id, SendState::Accepted), 10);
}

#[test]
fn no_more_mails_go_out_in_an_hour_than_are_allowed() {
    // B71
    let (office, sender) = (Office::new(), Sender::default());
    let (tenant, _) = office.broadcasting(120);
    let post = office.post_of(tenant);
    let slow = ProviderSettings {
        provider: MailProvider::Outbox,
        hourly_limit: Some(70),
        ..ProviderSettings::default()
    };
    office.mail.save_provider(tenant, &slow, at(0)).unwrap();
    advance(&office);
    for expected in [70, 120] {
        while send(&office, &sender) == Turn::Worked {}
        assert_eq!(post.sent.lock().unwrap().len(), expected);
        office.wait(3_601);
    }
}

#[test]
fn a_mail_carries_the_hidden_link_only_where_it_is_turned_on() {
    // H3
    for honeypot in [false, true] {
        let (office, sender) = (Office::new(), Sender::default());
        let (tenant, _) = office.broadcasting(1);
        let post = office.post_of(tenant);
        let settings = ProviderSettings {
            honeypot,
            ..ProviderSettings::default()
        };
        office.mail.save_provider(tenant, &settings, at(0)).unwrap();
        advance(&office);
        send(&office, &sender);
        let sent = post.sent.lock().unwrap();
        let hidden = sent[0].html.matches("aria-hidden=\"true\"").count();
        assert_eq!((sent.len(), hidden), (1, usize::from(honeypot)));
    }
}

#[test]
fn a_worker_that_is_stopped_gives_back_what_it_has_not_begun() {
    let (office, sender) = (Office::new(), Sender::default());
    let (tenant, id) = office.broadcasting(5);
    let (post, stop) = (office.post_of(tenant), Stop::default());
    *post.stop.lock().unwrap() = Some(stop.clone());
    advance(&office);
    sender.turn(&office.ports, &stop).unwrap();
    assert_eq!(office.in_state(tenant, id, SendState::Accepted), 1);
    assert_eq!(office.in_state(tenant, id, SendState::RetryWait), 4);
    send(&office, &sender);
    assert_eq!(office.in_state(tenant, id, SendState::Accepted), 5);
}

#[test]
fn running_workers_carry_a_broadcast_through() {
    let office = Office::new();
    let (tenant, id) = office.broadcasting(30);
    let post = office.post_of(tenant);
    let running = Workers::start(workers(&office.ports, 3)).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while office.status(tenant, id) != BroadcastStatus::Completed && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    running.stop();
    assert_eq!(office.status(tenant, id), BroadcastStatus::Completed);
    assert_eq!(post.sent.lock().unwrap().len(), 30);
}
