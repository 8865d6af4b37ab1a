use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ids::TemplateId;

fn id(number: u128) -> StepId {
    StepId::from_uuid(Uuid::from_u128(number))
}

fn step(number: u128, action: StepAction) -> Step {
    Step {
        id: id(number),
        name: String::new(),
        delay: Delay::NONE,
        only_if: Vec::new(),
        not_later_than: None,
        action,
    }
}

fn mail(number: u128) -> Step {
    hastening(number, false)
}

fn hastening(number: u128, click_hastens: bool) -> Step {
    let template = TemplateId::from_uuid(Uuid::nil());
    let action = StepAction::Send {
        template,
        click_hastens,
    };
    step(number, action)
}

fn condition(number: u128, yes: Vec<Step>, no: Vec<Step>) -> Step {
    let test = StepTest::Opened { step: None };
    step(number, StepAction::Condition { test, yes, no })
}

fn flow(steps: Vec<Step>) -> Flow {
    Flow { steps }
}

/// 1, 2 (yes: 3, 4; no: none), 5
fn branching() -> Flow {
    let inner = condition(2, vec![mail(3), mail(4)], Vec::new());
    flow(vec![mail(1), inner, mail(5)])
}

fn number(step: Option<&Step>) -> Option<u128> {
    step.map(|step| step.id.uuid().as_u128())
}

#[test]
fn steps_are_numbered_from_one_in_the_order_of_reading() {
    // B16
    let flow = branching();
    let placed = flow.placed();
    let numbers: Vec<_> = placed
        .iter()
        .map(|placed| (placed.order, placed.depth))
        .collect();
    assert_eq!(numbers, [(1, 0), (2, 0), (3, 1), (4, 1), (5, 0)]);
    assert_eq!(placed[3].parent, Some((id(2), Branch::Yes)));
}

#[test]
fn who_comes_to_the_end_of_a_branch_goes_on_after_it() {
    let flow = branching();
    assert_eq!(number(flow.inside(id(2), Branch::Yes)), Some(3));
    assert_eq!(number(flow.inside(id(2), Branch::No)), Some(5));
    assert_eq!(number(flow.after(id(3))), Some(4));
    assert_eq!(number(flow.after(id(4))), Some(5));
    assert_eq!(number(flow.after(id(5))), None);
}

#[test]
fn a_flow_reads_back_as_it_was_written() {
    let text = serde_json::to_string(&branching()).unwrap();
    assert_eq!(serde_json::from_str::<Flow>(&text).unwrap(), branching());
}

fn landing(position: u128, next: Vec<Step>) -> Option<u128> {
    let found = branching().landing(id(position), &flow(next));
    found.map(|step| step.uuid().as_u128())
}

#[test]
fn somebody_inside_finds_the_same_step_again() {
    // Complaint 11
    assert_eq!(landing(4, vec![mail(9), mail(4)]), Some(4));
}

#[test]
fn where_the_step_is_gone_the_next_that_is_left_comes() {
    assert_eq!(
        landing(
            3,
            vec![mail(1), condition(2, vec![mail(4)], vec![]), mail(5)]
        ),
        Some(4)
    );
    assert_eq!(landing(3, vec![mail(1), mail(5)]), Some(5));
}

#[test]
fn where_nothing_after_is_left_the_place_behind_what_was_had_counts() {
    assert_eq!(landing(5, vec![mail(1), mail(7)]), Some(7));
    assert_eq!(landing(5, vec![mail(1)]), None);
    assert_eq!(
        landing(5, vec![mail(7), mail(8)]),
        Some(7),
        "everything is new"
    );
}

/// Where somebody who waits for 30 in the branch no of 10, whose other branch has 20, goes on.
fn landing_of_no(before_30: Vec<Step>, next: Vec<Step>) -> Option<u128> {
    let no = [before_30, vec![mail(30)]].concat();
    let before = flow(vec![mail(1), condition(10, vec![mail(20)], no)]);
    let found = before.landing(id(30), &flow(next));
    found.map(|step| step.uuid().as_u128())
}

#[test]
fn who_waits_in_a_branch_never_goes_on_in_the_other() {
    // Complaint 11
    let other = || vec![mail(20), mail(21)];
    let replaced = vec![mail(1), condition(10, other(), vec![mail(31)])];
    assert_eq!(landing_of_no(vec![], replaced), Some(31));
    let emptied = vec![mail(1), condition(10, other(), vec![]), mail(5)];
    assert_eq!(landing_of_no(vec![], emptied), Some(5));
    let moved = vec![mail(1), condition(10, vec![mail(30)], vec![mail(31)])];
    assert_eq!(landing_of_no(vec![], moved), Some(31));
    let had_moved = condition(10, vec![mail(29), mail(21)], vec![mail(31)]);
    let had = landing_of_no(vec![mail(29)], vec![mail(1), had_moved]);
    assert_eq!(had, Some(31));
}

#[test]
fn who_had_something_in_a_branch_goes_on_behind_it() {
    let no = vec![mail(28), mail(29), mail(31)];
    let next = vec![condition(10, vec![mail(20)], no), mail(5)];
    assert_eq!(landing_of_no(vec![mail(29)], next), Some(31));
}

#[test]
fn where_the_condition_is_gone_what_comes_behind_it_counts() {
    assert_eq!(landing_of_no(vec![], vec![mail(1), mail(7)]), Some(7));
    assert_eq!(landing_of_no(vec![], vec![mail(20), mail(21)]), Some(20));
    let (a, b) = (vec![mail(31)], vec![mail(32)]);
    let split = step(10, StepAction::Split { share_a: 50, a, b });
    assert_eq!(
        landing_of_no(vec![], vec![split, mail(7)]),
        Some(7),
        "it has no such branch any more"
    );
}

/// Flows of mails and conditions. Conditions have the numbers from 1 on in the order of reading, so
/// that two flows share some; mails stand anywhere.
fn flows() -> impl Strategy<Value = Flow> {
    let tree = Just(mail(0)).prop_recursive(3, 12, 3, |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..3);
        (list(), list()).prop_map(|(yes, no)| condition(0, yes, no))
    });
    let shuffled = Just((1_000..1_020).collect::<Vec<u128>>()).prop_shuffle();
    (prop::collection::vec(tree, 1..5), shuffled).prop_map(|(mut steps, mails)| {
        let mut mails = mails.into_iter().chain(2_000..);
        number_all(&mut steps, &mut (1..), &mut mails);
        flow(steps)
    })
}

fn number_all(
    steps: &mut [Step],
    conditions: &mut impl Iterator<Item = u128>,
    mails: &mut impl Iterator<Item = u128>,
) {
    for step in steps {
        let is_mail = step.action.template().is_some();
        let number = if is_mail {
            mails.next()
        } else {
            conditions.next()
        };
        step.id = id(number.unwrap());
        for inner in step.action.branches_mut() {
            number_all(inner, conditions, mails);
        }
    }
}

/// The branches that a step stands in.
fn branches_of(flow: &Flow, step: StepId) -> Vec<(StepId, Branch)> {
    let placed = flow.placed();
    let parent = |of: StepId| {
        let found = placed.iter().find(|placed| placed.step.id == of);
        found.and_then(|placed| placed.parent)
    };
    std::iter::successors(parent(step), |(outer, _)| parent(*outer)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_lands_in_a_branch_that_they_were_not_in(before in flows(), next in flows()) {
        // Complaint 11
        for position in before.placed().iter().map(|placed| placed.step.id) {
            let Some(landing) = before.landing(position, &next) else { continue };
            prop_assert!(next.step(landing).is_some());
            let were_in = branches_of(&before, position);
            for (of, branch) in branches_of(&next, landing) {
                prop_assert!(before.step(of).is_none() || were_in.contains(&(of, branch)));
            }
        }
    }
}

#[test]
fn only_a_mail_that_says_so_is_followed_sooner_after_a_click() {
    // B15
    let hastens = |first| flow(vec![first, mail(2)]).hastened_by(id(1));
    assert_eq!(hastens(hastening(1, true)), Some(id(2)));
    assert_eq!(hastens(mail(1)), None);
    assert_eq!(flow(vec![hastening(1, true)]).hastened_by(id(1)), None);
    let nested = condition(3, vec![hastening(1, true)], vec![]);
    assert_eq!(flow(vec![nested, mail(2)]).hastened_by(id(1)), Some(id(2)));
}
