//! Every request gets its own answer, after its commit.

use std::collections::BTreeSet;
use std::thread;

use domain::ids::TenantId;
use domain::tracking::{Intake, Kept, take_and_wait};
use intake::IntakeSettings;

use crate::house::{House, NEVER, patient, take, view};
use crate::log::{Act, Log, appended};
use crate::storage::{Grave, MemorySpool};

#[test]
fn every_request_gets_the_answer_about_its_own_engagements() {
    let house = House::new(
        Log::new(|_| Act::Commit),
        IntakeSettings {
            patience: NEVER,
            ..IntakeSettings::default()
        },
    );
    thread::scope(|scope| {
        for thread in 0..8 {
            let handle = house.handle.clone();
            scope.spawn(move || {
                let tenant = TenantId::new();
                for request in 0..50 {
                    let number = (thread + request) % 3;
                    let waiting = take(&handle, (0..number).map(|_| view(tenant)).collect());
                    let own = waiting.engagements.iter();
                    let expected = own.map(|own| Kept::InLog(appended(own, true)));
                    assert_eq!(waiting.taken().unwrap(), expected.collect::<Vec<_>>());
                }
            });
        }
    });
    let acked = house.metric("ondo_intake_acked_total{path=\"db\"}");
    assert_eq!(acked, house.log.stored().len().to_string());
    assert_eq!(house.metric("ondo_engagements_lost_total"), "0");
}

#[test]
fn what_waits_during_a_commit_is_the_next_commit() {
    let (house, first) = House::with_a_busy_writer(patient());
    let waiting: Vec<_> = (0..5)
        .map(|_| house.take_views(TenantId::new(), 2))
        .collect();
    assert!(waiting.iter().all(|waiting| waiting.is_unanswered()));
    assert_eq!(house.metric("ondo_intake_queue_engagements"), "10.0");
    house.log.answers_again();
    assert!(first.is_in_log());
    for waiting in &waiting {
        assert_eq!(waiting.taken().unwrap().len(), 2);
    }
    let sizes: Vec<_> = house.log.calls().iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 10]);
    assert_eq!(house.metric("ondo_intake_batch_rows_sum"), "11.0");
    assert_eq!(house.metric("ondo_intake_commit_seconds_count"), "2");
}

#[test]
fn a_repeat_is_answered_as_such() {
    let house = House::new(Log::new(|_| Act::Commit), patient());
    let engagement = view(TenantId::new());
    for is_new in [true, false] {
        let kept = house.take(vec![engagement.clone()]).kept();
        assert_eq!(kept.appended().unwrap().is_new, is_new);
    }
}

#[test]
fn one_poisonous_engagement_of_five_hundred_is_buried_and_the_rest_commits() {
    let poison = view(TenantId::new());
    let poison_id = poison.id;
    let log = Log::new(move |batch| {
        if batch.iter().any(|one| one.id == poison_id) {
            Act::Refuse
        } else {
            Act::Commit
        }
    });
    let house = House::new(log, patient());
    let mut engagements: Vec<_> = (0..499).map(|_| view(poison.tenant)).collect();
    engagements.insert(333, poison);
    let kept = house.take(engagements).taken().unwrap();
    assert_eq!(kept[333], Kept::Buried);
    let in_log = kept.iter().filter(|kept| kept.appended().is_some());
    assert_eq!(in_log.count(), 499);
    assert_eq!(house.log.stored().len(), 499);
    assert_eq!(house.grave.ids(), BTreeSet::from([poison_id]));
    assert_eq!(house.metric("ondo_engagements_dead_total"), "1");
    assert!(house.handle.state().log_answers);
}

#[test]
fn what_can_be_kept_nowhere_is_never_acknowledged() {
    let grave = Grave::that_refuses();
    let spool = MemorySpool::with_room(100);
    let house = House::with(Log::new(|_| Act::Refuse), spool, grave, patient());
    assert!(house.take_views(TenantId::new(), 1).taken().is_err());
    assert!(house.spool.ever().is_empty());
    assert_eq!(house.metric("ondo_engagements_lost_total"), "1");
}

#[test]
fn a_flooding_tenant_does_not_keep_another_waiting() {
    let settings = IntakeSettings {
        batch_rows: 10,
        ..patient()
    };
    let (house, _first) = House::with_a_busy_writer(settings);
    let (flooding, quiet) = (TenantId::new(), TenantId::new());
    let flood: Vec<_> = (0..200).map(|_| house.take_views(flooding, 1)).collect();
    let other = house.take_views(quiet, 1);
    house.log.answers_again();
    for waiting in flood.iter().chain([&other]) {
        assert!(waiting.is_in_log());
    }
    let next = &house.log.calls()[1];
    assert!(next.iter().any(|one| one.tenant == quiet));
}

#[test]
fn threads_that_may_block_can_wait() {
    let house = House::new(Log::new(|_| Act::Commit), patient());
    let kept = take_and_wait(&house.handle, vec![view(TenantId::new())]).unwrap();
    assert!(kept[0].appended().is_some());
}
