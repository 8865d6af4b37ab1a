//! Tests of two variants, from the draft to the last mail.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Asia::Tokyo;
use domain::campaigns::{
    AbDifference, AbTest, AbTests, BroadcastStatus, BroadcastStore, BroadcastWork, DecidedBy,
    StartRefused, Variant, choose_winner, conduct_test,
};
use domain::content::TemplateStore;
use domain::delivery::{
    ClaimTerms, ClaimedSend, DispatchGate, DispatchNote, MailContents, ProviderKind, Send,
    SendHistory, SendLog, SendRecord,
};
use domain::ids::{BroadcastId, ContentId, TemplateId};
use domain::leads::AsOf;
use domain::tracking::MailSource;
use test_support::builders::delivery::{renderer, template_draft, test_of_subjects};
use test_support::builders::tenancy::at;

use super::Desk;

const HOUR: i64 = 3_600;

impl Desk {
    /// A broadcast to so many leads whose test has begun.
    fn testing(&self, test: AbTest, leads: usize) -> BroadcastId {
        for number in 0..leads {
            self.lead(&format!("lead{number}"));
        }
        let id = self.draft_testing(Some(test));
        self.complete_sender();
        self.start(id, &renderer()).unwrap();
        let mut broadcast = self.broadcast(id);
        while self.prepare(&mut broadcast) {}
        id
    }

    fn sends(&self, id: BroadcastId) -> Vec<Send> {
        let sends = self.mail.of_broadcast(self.tenant, id, None, None, 10_000);
        sends.unwrap()
    }

    /// Sends what is due, and returns how many mails each content had.
    fn send_due(&self, now: DateTime<Utc>) -> BTreeMap<ContentId, usize> {
        let (log, lease): (&dyn SendLog, _) = (&self.mail, TimeDelta::minutes(5));
        let terms = ClaimTerms::new(10_000, lease, now);
        let claimed = log.claim_due(self.tenant, &terms).unwrap();
        let note = |send: &ClaimedSend| DispatchNote {
            send: send.key,
            provider: ProviderKind::Outbox,
            subject: "件名".to_owned(),
            content_hash: [0; 32],
            tracked: true,
        };
        let notes: Vec<_> = claimed.iter().map(note).collect();
        let gates = log.begin_dispatch(self.tenant, &notes, lease, now).unwrap();
        assert!(gates.iter().all(|gate| *gate == DispatchGate::Go));
        let record = |send: &ClaimedSend| {
            let accepted = SendRecord::Accepted {
                provider_message_id: send.key.id.to_string(),
            };
            (send.key, accepted)
        };
        let records: Vec<_> = claimed.iter().map(record).collect();
        let as_of = AsOf::new(now, Tokyo);
        log.record(self.tenant, &records, as_of).unwrap();
        let mut sent = BTreeMap::new();
        for send in claimed {
            *sent.entry(send.content).or_default() += 1;
        }
        sent
    }

    /// Lets the workers look at the test as long as they have something to do.
    fn conduct(&self, id: BroadcastId, now: DateTime<Utc>) {
        let mut broadcast = self.broadcast(id);
        while conduct_test(&self.mail, self.tenant, &mut broadcast, Tokyo, now).unwrap() {}
    }
}

#[test]
fn a_fifth_is_tested_and_the_winner_goes_to_the_rest() {
    // B7
    let desk = Desk::new();
    let test = AbTest {
        share_percent: 20,
        ..test_of_subjects()
    };
    let id = desk.testing(test, 400);
    let broadcast = desk.broadcast(id);
    assert_eq!(broadcast.status, BroadcastStatus::Testing);
    assert_eq!(broadcast.ab_decides_at, Some(at(6) + TimeDelta::hours(2)));
    let [a, b] = Variant::ALL.map(|variant| broadcast.content_of(variant));
    let tested = desk.send_due(at(10));
    let group: usize = tested.values().sum();
    assert!((50..=110).contains(&group), "{group} of 400");
    assert!(tested[&a] > 10 && tested[&b] > 10, "{tested:?}");

    desk.conduct(id, at(HOUR));
    assert_eq!(desk.broadcast(id).ab_outcome, None, "it is not time");
    let clicked = desk.sends(id);
    let clicked = clicked.iter().filter(|send| send.content == Some(b));
    for send in clicked.filter(|send| send.accepted_at.is_some()) {
        desk.mail.read_by_person(desk.tenant, send.key.id, at(60));
    }
    let decided_at = at(10) + TimeDelta::hours(2);
    desk.conduct(id, decided_at);
    let decided = desk.broadcast(id);
    let outcome = decided.ab_outcome.unwrap();
    assert_eq!(
        (outcome.winner, outcome.by),
        (Variant::B, DecidedBy::Figures)
    );
    assert_eq!(outcome.b.clicked as usize, tested[&b]);
    assert_eq!(decided.status, BroadcastStatus::Sending);
    let rest = desk.send_due(decided_at);
    assert_eq!(rest, BTreeMap::from([(b, 400 - group)]));
    let completed = desk.mail.complete_if_done(desk.tenant, id, decided_at);
    assert!(completed.unwrap());
}

#[test]
fn both_subjects_are_kept_and_their_links_are_numbered_on() {
    // C27
    let desk = Desk::new();
    let id = desk.testing(test_of_subjects(), 1);
    let broadcast = desk.broadcast(id);
    let subjects = Variant::ALL.map(|variant| {
        let content = broadcast.content_of(variant);
        let kept = desk.mail.content(desk.tenant, content).unwrap();
        kept.unwrap().source.subject
    });
    assert_eq!(subjects[1], "別の件名");
    assert_ne!(subjects[0], subjects[1]);
    let links = desk.mail.links_of(desk.tenant, MailSource::Broadcast(id));
    let numbers: Vec<u16> = links.unwrap().iter().map(|link| link.link_index).collect();
    assert_eq!(numbers, [0, 1]);
}

#[test]
fn variant_b_may_be_another_template() {
    let desk = Desk::new();
    let other = template_draft("夏").into_template(TemplateId::new(), at(0));
    TemplateStore::create(&desk.mail, desk.tenant, &other).unwrap();
    let of = |template| AbTest {
        b: AbDifference::Template(template),
        share_percent: 100,
        ..test_of_subjects()
    };
    let id = desk.testing(of(other.id), 40);
    let broadcast = desk.broadcast(id);
    let [a, b] = Variant::ALL.map(|variant| broadcast.content_of(variant));
    for send in desk.sends(id) {
        let template = if send.content == Some(b) {
            other.id
        } else {
            assert_eq!(send.content, Some(a));
            broadcast.template
        };
        assert_eq!(send.template, Some(template));
    }
    let gone = desk.draft_testing(Some(of(TemplateId::new())));
    let refused = desk.start(gone, &renderer());
    assert!(
        matches!(refused, Err(StartRefused::VariantGone)),
        "{refused:?}"
    );
}

#[test]
fn times_of_day_are_tested_with_one_content() {
    let desk = Desk::new();
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let test = AbTest {
        b: AbDifference::Time {
            a: time(9),
            b: time(18),
        },
        share_percent: 50,
        ..test_of_subjects()
    };
    let id = desk.testing(test.clone(), 60);
    let broadcast = desk.broadcast(id);
    let started_at = broadcast.started_at.unwrap();
    let due = Variant::ALL.map(|variant| test.due_at(variant, Tokyo, started_at));
    let last = due[0].max(due[1]);
    assert_eq!(broadcast.ab_decides_at, Some(last + TimeDelta::hours(2)));
    let mut by_time: BTreeMap<Option<DateTime<Utc>>, usize> = BTreeMap::new();
    for send in desk.sends(id) {
        assert_eq!(send.content, Some(broadcast.content()));
        *by_time.entry(send.next_attempt_at).or_default() += 1;
    }
    let times: Vec<_> = by_time.keys().copied().collect();
    assert_eq!(times, [None, Some(due[0].min(due[1])), Some(last)]);
    let tests: &dyn AbTests = &desk.mail;
    assert!(choose_winner(tests, desk.tenant, &broadcast, Variant::B, at(60)).unwrap());
    desk.conduct(id, at(60));
    let at_six = test.due_at(Variant::B, Tokyo, at(60));
    let rest = desk.sends(id);
    assert!(rest.iter().all(|send| send.next_attempt_at.is_some()));
    assert!(rest.iter().any(|send| send.next_attempt_at == Some(at_six)));
}

#[test]
fn the_wait_counts_from_the_last_mail_of_the_test() {
    let desk = Desk::new();
    let id = desk.testing(test_of_subjects(), 20);
    let two_hours = TimeDelta::hours(2);
    // Nothing has gone out when it was to end.
    desk.conduct(id, at(6) + two_hours);
    let later = desk.broadcast(id).ab_decides_at.unwrap();
    assert_eq!(later, at(6) + two_hours + TimeDelta::minutes(1));
    desk.send_due(at(9 * HOUR));
    desk.conduct(id, at(9 * HOUR));
    let ends = desk.broadcast(id).ab_decides_at;
    assert_eq!(ends, Some(at(11 * HOUR)));
    desk.conduct(id, at(11 * HOUR) - TimeDelta::seconds(1));
    assert_eq!(desk.broadcast(id).ab_outcome, None);
    desk.conduct(id, at(11 * HOUR));
    let outcome = desk.broadcast(id).ab_outcome.unwrap();
    assert_eq!(outcome.winner, Variant::A, "nobody reacted");
}

#[test]
fn a_reaction_after_the_wait_counts_for_nobody() {
    let desk = Desk::new();
    let id = desk.testing(test_of_subjects(), 20);
    let b = desk.broadcast(id).content_of(Variant::B);
    desk.send_due(at(10));
    let wait = TimeDelta::hours(2);
    let of_b = desk
        .sends(id)
        .into_iter()
        .filter(|it| it.content == Some(b));
    for (send, seconds) in of_b.zip([0, 1, 1, 1]) {
        let reacted_at = at(10) + wait + TimeDelta::seconds(seconds);
        desk.mail
            .read_by_person(desk.tenant, send.key.id, reacted_at);
    }
    desk.conduct(id, at(20) + wait);
    let outcome = desk.broadcast(id).ab_outcome.unwrap();
    assert_eq!((outcome.b.opened, outcome.b.clicked), (1, 1));
}

#[test]
fn a_provider_that_takes_nothing_makes_no_winner() {
    let desk = Desk::new();
    let id = desk.testing(test_of_subjects(), 20);
    let (log, lease): (&dyn SendLog, _) = (&desk.mail, TimeDelta::minutes(5));
    let claimed = log.claim_due(desk.tenant, &ClaimTerms::new(100, lease, at(10)));
    let again = |send: &ClaimedSend| {
        let record = SendRecord::RetryAt {
            at: at(100 * HOUR),
            reason: "503".to_owned(),
            attempts: 1,
        };
        (send.key, record)
    };
    let records: Vec<_> = claimed.unwrap().iter().map(again).collect();
    let as_of = AsOf::new(at(11), Tokyo);
    log.record(desk.tenant, &records, as_of).unwrap();
    desk.conduct(id, at(50 * HOUR));
    let broadcast = desk.broadcast(id);
    assert_eq!(broadcast.ab_outcome, None);
    let looked_at_again = at(50 * HOUR) + TimeDelta::minutes(1);
    assert_eq!(broadcast.ab_decides_at, Some(looked_at_again));
}

#[test]
fn a_person_may_choose_before_the_figures_do() {
    let desk = Desk::new();
    let id = desk.testing(test_of_subjects(), 20);
    let choose = |variant, seconds| {
        let broadcast = desk.broadcast(id);
        let tests: &dyn AbTests = &desk.mail;
        choose_winner(tests, desk.tenant, &broadcast, variant, at(seconds)).unwrap()
    };
    assert_eq!(
        (choose(Variant::B, 60), choose(Variant::A, 61)),
        (true, false)
    );
    desk.conduct(id, at(62));
    let decided = desk.broadcast(id);
    assert_eq!(decided.status, BroadcastStatus::Sending);
    let outcome = decided.ab_outcome.unwrap();
    assert_eq!((outcome.winner, outcome.by), (Variant::B, DecidedBy::Staff));
}

#[test]
fn a_test_of_nobody_is_none() {
    let desk = Desk::new();
    let id = desk.testing(test_of_subjects(), 0);
    assert_eq!(desk.broadcast(id).status, BroadcastStatus::Sending);
    let found = BroadcastStore::find(&desk.mail, desk.tenant, id).unwrap();
    assert_eq!(found.unwrap().ab_decides_at, None);
}
