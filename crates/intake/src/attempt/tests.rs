use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Mutex;

use domain::ids::EngagementId;
use domain::tracking::Decide;

use super::*;
use crate::fixtures::{Grave, appended, page_view, tenant};

/// Refuses some, panics at others, and is away from its `answers`-th answer on.
struct Picky {
    refused: BTreeSet<EngagementId>,
    cursed: BTreeSet<EngagementId>,
    answers: usize,
    calls: Mutex<usize>,
}

impl EngagementLog for Picky {
    fn append<'a>(&self, batch: &[Engagement], _decide: &Decide<'a>) -> StoreResult<Vec<Appended>> {
        let mut calls = panics::lock(&self.calls);
        *calls += 1;
        if *calls > self.answers {
            return Err(StoreError::unavailable("away"));
        }
        drop(calls);
        let has = |ids: &BTreeSet<_>| batch.iter().any(|one| ids.contains(&one.id));
        assert!(!has(&self.cursed), "a fault of ours");
        if has(&self.refused) {
            return Err(StoreError::refused("22P05"));
        }
        Ok(batch.iter().map(|_| appended()).collect())
    }
}

fn picky(refused: &[&Engagement], cursed: &[&Engagement]) -> Picky {
    Picky {
        refused: refused.iter().map(|one| one.id).collect(),
        cursed: cursed.iter().map(|one| one.id).collect(),
        answers: usize::MAX,
        calls: Mutex::default(),
    }
}

fn run(log: &Picky, grave: &Grave, pursuit: Pursuit, batch: &[Engagement]) -> Outcome {
    let attempt = Attempt {
        log,
        dead: grave,
        decide: domain::scoring::decide,
        pursuit,
        now: DateTime::UNIX_EPOCH,
        answered: &|| {},
    };
    attempt.run(batch)
}

fn batch(size: usize) -> Vec<Engagement> {
    let tenant = tenant();
    (0..size).map(|_| page_view(tenant)).collect()
}

fn in_log() -> Fate {
    Fate::Kept(Kept::InLog(appended()))
}

#[test]
fn one_poisonous_engagement_of_many_is_buried_and_the_rest_is_written() {
    let (batch, grave) = (batch(500), Grave::default());
    let log = picky(&[&batch[137]], &[]);
    let outcome = run(&log, &grave, Pursuit::Refusals, &batch);
    assert_eq!(outcome.fates.len(), 500);
    for (number, fate) in outcome.fates.iter().enumerate() {
        let expected = if number == 137 {
            Fate::Kept(Kept::Buried)
        } else {
            in_log()
        };
        assert_eq!(*fate, expected, "{number}");
    }
    assert_eq!(grave.ids(), [batch[137].id]);
    assert_eq!(outcome.signal, Signal::Works);
    assert!(*log.calls.lock().unwrap() < 20, "the search halves");
}

#[test]
fn a_storage_that_goes_away_during_the_search_leaves_the_rest_open() {
    let (batch, grave) = (batch(4), Grave::default());
    let log = Picky {
        answers: 2,
        ..picky(&[&batch[3]], &[])
    };
    let outcome = run(&log, &grave, Pursuit::Refusals, &batch);
    assert_eq!(outcome.fates, [in_log(), in_log(), Fate::Open, Fate::Open]);
    assert_eq!(outcome.signal, Signal::Fails);
}

#[test]
fn a_panic_fails_the_whole_batch_of_a_writer_and_is_pursued_by_the_replayer() {
    let (batch, grave) = (batch(4), Grave::default());
    let log = picky(&[], &[&batch[1]]);
    let live = run(&log, &grave, Pursuit::Refusals, &batch);
    assert_eq!(live.fates, [Fate::Open, Fate::Open, Fate::Open, Fate::Open]);
    assert_eq!(live.signal, Signal::Fails);
    let replay = run(&log, &grave, Pursuit::AnyFault, &batch);
    let suspects = replay
        .fates
        .iter()
        .map(|fate| matches!(fate, Fate::Suspect(_)));
    assert_eq!(suspects.collect::<Vec<_>>(), [false, true, false, false]);
    assert_eq!(replay.signal, Signal::Works);
}

#[test]
fn a_log_that_fails_on_every_single_one_is_itself_at_fault() {
    let (batch, grave) = (batch(2), Grave::default());
    let log = picky(&[], &[&batch[0], &batch[1]]);
    let outcome = run(&log, &grave, Pursuit::AnyFault, &batch);
    assert_eq!(outcome.signal, Signal::Fails);
}

#[test]
fn a_culprit_that_cannot_be_buried_now_stays_open() {
    let batch = batch(2);
    let log = picky(&[&batch[0]], &[]);
    let grave = Grave::answering(|| Err(StoreError::unavailable("away")));
    let outcome = run(&log, &grave, Pursuit::Refusals, &batch);
    assert_eq!(outcome.fates, [Fate::Open, Fate::Open]);
    let grave = Grave::answering(|| Err(StoreError::refused("22P05")));
    let outcome = run(&log, &grave, Pursuit::Refusals, &batch);
    assert_eq!(outcome.fates, [Fate::Hopeless, in_log()]);
}

#[test]
fn each_answer_of_the_storage_is_told() {
    let (batch, grave) = (batch(8), Grave::default());
    let log = picky(&[&batch[0]], &[]);
    let answers = Cell::new(0);
    let attempt = Attempt {
        log: &log,
        dead: &grave,
        decide: domain::scoring::decide,
        pursuit: Pursuit::Refusals,
        now: DateTime::UNIX_EPOCH,
        answered: &|| answers.set(answers.get() + 1),
    };
    attempt.run(&batch);
    assert!(answers.get() >= 4);
}
