//! Editing, pausing and ending a campaign that people are in.

use domain::campaigns::{CampaignFault, StepTest};
use domain::delivery::MailContents;
use domain::tracking::MailSource;

use super::*;

fn daily(school: &School) -> Vec<Step> {
    vec![
        school.mail(1, 0),
        school.mail(2, 1),
        school.mail(3, 1),
        school.mail(4, 1),
    ]
}

#[test]
fn a_pause_of_ten_days_floods_nobody() {
    // Complaint 11
    let school = School::with(daily);
    let lead = school.enrolled("sato");
    school.days_pass(1);
    school.office.wait(12 * HOUR);
    school.change_status(CampaignStatus::Paused);
    school.days_pass(10);
    assert_eq!(school.days_of(lead), [0, 1], "nobody moves on");
    school.change_status(CampaignStatus::Active);
    assert_eq!(
        school.seconds_until_next(lead),
        Some(12 * HOUR),
        "as far off as it was"
    );
    school.days_pass(5);
    assert_eq!(school.days_of(lead), [0, 1, 12, 13]);
}

#[test]
fn a_campaign_that_is_ended_takes_everybody_out() {
    let school = School::with(daily);
    let lead = school.enrolled("sato");
    school.work();
    school.change_status(CampaignStatus::Completed);
    school.days_pass(5);
    assert_eq!(school.days_of(lead), [0]);
    assert_eq!(school.status_of(lead), EnrollmentStatus::Exited);
}

/// The third mail goes, another comes before the second.
fn edited(school: &School) -> Vec<Step> {
    vec![
        school.mail(1, 0),
        school.mail(5, 1),
        school.mail(2, 1),
        school.mail(4, 1),
    ]
}

#[test]
fn people_inside_go_on_in_the_version_they_are_in() {
    // Complaint 11
    let school = School::with(daily);
    let before = school.enrolled("before");
    school.work();
    let steps = edited(&school);
    school.edit(|definition| definition.flow = Flow { steps });
    assert_eq!(school.activate(false).unwrap(), Activated { version: 2 });
    let after = school.enrolled("after");
    school.days_pass(5);
    assert_eq!(school.days_of(before), [0, 1, 2, 3]);
    assert_eq!(school.way_of(before).version, 1);
    assert_eq!(school.way_of(after).version, 2);
}

#[test]
fn people_inside_can_be_taken_along() {
    // Complaint 11
    let school = School::with(daily);
    let lead = school.enrolled("sato");
    school.days_pass(1);
    let steps = edited(&school);
    school.edit(|definition| definition.flow = Flow { steps });
    school.activate(true).unwrap();
    school.days_pass(5);
    assert_eq!(school.way_of(lead).version, 2);
    assert_eq!(
        school.days_of(lead),
        [0, 1, 2],
        "the third mail is gone, the fourth comes"
    );
}

#[test]
fn links_are_numbered_on_from_version_to_version() {
    // C27
    let school = School::with(daily);
    school.activate(false).unwrap();
    let source = MailSource::Campaign(school.campaign);
    let links = school.office.mail.links_of(school.tenant, source).unwrap();
    let numbers: Vec<u16> = links.iter().map(|link| link.link_index).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert!(
        links.iter().all(|link| link.position == 0),
        "one link in each mail"
    );
}

#[test]
fn a_campaign_with_problems_is_not_activated_and_says_why() {
    // B13
    let school = School::new();
    let test = StepTest::InSegment {
        segment: school.tenant.uuid(),
    };
    let (yes, no) = (Vec::new(), Vec::new());
    let condition = step(1, 0, StepAction::Condition { test, yes, no });
    school.draft(definition(vec![condition]));
    let Err(ActivateRefused::Problems(problems)) = school.activate(false) else {
        panic!("it was activated");
    };
    assert_eq!(problems[0].fault, CampaignFault::NotYetAvailable);
    assert_eq!(school.found().status, CampaignStatus::Draft);
}
