//! Leaving before the end.

use super::sequence::industry;
use super::*;
use crate::scoring::Band;
use crate::tracking::EventName;

fn two_mails(exit: ExitCondition) -> OnTheWay {
    let mut way = OnTheWay::new(vec![mail(1, 0), mail(2, 1)]);
    way.version.exits = vec![exit];
    way.until(start());
    way
}

#[test]
fn an_exit_condition_lets_people_out_before_the_next_mail() {
    let applied = EventName::parse("applied").unwrap();
    let mut way = two_mails(ExitCondition::Custom(applied.clone()));
    way.deeds.push(Deed::Custom(applied));
    way.until(start() + days(9));
    assert_eq!(way.mails().len(), 1);
    assert_eq!(way.enrollment.status, EnrollmentStatus::Exited);

    let mut way = two_mails(ExitCondition::BandReached(Band::Hot));
    way.lead.band = Band::Hot;
    way.until(start() + days(9));
    assert_eq!(way.enrollment.status, EnrollmentStatus::Exited);

    let mut way = two_mails(ExitCondition::Lead(industry("製造業")));
    way.lead.industry = Some("製造業".into());
    way.until(start() + days(9));
    assert_eq!(way.enrollment.status, EnrollmentStatus::Exited);
}

#[test]
fn who_fulfils_no_exit_stays() {
    let mut way = two_mails(ExitCondition::BandReached(Band::Hot));
    way.lead.band = Band::Warm;
    way.until(start() + days(9));
    assert_eq!(way.mails().len(), 2);
    assert_eq!(way.enrollment.status, EnrollmentStatus::Completed);
}
