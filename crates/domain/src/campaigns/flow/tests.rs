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
