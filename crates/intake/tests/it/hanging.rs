//! A log that answers nothing keeps nobody waiting.

use std::time::Duration;

use domain::ids::TenantId;
use domain::tracking::{Intake, Kept};
use intake::{BreakerSettings, IntakeSettings};

use crate::house::{House, eventually, patient};
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
