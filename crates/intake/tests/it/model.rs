//! Whatever log and spool do: what was acknowledged is kept, and kept once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use domain::ids::TenantId;
use domain::tracking::{Engagement, Intake, Kept, Taken};
use intake::{BreakerSettings, Handle, IntakeSettings};
use proptest::prelude::*;

use crate::house::{House, NEVER, eventually, take, view};
use crate::log::{Act, Log, appended as appended_of};
use crate::storage::{Grave, MemorySpool};

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => Just(Act::Commit),
        2 => Just(Act::Away),
        2 => Just(Act::CommitThenAway),
        1 => Just(Act::Panic),
        1 => Just(Act::Refuse),
    ]
}

fn settings(writers: usize, linger: u64) -> IntakeSettings {
    IntakeSettings {
        writers,
        batch_rows: 8,
        linger: Duration::from_millis(linger),
        queue_rows: 40,
        patience: Duration::from_millis(20),
        rescue_after: NEVER,
        breaker: BreakerSettings {
            samples: 6,
            cool_down: Duration::from_millis(5),
            ..BreakerSettings::default()
        },
        ..IntakeSettings::default()
    }
}

/// Each answer in turn, then from the start.
fn in_turn<T: Copy + Send + Sync>(answers: Vec<T>) -> impl Fn() -> T + Send + Sync {
    let next = AtomicUsize::new(0);
    move || answers[next.fetch_add(1, Ordering::Relaxed) % answers.len()]
}

/// Three tenants hand in their requests at the same time; what they were told.
fn hand_in(handle: &Handle, sizes: &[usize]) -> Vec<(Vec<Engagement>, Taken)> {
    thread::scope(|scope| {
        let tenant = || {
            let tenant = TenantId::new();
            let request = |size: &usize| take(handle, (0..*size).map(|_| view(tenant)).collect());
            let waiting: Vec<_> = sizes.iter().map(request).collect();
            let told = waiting.into_iter().map(|waiting| {
                let taken = waiting.taken();
                (waiting.engagements, taken)
            });
            told.collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(tenant)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_was_acknowledged_is_kept_once(
        acts in prop::collection::vec(act(), 1..40),
        disk in prop::collection::vec(prop::bool::weighted(0.1), 1..20),
        sizes in prop::collection::vec(1_usize..6, 1..40),
        writers in 1_usize..4,
        linger in 0_u64..3,
        stops_early in any::<bool>(),
    ) {
        let script = in_turn(acts);
        let log = Log::new(move |_| script());
        let spool = MemorySpool::failing(10_000, in_turn(disk));
        let house = House::with(log, spool, Grave::default(), settings(writers, linger));
        let told = hand_in(&house.handle, &sizes);
        house.log.now_does(Act::Commit);
        if !stops_early {
            eventually("the spool is empty", || {
                house.handle.state().spooled.engagements == 0
            });
        }
        house.intake.stop();
        let (stored, buried, spooled) = (house.log.stored(), house.grave.ids(), house.spool.ever());
        for (engagements, taken) in told {
            let Ok(kept) = taken else { continue };
            prop_assert_eq!(kept.len(), engagements.len());
            for (engagement, kept) in engagements.iter().zip(kept) {
                let id = engagement.id;
                let is_kept = match kept {
                    Kept::InLog(appended) => {
                        let own = appended_of(engagement, appended.is_new);
                        prop_assert_eq!(appended, own, "an answer about another engagement");
                        stored.contains(&id)
                    }
                    Kept::Buried => buried.contains(&id),
                    Kept::InSpool if stops_early => spooled.contains(&id),
                    Kept::InSpool => stored.contains(&id) || buried.contains(&id),
                };
                prop_assert!(is_kept, "{id} was acknowledged and is gone");
            }
        }
    }
}
