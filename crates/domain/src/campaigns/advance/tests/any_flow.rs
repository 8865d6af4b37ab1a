//! What holds for every flow, however often a worker looks.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Trees of mails, conditions, splits and ends.
fn flows() -> impl Strategy<Value = Vec<Step>> {
    let leaf = (0..4_u8, 0..3_u32, any::<bool>()).prop_map(|(kind, delay, late)| {
        let mut leaf = match kind {
            0 => step(0, delay, at_nine(&[])),
            1 => step(0, delay, StepAction::AddTag { tag: "a".into() }),
            _ => mail(0, delay),
        };
        leaf.not_later_than = late.then(|| after(30, DelayUnit::Hours));
        leaf
    });
    let tree = leaf.prop_recursive(3, 24, 3, |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..3);
        (list(), list(), 0..3_u32, any::<bool>()).prop_map(|(yes, no, delay, split)| {
            if split {
                let action = StepAction::Split {
                    share_a: 50,
                    a: yes,
                    b: no,
                };
                step(0, delay, action)
            } else {
                condition(0, delay, StepTest::Opened { step: None }, yes, no)
            }
        })
    });
    prop::collection::vec(tree, 0..5).prop_map(|mut steps| {
        let mut next = 1;
        number(&mut steps, &mut next);
        steps
    })
}

fn number(steps: &mut [Step], next: &mut u128) {
    for step in steps {
        step.id = id(*next);
        *next += 1;
        for inner in step.action.branches_mut() {
            number(inner, next);
        }
    }
}

fn order_of(way: &OnTheWay) -> BTreeMap<StepId, u32> {
    let placed = way.version.flow.placed();
    placed
        .iter()
        .map(|placed| (placed.step.id, placed.order))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_step_is_looked_at_once_in_order_and_the_end_is_reached(
        steps in flows(),
        late in prop::collection::vec(0..200_i64, 1..20),
    ) {
        // B17, B18
        let mut way = OnTheWay::new(steps);
        let mut late = late.into_iter().cycle();
        for _ in 0..200 {
            let Some(due) = way.enrollment.next_at else { break };
            let now = due + hours(late.next().unwrap());
            let found = way.look(now);
            prop_assert_eq!(&found, &way.look(now), "a worker that died changed nothing");
            way.apply(found, now);
        }
        if !way.version.flow.steps.is_empty() {
            prop_assert_eq!(way.enrollment.status, EnrollmentStatus::Completed);
        }
        let order = order_of(&way);
        let done: Vec<u32> = way.executions.iter().map(|done| order[&done.step]).collect();
        prop_assert!(done.windows(2).all(|pair| pair[0] < pair[1]), "{done:?}");
        prop_assert_eq!(done.len(), steps_of(&way.outcomes()).len());
    }

    #[test]
    fn looking_more_often_changes_nothing(steps in flows(), every in 1..50_i64) {
        let mut on_time = OnTheWay::new(steps.clone());
        on_time.until(start() + days(60));
        let mut restless = OnTheWay::new(steps);
        let mut now = start();
        while now <= start() + days(60) {
            restless.until(now);
            if restless.enrollment.next_at.is_some() {
                restless.apply(restless.look(now), now);
            }
            now += hours(every);
        }
        prop_assert_eq!(restless.mails(), on_time.mails());
        prop_assert_eq!(restless.outcomes(), on_time.outcomes());
    }

    #[test]
    fn after_an_outage_no_two_mails_come_nearer_than_their_delay(
        delays in prop::collection::vec(1..5_u32, 1..8),
        outage in 0..40_i64,
    ) {
        // Complaint 11
        let numbered = delays.iter().zip(1..);
        let mut way = OnTheWay::new(numbered.map(|(delay, number)| mail(number, *delay)).collect());
        way.at_last(start() + days(outage));
        way.until(start() + days(200));
        let mails = way.mails();
        prop_assert_eq!(mails.len(), delays.len());
        for (pair, delay) in mails.windows(2).zip(&delays[1..]) {
            prop_assert!(pair[1].1 - pair[0].1 >= days(i64::from(*delay)));
        }
    }
}
