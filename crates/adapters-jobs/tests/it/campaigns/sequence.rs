//! A sequence of mails, from an assessment to its end.

use domain::automation::{HOLD, Reaction, ReactionKind, ReactionQueue};
use domain::campaigns::{
    Delay, DelayUnit, Enrolled, EnrollmentStatus, EnrollmentStore, ExitCondition, Step, StepAction,
    StepTest,
};
use domain::delivery::{SendState, SkipReason, Suppression, SuppressionReason, Suppressions};
use domain::ids::ReactionId;
use domain::leads::LeadStore;
use test_support::builders::delivery::LINK;

use super::*;

fn five_mails(school: &School) -> Vec<Step> {
    let delays = [0, 1, 2, 4, 7].into_iter().zip(1..);
    delays
        .map(|(delay, number)| school.mail(number, delay))
        .collect()
}

fn react(school: &School, lead: LeadId, kind: ReactionKind, name: &[u8]) {
    let reaction = Reaction {
        id: ReactionId::derived(&[name]),
        lead,
        kind,
        due_at: school.now(),
        engagement: None,
    };
    let (mail, now) = (&*school.office.mail, school.now());
    mail.add(school.tenant, &[reaction], now).unwrap();
}

#[test]
fn an_assessment_starts_five_mails_over_fourteen_days() {
    // B4, B10, B14
    let school = School::with(five_mails);
    let lead = school.lead("sato");
    let campaign = school.campaign;
    react(
        &school,
        lead,
        ReactionKind::Enroll { campaign },
        b"assessment",
    );
    school.work();
    assert_eq!(school.days_of(lead), [0], "the first mail goes out at once");
    school.days_pass(20);
    assert_eq!(school.days_of(lead), [0, 1, 3, 7, 14]);
    assert_eq!(school.post.sent.lock().unwrap().len(), 5);
    assert_eq!(school.status_of(lead), EnrollmentStatus::Completed);
    let found = school.found();
    assert_eq!((found.enrolled_count, found.completed_count), (1, 1), "B57");
}

#[test]
fn the_same_assessment_told_twice_is_one_enrollment() {
    // B17
    let school = School::with(five_mails);
    let (lead, campaign) = (school.lead("sato"), school.campaign);
    for _ in 0..2 {
        react(
            &school,
            lead,
            ReactionKind::Enroll { campaign },
            b"assessment",
        );
        school.work();
    }
    assert_eq!(school.days_of(lead), [0]);
    assert_eq!(school.found().enrolled_count, 1);
}

#[test]
fn who_clicked_gets_another_mail_than_who_did_not() {
    // B11
    let school = School::with(|school| {
        let test = StepTest::Clicked {
            step: None,
            url_contains: Some("/oc".to_owned()),
        };
        let (yes, no) = (vec![school.mail(3, 0)], vec![school.mail(4, 3)]);
        let condition = StepAction::Condition { test, yes, no };
        vec![school.mail(1, 0), step(2, 2, condition)]
    });
    let (keen, quiet) = (school.enrolled("keen"), school.enrolled("quiet"));
    school.work();
    let (send, now) = (school.sends(keen)[0].key.id, school.now());
    school
        .office
        .mail
        .click_by_person(school.tenant, send, LINK, now);
    school.days_pass(6);
    assert_eq!(school.days_of(keen), [0, 2]);
    assert_eq!(school.days_of(quiet), [0, 5]);
}

#[test]
fn a_click_brings_the_next_mail_forward() {
    // B15
    let school = School::with(|school| {
        let first = StepAction::Send {
            template: school.template,
            click_hastens: true,
        };
        vec![step(1, 0, first), school.mail(2, 5), school.mail(3, 5)]
    });
    let (keen, quiet) = (school.enrolled("keen"), school.enrolled("quiet"));
    school.days_pass(1);
    let (send, campaign) = (school.sends(keen)[0].key.id, school.campaign);
    for click in [b"first click!", b"second click"] {
        react(
            &school,
            keen,
            ReactionKind::Hasten { campaign, send },
            click,
        );
        school.work();
    }
    assert_eq!(school.days_of(keen), [0, 1]);
    assert_eq!(
        school.seconds_until_next(keen),
        Some(5 * DAY),
        "only the next one"
    );
    assert_eq!(school.days_of(quiet), [0]);
    assert!(
        HOLD.num_seconds() > 0,
        "a burst can take the click back in time"
    );
}

#[test]
fn who_unsubscribes_leaves_before_the_next_mail() {
    // Complaint 14
    let school = School::with(five_mails);
    let lead = school.enrolled("sato");
    school.days_pass(1);
    let found = LeadStore::find(&*school.office.leads, school.tenant, lead);
    let suppression = Suppression {
        email: found.unwrap().unwrap().email,
        reason: SuppressionReason::Unsubscribed,
        detail: None,
        created_at: school.now(),
    };
    school
        .office
        .mail
        .suppress(school.tenant, &suppression)
        .unwrap();
    school.days_pass(20);
    assert_eq!(school.days_of(lead), [0, 1]);
    assert_eq!(school.sends(lead).len(), 2, "nothing more was queued");
    assert_eq!(school.status_of(lead), EnrollmentStatus::Unsubscribed);
}

#[test]
fn who_applies_leaves_and_counts_as_converted() {
    // C31
    let school = School::new();
    let applied = EventName::parse("applied").unwrap();
    let mut wanted = definition(five_mails(&school));
    wanted.exits = vec![ExitCondition::Custom(applied.clone())];
    school.draft(wanted);
    school.activate(false).unwrap();
    let (lead, other) = (school.enrolled("sato"), school.enrolled("suzuki"));
    school.work();
    let (mail, now) = (&*school.office.mail, school.now());
    mail.report(school.tenant, lead, applied, now);
    school.days_pass(20);
    assert_eq!(school.days_of(lead), [0]);
    assert_eq!(school.days_of(other).len(), 5);
    let figures = EnrollmentStore::figures(mail, school.tenant, school.campaign).unwrap();
    assert_eq!(figures.converted, 1);
    assert_eq!(
        (figures.by_status["exited"], figures.by_status["completed"]),
        (1, 1)
    );
}

#[test]
fn a_stale_mail_is_not_sent_after_an_outage() {
    // D17, complaint 13
    let school = School::with(|school| {
        let mut second = school.mail(2, 1);
        second.not_later_than = Some(Delay {
            value: 6,
            unit: DelayUnit::Hours,
        });
        vec![school.mail(1, 0), second, school.mail(3, 9)]
    });
    let lead = school.enrolled("sato");
    school.work();
    school.office.wait(5 * DAY);
    school.days_pass(10);
    assert_eq!(school.days_of(lead), [0, 9]);
}

#[test]
fn a_mail_that_is_queued_in_time_and_goes_out_too_late_is_skipped() {
    // Complaint 13
    let school = School::with(|school| {
        let mut first = school.mail(1, 0);
        first.not_later_than = Some(Delay {
            value: 2,
            unit: DelayUnit::Hours,
        });
        vec![first]
    });
    let lead = school.enrolled("sato");
    school.guide();
    school.office.wait(3 * HOUR);
    school.work();
    let send = school.sends(lead).remove(0);
    assert_eq!(send.state, SendState::Skipped);
    assert_eq!(
        send.state_reason.as_deref(),
        Some(SkipReason::TooLate.as_str())
    );
}

#[test]
fn people_come_again_only_where_the_campaign_says_so() {
    // D16
    for (re_entry, inside, afterwards) in [
        (ReEntry::Never, false, false),
        (ReEntry::AfterFinishing, false, true),
        (ReEntry::Always, true, true),
    ] {
        let school = School::new();
        let mut wanted = definition(vec![school.mail(1, 0), school.mail(2, 2)]);
        wanted.re_entry = re_entry;
        school.draft(wanted);
        school.activate(false).unwrap();
        let lead = school.enrolled("sato");
        school.days_pass(1);
        let again = matches!(school.enroll(lead, "again"), Enrolled::Now(_));
        assert_eq!(again, inside, "{re_entry:?}");
        school.days_pass(5);
        let later = matches!(school.enroll(lead, "later"), Enrolled::Now(_));
        assert_eq!(later, afterwards, "{re_entry:?}");
        let repeat = matches!(school.enroll(lead, "by hand"), Enrolled::Now(_));
        assert!(!repeat, "the same cause never enrolls twice");
    }
}
