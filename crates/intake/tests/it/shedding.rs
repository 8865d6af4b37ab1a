//! What the log cannot take in time goes to the spool; what nothing can take is refused.

use std::time::Duration;

use domain::ids::TenantId;
use domain::tracking::{Intake, Kept, NotKept};
use intake::IntakeSettings;

use crate::house::{House, eventually, patient};
use crate::log::{Act, Log};
use crate::storage::{Grave, MemorySpool};

#[test]
fn what_finds_the_queue_full_goes_to_the_spool() {
    let settings = IntakeSettings {
        queue_rows: 8,
        ..patient()
    };
    let (house, first) = House::with_a_busy_writer(settings);
    let tenant = TenantId::new();
    let queued: Vec<_> = (0..7).map(|_| house.take_views(tenant, 1)).collect();
    let shed = house.take_views(tenant, 1);
    assert_eq!(shed.kept(), Kept::InSpool);
    assert!(queued.iter().all(|waiting| waiting.is_unanswered()));
    house.log.answers_again();
    for waiting in queued.iter().chain([&first]) {
        assert!(waiting.is_in_log());
    }
    assert_eq!(house.metric("ondo_intake_acked_total{path=\"db\"}"), "8");
    assert_eq!(house.metric("ondo_intake_acked_total{path=\"spool\"}"), "1");
}

#[test]
fn what_has_waited_too_long_for_a_writer_goes_to_the_spool() {
    let settings = IntakeSettings {
        patience: Duration::from_millis(10),
        ..patient()
    };
    let (house, first) = House::with_a_busy_writer(settings);
    let waiting = house.take_views(TenantId::new(), 3);
    assert_eq!(waiting.taken().unwrap(), vec![Kept::InSpool; 3]);
    assert!(first.is_unanswered());
    house.log.answers_again();
    assert!(first.is_in_log());
}

#[test]
fn what_neither_log_nor_spool_can_take_is_refused_and_counted() {
    let settings = patient();
    let house = House::with(
        Log::new(|_| Act::Away),
        MemorySpool::with_room(2),
        Grave::default(),
        settings,
    );
    let tenant = TenantId::new();
    assert_eq!(house.take_views(tenant, 2).taken().unwrap().len(), 2);
    assert!(!house.handle.state().spool_has_room);
    let refused = NotKept {
        retry_after: settings.retry_after,
    };
    assert_eq!(house.take_views(tenant, 3).taken(), Err(refused));
    assert_eq!(house.metric("ondo_engagements_lost_total"), "3");
    assert_eq!(house.metric("ondo_spool_bytes"), "2.0");
    assert_eq!(house.metric("ondo_spool_oldest_age_seconds"), "60.0");
}

#[test]
fn a_spool_whose_disk_fails_acknowledges_nothing() {
    // F-06
    let spool = MemorySpool::failing(100, || true);
    let house = House::with(Log::new(|_| Act::Away), spool, Grave::default(), patient());
    assert!(house.take_views(TenantId::new(), 1).taken().is_err());
    assert!(!house.handle.state().spool_has_room);
}

#[test]
fn an_open_breaker_sends_everything_to_the_spool_without_asking_the_log() {
    let house = House::new(Log::new(|_| Act::Away), patient());
    let tenant = TenantId::new();
    assert_eq!(house.metric("ondo_breaker_state"), "0.0");
    eventually("the breaker opens", || {
        assert_eq!(house.take_views(tenant, 1).kept(), Kept::InSpool);
        !house.handle.state().log_answers
    });
    assert_eq!(house.metric("ondo_breaker_state"), "2.0");
    assert!(house.handle.state().accepts());
    let calls = house.log.calls().len();
    for _ in 0..50 {
        assert_eq!(house.take_views(tenant, 1).kept(), Kept::InSpool);
    }
    assert_eq!(house.log.calls().len(), calls);
}
