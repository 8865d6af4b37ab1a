//! Workers that die, or work beside each other.

use chrono::TimeDelta;
use domain::campaigns::{CampaignVersion, CampaignWork, MockCampaignWork};

use super::*;

fn two_mails() -> School {
    School::with(|school| vec![school.mail(1, 0), school.mail(2, 1)])
}

#[test]
fn what_a_dead_worker_had_taken_another_takes_up() {
    // Complaint 4
    let school = two_mails();
    let lead = school.enrolled("sato");
    let mail = &*school.office.mail;
    let minute = TimeDelta::minutes(1);
    let taken = CampaignWork::claim_due(mail, school.tenant, 10, minute, school.now()).unwrap();
    assert_eq!(taken.len(), 1);
    school.work();
    assert!(
        school.sends(lead).is_empty(),
        "the dead worker's lease holds"
    );
    school.office.wait(61);
    school.days_pass(3);
    assert_eq!(school.days_of(lead), [0, 1]);
}

#[test]
fn a_worker_that_comes_too_late_changes_nothing() {
    // Complaint 4
    let school = two_mails();
    let lead = school.enrolled("sato");
    let (mail, now) = (&*school.office.mail, school.now());
    let slow = CampaignWork::claim_due(mail, school.tenant, 10, TimeDelta::zero(), now).unwrap();
    school.work();
    let version = CampaignWork::version(mail, school.tenant, school.campaign, 1);
    let found = LeadStore::find(&*school.office.leads, school.tenant, lead);
    let situation = domain::campaigns::Situation {
        version: &version.unwrap().unwrap(),
        enrollment: &slow[0],
        lead: &found.unwrap().unwrap(),
        zone: chrono_tz::Asia::Tokyo,
        now,
    };
    let advance = domain::campaigns::advance(&situation, &mut |_| Ok(false)).unwrap();
    assert!(!CampaignWork::apply(mail, school.tenant, &slow[0], &advance, now).unwrap());
    assert_eq!(school.sends(lead).len(), 1);
}

#[test]
fn workers_beside_each_other_do_each_step_once() {
    // Complaint 4
    let school = two_mails();
    let leads: Vec<LeadId> = (0..250)
        .map(|number| school.enrolled(&format!("lead{number}")))
        .collect();
    for _ in 0..2 {
        std::thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    let guide = Guide::default();
                    let stop = Stop::default();
                    while guide.turn(&school.office.ports, &stop).unwrap() == Turn::Worked {}
                });
            }
        });
        school.office.wait(DAY);
    }
    for lead in leads {
        assert_eq!(school.sends(lead).len(), 2);
        assert_eq!(school.status_of(lead), EnrollmentStatus::Completed);
    }
}

#[test]
fn one_persons_trouble_stops_nobody_else() {
    let school = two_mails();
    let (broken, sound) = (school.enrolled("broken"), school.enrolled("sound"));
    let version = CampaignWork::version(&*school.office.mail, school.tenant, school.campaign, 1);
    let version: CampaignVersion = version.unwrap().unwrap();
    let mut first = school.way_of(broken);
    first.version = 99;
    let claimed = vec![first, school.way_of(sound)];
    let mut ways = MockCampaignWork::new();
    ways.expect_claim_due()
        .return_once(|_, _, _, _| Ok(claimed));
    ways.expect_version()
        .returning(move |_, _, number| Ok((number == 1).then(|| version.clone())));
    ways.expect_apply()
        .withf(move |_, enrollment, _, _| enrollment.lead == sound)
        .times(1)
        .returning(|_, _, _, _| Ok(true));
    let mut ports = school.office.ports.clone();
    ports.ways = Arc::new(ways);
    let turn = Guide::default().turn(&ports, &Stop::default()).unwrap();
    assert_eq!(turn, Turn::Worked);
}
