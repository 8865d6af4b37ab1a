//! What is in the spool comes to the log, once.

use std::time::Duration;

use domain::ids::TenantId;
use domain::tracking::{Engagement, Intake, Kept};
use intake::{BreakerSettings, IntakeSettings};

use crate::house::{House, Waiting, eventually, patient, view};
use crate::log::{Act, Log};
use crate::storage::{Grave, MemorySpool};

fn quick_to_try_again() -> IntakeSettings {
    IntakeSettings {
        breaker: BreakerSettings {
            cool_down: Duration::from_millis(10),
            ..BreakerSettings::default()
        },
        ..patient()
    }
}

fn is_spool_empty(house: &House) -> bool {
    house.handle.state().spooled.engagements == 0
}

#[test]
fn what_a_failing_log_missed_arrives_once_when_it_is_back() {
    for failure in [Act::Away, Act::CommitThenAway, Act::Panic] {
        let house = House::new(Log::new(move |_| failure), quick_to_try_again());
        let tenant = TenantId::new();
        for _ in 0..30 {
            assert_eq!(
                house.take_views(tenant, 2).taken().unwrap(),
                [Kept::InSpool, Kept::InSpool]
            );
        }
        house.log.now_does(Act::Commit);
        eventually("the spool is empty", || is_spool_empty(&house));
        assert_eq!(house.log.stored().len(), 60, "{failure:?}");
        assert_eq!(house.log.stored(), house.spool.ever());
        assert_eq!(house.metric("ondo_spool_oldest_age_seconds"), "0.0");
        eventually("the log is used again", || {
            house.take_views(tenant, 1).kept() != Kept::InSpool
        });
    }
}

#[test]
fn poison_in_the_spool_is_buried_and_the_rest_arrives() {
    let house = House::new(Log::new(|_| Act::Away), quick_to_try_again());
    let (poison, good) = (view(TenantId::new()), view(TenantId::new()));
    for engagement in [&poison, &good] {
        assert_eq!(house.take(vec![engagement.clone()]).kept(), Kept::InSpool);
    }
    let id = poison.id;
    house.log.now_follows(move |batch| {
        if batch.iter().any(|one| one.id == id) {
            Act::Refuse
        } else {
            Act::Commit
        }
    });
    eventually("the spool is empty", || is_spool_empty(&house));
    assert!(house.grave.ids().contains(&poison.id));
    assert!(house.log.stored().contains(&good.id));
}

#[test]
fn an_engagement_at_which_we_panic_does_not_block_those_behind_it() {
    let cursed = view(TenantId::new());
    let id = cursed.id;
    let log = Log::new(move |batch| {
        if batch.iter().any(|one| one.id == id) {
            Act::Panic
        } else {
            Act::Commit
        }
    });
    let house = House::new(log, quick_to_try_again());
    assert_eq!(house.take(vec![cursed.clone()]).kept(), Kept::InSpool);
    let tenant = TenantId::new();
    eventually("the spool is empty", || {
        assert!(house.take_views(tenant, 1).taken().is_ok());
        is_spool_empty(&house)
    });
    assert!(house.grave.ids().contains(&cursed.id));
    assert!(!house.log.stored().contains(&cursed.id));
}

#[test]
fn a_log_that_is_broken_altogether_buries_nothing() {
    let house = House::new(Log::new(|_| Act::Panic), quick_to_try_again());
    for _ in 0..5 {
        assert_eq!(house.take_views(TenantId::new(), 1).kept(), Kept::InSpool);
    }
    let calls = house.log.calls().len();
    house.log.wait_for_calls(calls + 100);
    assert!(house.grave.ids().is_empty());
    assert_eq!(house.handle.state().spooled.engagements, 5);
}

#[test]
fn the_spool_empties_also_while_live_traffic_is_busy() {
    let (first, tenant) = (view(TenantId::new()), TenantId::new());
    let id = first.id;
    let log = Log::new(move |batch| {
        if batch.iter().any(|one| one.id == id) {
            Act::HangThenCommit
        } else {
            Act::Commit
        }
    });
    let settings = IntakeSettings {
        batch_rows: 4,
        queue_rows: 16,
        ..patient()
    };
    let house = House::new(log, settings);
    let first = house.take(vec![first]);
    house.log.wait_for_calls(1);
    let queued: Vec<_> = (0..14).map(|_| house.take_views(tenant, 1)).collect();
    for _ in 0..20 {
        assert_eq!(house.take_views(tenant, 1).kept(), Kept::InSpool);
    }
    eventually("the spool is empty", || is_spool_empty(&house));
    assert!(queued.iter().chain([&first]).all(Waiting::is_unanswered));
    house.log.answers_again();
    assert!(first.is_in_log());
}

#[test]
fn what_cannot_be_removed_from_the_spool_is_not_replayed_again() {
    let house = House::with(
        Log::new(|_| Act::Away),
        MemorySpool::that_cannot_be_emptied(),
        Grave::default(),
        quick_to_try_again(),
    );
    let replayed = || {
        house.log.now_does(Act::Away);
        let waiting = house.take_views(TenantId::new(), 1);
        assert_eq!(waiting.kept(), Kept::InSpool);
        house.log.now_does(Act::Commit);
        let id = waiting.engagements[0].id;
        eventually("it is in the log", || house.log.stored().contains(&id));
        id
    };
    let first = replayed();
    let attempts = || {
        let calls = house.log.calls();
        let has_first = |call: &&Vec<Engagement>| call.iter().any(|one| one.id == first);
        calls.iter().filter(has_first).count()
    };
    let before = attempts();
    replayed();
    assert_eq!(attempts(), before);
}

#[test]
fn without_a_spool_live_traffic_finds_out_that_the_log_is_back() {
    let house = House::with(
        Log::new(|_| Act::Away),
        MemorySpool::failing(100, || true),
        Grave::default(),
        quick_to_try_again(),
    );
    for _ in 0..30 {
        assert!(house.take_views(TenantId::new(), 1).taken().is_err());
    }
    assert_ne!(house.metric("ondo_breaker_state"), "0.0");
    house.log.now_does(Act::Commit);
    eventually("the breaker closes", || {
        drop(house.take_views(TenantId::new(), 1).taken());
        house.metric("ondo_breaker_state") == "0.0"
    });
    assert!(house.take_views(TenantId::new(), 1).is_in_log());
}

#[test]
fn a_spool_that_cannot_be_read_does_not_keep_the_log_away() {
    let house = House::with(
        Log::new(|_| Act::Away),
        MemorySpool::that_cannot_be_read(),
        Grave::default(),
        quick_to_try_again(),
    );
    for _ in 0..30 {
        let waiting = house.take_views(TenantId::new(), 1);
        assert_eq!(waiting.kept(), Kept::InSpool);
    }
    assert_ne!(house.metric("ondo_breaker_state"), "0.0");
    house.log.now_does(Act::Commit);
    eventually("the breaker closes", || {
        drop(house.take_views(TenantId::new(), 1).taken());
        house.metric("ondo_breaker_state") == "0.0"
    });
    assert!(house.take_views(TenantId::new(), 1).is_in_log());
}

#[test]
fn what_the_spool_puts_aside_is_counted_and_passed() {
    let all: Vec<_> = (0..3).map(|_| view(TenantId::new())).collect();
    let strange = [all[0].id, all[1].id];
    let house = House::with(
        Log::new(|_| Act::Away),
        MemorySpool::with_strange_records(move |one| strange.contains(&one.id)),
        Grave::default(),
        IntakeSettings {
            // The first of them comes alone.
            batch_rows: 1,
            ..quick_to_try_again()
        },
    );
    for engagement in &all {
        assert_eq!(house.take(vec![engagement.clone()]).kept(), Kept::InSpool);
    }
    house.log.now_does(Act::Commit);
    eventually("the spool is empty", || is_spool_empty(&house));
    assert_eq!(house.metric("ondo_spool_unreadable_total"), "2");
    assert!(house.log.stored().contains(&all[2].id));
}
