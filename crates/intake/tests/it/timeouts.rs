//! A log that is too slow for what it is given says the same as one that is away.

use std::time::Duration;

use domain::ids::{EngagementId, TenantId};
use domain::tracking::{Engagement, Intake, Kept};
use intake::{BreakerSettings, IntakeSettings};

use crate::house::{House, eventually, patient, view};
use crate::log::{Act, Log};

fn settings() -> IntakeSettings {
    IntakeSettings {
        breaker: BreakerSettings {
            cool_down: Duration::from_millis(10),
            ..BreakerSettings::default()
        },
        ..patient()
    }
}

/// A log that is too slow for this one.
fn slow_for(id: EngagementId) -> impl Fn(&[Engagement]) -> Act + Send + Sync {
    move |batch| {
        if batch.iter().any(|one| one.id == id) {
            Act::Away
        } else {
            Act::Commit
        }
    }
}

/// A house whose spool holds these, put there by one append.
fn with_spooled(engagements: &[Engagement]) -> House {
    let house = House::new(Log::new(|_| Act::Away), settings());
    let taken = house.take(engagements.to_vec()).taken().unwrap();
    assert_eq!(taken, vec![Kept::InSpool; engagements.len()]);
    house
}

fn views(number: usize) -> Vec<Engagement> {
    (0..number).map(|_| view(TenantId::new())).collect()
}

fn spooled(house: &House) -> u64 {
    house.handle.state().spooled.engagements
}

#[test]
fn a_frame_that_is_too_much_for_one_commit_goes_in_parts() {
    let all = views(40);
    let house = with_spooled(&all);
    house.log.now_follows(|batch| {
        if batch.len() > 3 {
            Act::Away
        } else {
            Act::Commit
        }
    });
    eventually("the spool is empty", || spooled(&house) == 0);
    assert_eq!(house.log.stored().len(), 40);
    assert!(house.grave.ids().is_empty());
}

#[test]
fn one_that_always_times_out_is_buried_and_the_others_arrive() {
    let all = views(9);
    for slow in [0, 4] {
        let house = with_spooled(&all);
        house.log.now_follows(slow_for(all[slow].id));
        eventually("the spool is empty", || spooled(&house) == 0);
        assert_eq!(house.grave.ids(), [all[slow].id].into());
        assert_eq!(house.log.stored().len(), 8);
        assert_eq!(house.metric("ondo_engagements_dead_total"), "1");
        eventually("the log is used again", || {
            house.take_views(TenantId::new(), 1).kept() != Kept::InSpool
        });
    }
}

#[test]
fn one_that_times_out_alone_is_buried_only_while_live_traffic_is_written() {
    let all = views(1);
    let house = with_spooled(&all);
    house.log.now_follows(slow_for(all[0].id));
    let calls = house.log.calls().len();
    house.log.wait_for_calls(calls + 25);
    assert!(
        house.grave.ids().is_empty(),
        "nothing shows that the log works"
    );
    // By now the breaker has opened: live traffic has to find out that the log works.
    eventually("the spool is empty", || {
        drop(house.take_views(TenantId::new(), 1).taken());
        spooled(&house) == 0
    });
    assert_eq!(house.grave.ids(), [all[0].id].into());
}

#[test]
fn a_log_that_is_away_for_long_buries_nothing() {
    let all = views(3);
    let house = with_spooled(&all);
    let calls = house.log.calls().len();
    house.log.wait_for_calls(calls + 30);
    house.log.now_does(Act::Commit);
    eventually("the spool is empty", || spooled(&house) == 0);
    assert_eq!(house.log.stored(), all.iter().map(|one| one.id).collect());
    assert!(house.grave.ids().is_empty());
}
