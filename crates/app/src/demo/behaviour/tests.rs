use std::sync::Arc;

use domain::ids::{BroadcastId, SendId};
use domain::tracking::{EngagementType, MachineVerdict, MailSource};

use super::super::people;
use super::*;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

fn site() -> Origin {
    Origin::parse_address("http://localhost:8081").unwrap()
}

fn mail(lead: LeadId) -> Received {
    let links = [(3, "/departments"), (4, "/request"), (5, "/exam")].map(|(number, path)| {
        let address = format!("http://localhost:8081{path}");
        (number, PageUrl::parse(&address).unwrap())
    });
    Received {
        mail: MailRef {
            send: SendId::new(),
            lead,
            queued_at: now() - TimeDelta::days(15),
            source: Some(MailSource::Broadcast(BroadcastId::new())),
            event: None,
        },
        links: Arc::new(links),
    }
}

/// What everybody of this temper among the first thousand did.
fn deeds(temper: Temper) -> Vec<Vec<Engagement>> {
    let (tenant, site) = (TenantId::new(), site());
    let stage = Stage {
        tenant,
        site: &site,
        now: now(),
    };
    (0..1_000)
        .map(|number| people::person(number, now()))
        .filter(|person| person.temper == temper)
        .map(|person| {
            let lead = LeadId::new();
            of_person(stage, lead, &person, &[mail(lead)])
        })
        .collect()
}

/// Points of the `temperature` preset for what people did, each page counting every time.
fn points(deeds: &[Engagement]) -> i32 {
    let human = deeds.iter().filter(|one| one.verdict.is_human());
    human
        .map(|one| {
            let important = one.page().is_some_and(|page| {
                site::position_of(page.path()).is_some_and(|at| site::PAGES[at].important)
            });
            match (one.kind(), important) {
                (EngagementType::Click, true) => 5,
                (EngagementType::Click, false) | (EngagementType::PageView, true) => 3,
                _ => 1,
            }
        })
        .sum()
}

#[test]
fn nothing_happens_after_now_or_before_the_month() {
    let month = now() - TimeDelta::days(30)..now();
    for temper in [Temper::Cold, Temper::Warm, Temper::Hot] {
        let deeds = deeds(temper).concat();
        assert!(deeds.iter().all(|one| month.contains(&one.occurred_at)));
    }
}

#[test]
fn the_warm_become_warm_and_the_hot_become_hot() {
    // A46: warm from 3 to 7, hot from 8.
    for deeds in deeds(Temper::Warm) {
        assert!((3..=7).contains(&points(&deeds)), "{deeds:?}");
    }
    for deeds in deeds(Temper::Hot) {
        assert!(points(&deeds) >= 8, "{deeds:?}");
    }
}

#[test]
fn some_of_the_cold_open_and_some_machines_were_there_first() {
    let deeds = deeds(Temper::Cold).concat();
    let machines = deeds
        .iter()
        .filter(|one| matches!(one.verdict, MachineVerdict::Certain(_)))
        .count();
    let opens = deeds
        .iter()
        .filter(|one| one.kind() == EngagementType::Open && one.verdict.is_human())
        .count();
    assert!(machines > 4, "{machines}");
    assert!((100..300).contains(&opens), "{opens}");
}

#[test]
fn told_again_it_is_the_same_story() {
    let (tenant, lead, site) = (TenantId::new(), LeadId::new(), site());
    let stage = Stage {
        tenant,
        site: &site,
        now: now(),
    };
    let mail = [mail(lead)];
    let tell = || {
        let person = people::person(3, now());
        let mut told = of_person(stage, lead, &person, &mail);
        told.extend(of_stranger(stage, 3));
        told
    };
    assert_eq!(tell(), tell());
    assert!(!tell().is_empty());
}

#[test]
fn a_batch_never_mixes_mails_and_page_views_nor_days() {
    let deeds = deeds(Temper::Hot).concat();
    let count = deeds.len();
    let batches = batches(deeds, 10);
    assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), count);
    for batch in &batches {
        assert!(batch.len() <= 10);
        let kinds = batch.iter().map(|one| one.mail().is_some());
        assert!(kinds.clone().all(|kind| Some(kind) == kinds.clone().next()));
    }
    let starts = batches
        .iter()
        .map(|batch| batch[0].occurred_at.date_naive());
    let starts: Vec<_> = starts.collect();
    // Days of Tokyo, seen in UTC, are off by one at most.
    assert!(
        starts
            .windows(2)
            .all(|two| two[1] >= two[0] - TimeDelta::days(1))
    );
}
