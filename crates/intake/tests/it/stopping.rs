//! Stopping answers everybody.

use std::time::Duration;

use domain::ids::TenantId;
use domain::tracking::Kept;
use intake::IntakeSettings;

use crate::house::{House, patient, take, view};
use crate::log::{Act, Log};

#[test]
fn stopping_commits_what_waits() {
    let settings = IntakeSettings {
        batch_rows: 10,
        ..patient()
    };
    let (house, first) = House::with_a_busy_writer(settings);
    let tenant = TenantId::new();
    let waiting: Vec<_> = (0..100).map(|_| house.take_views(tenant, 1)).collect();
    house.log.answers_again();
    house.intake.stop();
    for waiting in waiting.iter().chain([&first]) {
        assert!(waiting.is_in_log());
    }
}

#[test]
fn stopping_gives_to_the_spool_what_cannot_be_committed_in_time() {
    let settings = IntakeSettings {
        drain: Duration::from_millis(10),
        ..patient()
    };
    let (house, first) = House::with_a_busy_writer(settings);
    let tenant = TenantId::new();
    let waiting: Vec<_> = (0..100).map(|_| house.take_views(tenant, 1)).collect();
    house.intake.stop();
    for waiting in waiting.iter().chain([&first]) {
        assert_eq!(waiting.kept(), Kept::InSpool);
    }
    assert_eq!(house.spool.ever().len(), 101);
    house.log.answers_again();
}

#[test]
fn what_comes_after_the_end_is_refused() {
    let house = House::new(Log::new(|_| Act::Commit), patient());
    let handle = house.handle.clone();
    house.intake.stop();
    let late = take(&handle, vec![view(TenantId::new())]);
    assert!(late.taken().is_err());
}
