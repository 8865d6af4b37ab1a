//! From a started broadcast to a completed one.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use adapters_jobs::{Sender, Stop, Turn, Workers, advance_broadcasts, watch_sending, workers};
use chrono::NaiveTime;
use chrono_tz::Asia::Tokyo;
use domain::campaigns::{BroadcastStatus, WeekdayName};
use domain::delivery::{
    Alarm, DeliverySettings, Halt, HaltedBy, MOST_IN_FLIGHT, MailProvider, ProviderSettings,
    ReportEffect, ReportLog, Send, SendHistory, SendOutcome, SendState, SendWindow, SendingPolicy,
    Settlement, Wait, WarmUp,
};
use domain::ids::{BroadcastId, TenantId};
use domain::leads::AsOf;
use domain::tracking::MailRef;
use test_support::builders::delivery::sender_profile;
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
    let (tenant, id) = office.broadcasting(40);
    let (post, stop) = (office.post_of(tenant), Stop::default());
    *post.stop.lock().unwrap() = Some(stop.clone());
    advance(&office);
    sender.turn(&office.ports, &stop).unwrap();
    // One batch: half of what may be in flight.
    let begun = MOST_IN_FLIGHT as u64 / 2;
    assert_eq!(office.in_state(tenant, id, SendState::Accepted), begun);
    assert_eq!(
        office.in_state(tenant, id, SendState::RetryWait),
        40 - begun
    );
    send(&office, &sender);
    assert_eq!(office.in_state(tenant, id, SendState::Accepted), 40);
}

#[test]
fn no_more_calls_are_made_at_once_than_are_allowed() {
    // P6: how many mails may be in flight says how many are written down together.
    for (calls, most) in [(3, 3), (16, 16)] {
        let (office, sender) = (Office::new(), Sender::new(calls));
        let (tenant, _) = office.broadcasting(64);
        let post = office.post_of(tenant);
        *post.slowness.lock().unwrap() = Some(Duration::from_millis(20));
        advance(&office);
        send(&office, &sender);
        assert_eq!(post.sent.lock().unwrap().len(), 64);
        let seen = post.most_at_once.load(Ordering::SeqCst);
        assert!((2..=most).contains(&seen), "{seen} of at most {calls}");
    }
}

#[test]
fn nothing_goes_out_while_everything_is_stopped() {
    let (office, sender) = (Office::new(), Sender::default());
    let (tenant, id) = office.broadcasting(2);
    let post = office.post_of(tenant);
    advance(&office);
    let halt = Halt {
        at: at(0),
        by: HaltedBy::Staff,
    };
    assert!(office.mail.set_halt(tenant, Some(halt), at(0)).unwrap());
    assert_eq!(send(&office, &sender), Turn::Idle);
    assert_eq!(office.in_state(tenant, id, SendState::Queued), 2);
    assert!(office.mail.set_halt(tenant, None, at(0)).unwrap());
    send(&office, &sender);
    assert_eq!(post.sent.lock().unwrap().len(), 2);
}

#[test]
fn mail_waits_for_the_hours_in_which_it_may_go_out() {
    let (office, sender) = (Office::new(), Sender::default());
    let (tenant, _) = office.broadcasting(2);
    let post = office.post_of(tenant);
    advance(&office);
    // The tests begin at midnight in London, which is nine in the morning in Tokyo.
    let opens = NaiveTime::from_hms_opt(10, 0, 0).unwrap();
    let every_day = WeekdayName::ALL.into_iter().collect();
    let policy = SendingPolicy {
        window: Some(SendWindow::new(every_day, opens, NaiveTime::MIN).unwrap()),
        ..SendingPolicy::default()
    };
    office
        .mail
        .save_sending_policy(tenant, &policy, at(0))
        .unwrap();
    assert_eq!(send(&office, &sender), Turn::Idle);
    let now = (office.ports.clock)();
    let opens_at = policy.window.unwrap().next_open(now, Tokyo).unwrap();
    let wait = (opens_at - now).num_seconds();
    assert!(wait > 0, "{now}");
    office.wait(wait - 1);
    assert_eq!(send(&office, &sender), Turn::Idle);
    office.wait(1);
    send(&office, &sender);
    assert_eq!(post.sent.lock().unwrap().len(), 2);
}

#[test]
fn a_new_domain_sends_no_more_than_the_day_allows() {
    let (office, sender) = (Office::new(), Sender::default());
    let (tenant, _) = office.broadcasting(30);
    let post = office.post_of(tenant);
    advance(&office);
    let domain = sender_profile().from_address.unwrap().domain().to_owned();
    let policy = SendingPolicy {
        warm_up: Some(WarmUp {
            domain,
            started_on: at(0).with_timezone(&Tokyo).date_naive(),
            first_day: 8,
            growth_percent: 100,
        }),
        ..SendingPolicy::default()
    };
    office
        .mail
        .save_sending_policy(tenant, &policy, at(0))
        .unwrap();
    for expected in [8, 8 + 16, 30] {
        while send(&office, &sender) == Turn::Worked {}
        assert_eq!(post.sent.lock().unwrap().len(), expected);
        office.wait(24 * 3_600);
    }
}

/// A broadcast of 220 mails, of which 200 went out and so many came back.
fn after_bounces(count: usize, auto_pause: bool) -> (Office, TenantId, BroadcastId) {
    let (office, sender) = (Office::new(), Sender::default());
    let (tenant, id) = office.broadcasting(220);
    office.post_of(tenant);
    let slow = ProviderSettings {
        hourly_limit: Some(200),
        ..ProviderSettings::default()
    };
    office.mail.save_provider(tenant, &slow, at(0)).unwrap();
    let policy = SendingPolicy {
        auto_pause,
        ..SendingPolicy::default()
    };
    office
        .mail
        .save_sending_policy(tenant, &policy, at(0))
        .unwrap();
    advance(&office);
    while send(&office, &sender) == Turn::Worked {}
    let accepted = Some(SendState::Accepted);
    let sent = SendHistory::of_broadcast(&*office.mail, tenant, id, accepted, None, 300).unwrap();
    assert_eq!(sent.len(), 200);
    let bounces: Vec<_> = sent.iter().take(count).map(bounce).collect();
    office.mail.settle(tenant, &bounces).unwrap();
    assert_eq!(
        watch_sending(&office.ports, &Stop::default()).unwrap(),
        Turn::Idle
    );
    (office, tenant, id)
}

fn bounce(send: &Send) -> Settlement {
    Settlement {
        report: send.key.id.to_string(),
        send: Some(MailRef {
            send: send.key.id,
            lead: send.lead,
            queued_at: send.key.queued_at,
            source: send.source(),
            event: None,
        }),
        email: None,
        as_of: AsOf::new(at(9), Tokyo),
        effect: ReportEffect::Bounced {
            reason: "550".to_owned(),
        },
    }
}

#[test]
fn what_comes_back_stops_what_goes_out() {
    // B72
    let (office, tenant, id) = after_bounces(10, true);
    assert_eq!(office.status(tenant, id), BroadcastStatus::Sending);
    let (office, tenant, id) = after_bounces(11, true);
    assert_eq!(office.status(tenant, id), BroadcastStatus::Paused);
    let [line] = office.mail.audited(tenant).try_into().unwrap();
    assert_eq!(line.action, Alarm::PAUSED);
    assert_eq!(line.detail.as_deref(), Some("bounces 5.50%"));
    let (office, tenant, id) = after_bounces(100, false);
    assert_eq!(office.status(tenant, id), BroadcastStatus::Sending);
    assert_eq!(office.mail.audited(tenant), []);
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
