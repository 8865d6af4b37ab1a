//! A log that answers nothing keeps nobody waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::ids::TenantId;
use domain::tracking::{Intake, Kept};
use intake::{BreakerSettings, IntakeSettings};

use crate::house::{House, eventually, patient, view};
use crate::log::{Act, Log};

fn impatient() -> IntakeSettings {
    IntakeSettings {
        writers: 2,
        patience: Duration::from_millis(5),
        rescue_after: Duration::from_millis(20),
        ..patient()
    }
}

#[test]
fn requests_in_a_hanging_log_are_rescued_and_the_breaker_opens() {
    // F-08
    let house = House::new(Log::new(|_| Act::HangThenCommit), impatient());
    let tenant = TenantId::new();
    eventually("every writer hangs and the breaker opens", || {
        assert_eq!(house.take_views(tenant, 1).kept(), Kept::InSpool);
        !house.handle.state().log_answers
    });
    let calls = house.log.calls().len();
    assert_eq!(house.take_views(tenant, 1).kept(), Kept::InSpool);
    assert_eq!(house.log.calls().len(), calls);
    house.log.answers_again();
}

#[test]
fn a_commit_that_succeeds_after_its_rescue_counts_once() {
    let settings = IntakeSettings {
        breaker: BreakerSettings {
            cool_down: Duration::from_millis(20),
            ..BreakerSettings::default()
        },
        ..impatient()
    };
    let house = House::new(Log::new(|_| Act::HangThenCommit), settings);
    let waiting = house.take_views(TenantId::new(), 3);
    assert_eq!(waiting.taken().unwrap(), vec![Kept::InSpool; 3]);
    house.log.answers_again();
    eventually("the spool is empty", || {
        house.handle.state().spooled.engagements == 0
    });
    eventually("all are in the log", || house.log.stored().len() == 3);
    house.intake.stop();
    assert_eq!(house.log.stored(), house.spool.ever());
}

#[test]
fn a_replay_that_hangs_as_the_probe_does_not_keep_live_traffic_from_the_log() {
    // F-08
    let settings = IntakeSettings {
        breaker: BreakerSettings {
            window: Duration::from_millis(100),
            samples: 1,
            cool_down: Duration::from_millis(10),
            ..BreakerSettings::default()
        },
        ..patient()
    };
    let spooled = view(TenantId::new());
    let id = spooled.id;
    let house = House::new(Log::new(|_| Act::Away), settings);
    assert_eq!(house.take(vec![spooled]).kept(), Kept::InSpool);
    let hangs = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&hangs);
    house.log.now_follows(move |batch| {
        if batch.iter().any(|one| one.id == id) {
            seen.store(true, Ordering::SeqCst);
            Act::HangThenCommit
        } else {
            Act::Commit
        }
    });
    eventually("the replayer's probe hangs", || {
        hangs.load(Ordering::SeqCst)
    });
    eventually("live traffic is the probe, and the breaker closes", || {
        drop(house.take_views(TenantId::new(), 1).taken());
        house.metric("ondo_breaker_state") == "0.0"
    });
    assert!(house.take_views(TenantId::new(), 1).is_in_log());
    assert!(
        !house.log.stored().contains(&id),
        "the replayer hangs still"
    );
    house.log.answers_again();
    eventually("what it hung with arrives", || {
        house.log.stored().contains(&id)
    });
}
