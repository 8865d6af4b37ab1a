//! One step after another: delays, lateness, clocks.

use super::*;
use crate::campaigns::WeekdayName;

/// B10, with the days between the mails.
fn follow_up() -> Vec<Step> {
    [0, 1, 2, 4, 7]
        .into_iter()
        .zip(1..)
        .map(|(delay, number)| mail(number, delay))
        .collect()
}

#[test]
fn five_mails_come_on_days_0_1_3_7_and_14() {
    // B10
    let mut way = OnTheWay::new(follow_up());
    way.until(start() + days(20));
    let expected = [(1, 0), (2, 1), (3, 3), (4, 7), (5, 14)];
    assert_eq!(
        way.mails(),
        expected.map(|(step, day)| (id(step), days(day)))
    );
    assert_eq!(way.enrollment.status, EnrollmentStatus::Completed);
    assert_eq!(way.enrollment.ended_at, Some(start() + days(14)), "B18");
}

#[test]
fn a_mail_says_why_and_when_it_is_sent() {
    // B17, B20
    let mut first = mail(1, 0);
    first.not_later_than = Some(after(3, DelayUnit::Hours));
    let mut way = OnTheWay::new(vec![first]);
    way.at_last(start() + hours(1));
    let (_, StepEffect::Send(send)) = &way.effects[0] else {
        panic!("{:?}", way.effects);
    };
    let SendCause::Step { due_at, lead, .. } = send.cause else {
        panic!("{send:?}");
    };
    assert_eq!((due_at, lead), (start(), way.lead.id));
    assert_eq!(send.content, way.version.contents[0].1.id);
    assert_eq!(send.expires_at, Some(start() + hours(3)));
    assert_eq!(
        way.outcomes(),
        [(id(1), StepOutcome::Sent(send.cause.key()))]
    );
}

#[test]
fn a_look_before_its_time_changes_nothing() {
    let mut way = OnTheWay::new(vec![mail(1, 0), mail(2, 1)]);
    way.until(start());
    let before = way.enrollment.clone();
    way.apply(way.look(start() + hours(23)), start() + hours(23));
    assert_eq!(way.enrollment, before);
    assert_eq!(way.mails().len(), 1);
}

#[test]
fn a_skipped_step_takes_no_time() {
    // B19, D17
    let mut steps = follow_up();
    steps[1].only_if = vec![industry("製造業")];
    let mut way = OnTheWay::new(steps);
    way.until(start() + days(20));
    let expected = [(1, 0), (3, 2), (4, 6), (5, 13)];
    assert_eq!(
        way.mails(),
        expected.map(|(step, day)| (id(step), days(day)))
    );
    let skip = (id(2), skipped(StepSkipped::Condition));
    assert_eq!(way.outcomes()[1], skip);
}

#[test]
fn after_a_skipped_step_the_next_does_not_come_before_it() {
    let mut steps = vec![mail(1, 0), mail(2, 3), mail(3, 1)];
    steps[1].only_if = vec![industry("製造業")];
    steps[2].not_later_than = Some(after(1, DelayUnit::Hours));
    let mut way = OnTheWay::new(steps);
    way.until(start() + days(20));
    assert_eq!(way.mails(), [(id(1), days(0)), (id(3), days(3))]);
}

#[test]
fn an_outage_of_ten_days_floods_nobody() {
    // Complaint 11
    let mut way = OnTheWay::new(follow_up());
    way.until(start() + days(1));
    let back = start() + days(11);
    way.at_last(back);
    assert_eq!(
        way.mails().len(),
        3,
        "one mail, not everything that is past due"
    );
    way.until(start() + days(40));
    let expected = [(1, 0), (2, 1), (3, 11), (4, 15), (5, 22)];
    assert_eq!(
        way.mails(),
        expected.map(|(step, day)| (id(step), days(day)))
    );
}

#[test]
fn a_stale_mail_is_skipped_and_the_next_one_keeps_its_day() {
    // D17, complaint 13
    let mut steps = vec![mail(1, 0), mail(2, 1), mail(3, 14)];
    steps[1].not_later_than = Some(after(2, DelayUnit::Days));
    let mut way = OnTheWay::new(steps.clone());
    way.until(start());
    way.at_last(start() + days(3) + hours(1));
    way.until(start() + days(20));
    assert_eq!(way.mails(), [(id(1), days(0)), (id(3), days(14))]);
    assert_eq!(way.outcomes()[1].1, skipped(StepSkipped::TooLate));

    let mut way = OnTheWay::new(steps);
    way.until(start());
    way.at_last(start() + days(3));
    assert_eq!(way.mails()[1], (id(2), days(3)), "just in time");
}

#[test]
fn the_time_that_the_person_held_a_step_back_counts_for_no_delay() {
    let mut way = OnTheWay::new(follow_up());
    way.until(start());
    way.held_until(start() + days(30));
    way.until(start() + days(60));
    let expected = [(1, 0), (2, 30), (3, 32), (4, 36), (5, 43)];
    assert_eq!(
        way.mails(),
        expected.map(|(step, day)| (id(step), days(day)))
    );
}

#[test]
fn a_mail_that_the_person_held_back_too_long_is_skipped() {
    // D17
    let mut steps = vec![mail(1, 0), mail(2, 1), mail(3, 14)];
    steps[1].not_later_than = Some(after(2, DelayUnit::Days));
    let held = |until: i64| {
        let mut way = OnTheWay::new(steps.clone());
        way.until(start());
        way.held_until(start() + days(until));
        way.until(start() + days(60));
        way
    };
    assert_eq!(held(30).mails(), [(id(1), days(0)), (id(3), days(43))]);
    let in_time = held(2);
    assert_eq!(in_time.mails()[1], (id(2), days(2)));
    let StepEffect::Send(send) = &in_time.effects[1].1 else {
        panic!("it sends: {:?}", in_time.effects);
    };
    assert_eq!(send.expires_at, Some(start() + days(3)));
}

#[test]
fn the_seconds_of_a_worker_do_not_add_up() {
    let mut way = OnTheWay::new(follow_up());
    while let Some(due) = way.enrollment.next_at {
        let looked = due + TimeDelta::seconds(20);
        way.apply(way.look(looked), looked);
    }
    let (_, last) = way.mails()[4];
    assert_eq!(last, days(14) + TimeDelta::seconds(20));
}

#[test]
fn mails_come_at_nine_on_the_tenants_clock() {
    // Complaint 13
    let mut way = OnTheWay::new(vec![
        step(1, 0, at_nine(&[])),
        mail(2, 0),
        step(3, 1, at_nine(&[])),
        mail(4, 0),
        step(5, 0, at_nine(&[WeekdayName::Friday])),
        mail(6, 0),
        step(7, 0, at_nine(&[])),
        mail(8, 0),
    ]);
    way.until(start() + days(20));
    // Enrolled on a Sunday at ten.
    let expected = [(2, 23), (4, 47), (6, 5 * 24 - 1), (8, 6 * 24 - 1)];
    assert_eq!(
        way.mails(),
        expected.map(|(step, hour)| (id(step), hours(hour)))
    );
}

#[test]
fn a_mail_for_nine_o_clock_is_not_sent_in_the_evening() {
    // Complaint 13: the lateness of a mail behind a wait counts from the end of the wait.
    let mut second = mail(2, 0);
    second.not_later_than = Some(after(2, DelayUnit::Hours));
    let mut way = OnTheWay::new(vec![step(1, 0, at_nine(&[])), second]);
    way.at_last(start() + hours(33));
    let skip = (id(2), skipped(StepSkipped::TooLate));
    assert_eq!(way.outcomes(), [(id(1), StepOutcome::Done), skip]);
}

#[test]
fn a_step_that_is_gone_ends_the_way() {
    // B18
    let mut way = OnTheWay::new(vec![mail(1, 0)]);
    way.enrollment.next_step = Some(id(99));
    way.until(start());
    assert_eq!(way.enrollment.status, EnrollmentStatus::Completed);
    assert!(way.mails().is_empty());
}

#[test]
fn a_mail_without_its_content_is_skipped_and_said_so() {
    let mut way = OnTheWay::new(vec![mail(1, 0), mail(2, 0)]);
    way.version.contents.remove(0);
    way.until(start());
    assert_eq!(way.outcomes()[0], (id(1), skipped(StepSkipped::Gone)));
    assert_eq!(way.mails(), [(id(2), days(0))]);
}

#[test]
fn a_mail_that_a_new_version_moves_behind_somebody_is_not_sent_twice() {
    // Complaint 11
    let mut way = OnTheWay::new(vec![mail(1, 0), mail(2, 1)]);
    way.until(start());
    way.version = CampaignVersion {
        version: 2,
        ..version(Flow {
            steps: vec![mail(2, 1), mail(1, 1), mail(3, 1)],
        })
    };
    way.until(start() + days(9));
    let expected = [(1, 0), (2, 1), (3, 2)];
    assert_eq!(
        way.mails(),
        expected.map(|(step, day)| (id(step), days(day)))
    );
}

pub(super) fn industry(name: &str) -> crate::leads::LeadCondition {
    use crate::leads::{
        ConditionField, ConditionOperator, ConditionValue, LeadCondition, LeadField,
    };
    let value = ConditionValue::Text(name.to_owned());
    let field = ConditionField::Field(LeadField::Industry);
    LeadCondition::new(field, ConditionOperator::Equals, vec![value]).unwrap()
}
