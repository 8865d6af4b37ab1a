//! What lets people in.

use adapters_jobs::Dates;
use chrono::{NaiveDate, NaiveTime};
use domain::automation::{ActiveTrigger, ReactionQueue, fulfilled};
use domain::campaigns::{EnrollMany, EnrollPorts, EnrollRefused, enroll_many};
use domain::leads::{
    AsOf, AttributeDefinition, AttributeKind, AttributeValue, Change, ConditionField,
    ConditionOperator, ConditionValue, LeadChanges, LeadCondition, LeadField, LeadFilter,
    LeadListing,
};

use super::*;

fn industry(name: &str) -> LeadCondition {
    let value = ConditionValue::Text(name.to_owned());
    let field = ConditionField::Field(LeadField::Industry);
    LeadCondition::new(field, ConditionOperator::Equals, vec![value]).unwrap()
}

fn in_industry(school: &School, lead: LeadId, name: &str) {
    let changes = LeadChanges {
        industry: Change::Set(name.to_owned()),
        ..LeadChanges::default()
    };
    let (leads, now) = (&*school.office.leads, school.now());
    LeadStore::update(leads, school.tenant, lead, changes, now).unwrap();
}

fn open(school: &School, change: impl FnOnce(&mut CampaignDefinition)) {
    let mut wanted = definition(vec![school.mail(1, 0)]);
    change(&mut wanted);
    school.draft(wanted);
    school.activate(false).unwrap();
}

fn has_come_in(school: &School, lead: LeadId) -> bool {
    !EnrollmentStore::of_lead(&*school.office.mail, school.tenant, lead)
        .unwrap()
        .is_empty()
}

#[test]
fn an_attribute_lets_in_whom_it_fits() {
    // B9
    let school = School::new();
    let trigger = Trigger::AttributeMatches {
        conditions: vec![industry("製造業")],
    };
    open(&school, |wanted| wanted.trigger = trigger.clone());
    let (maker, seller) = (school.lead("maker"), school.lead("seller"));
    in_industry(&school, maker, "製造業");
    in_industry(&school, seller, "小売業");
    let active = ActiveTrigger {
        campaign: school.campaign,
        trigger,
    };
    for lead in [maker, seller] {
        let lead = school
            .office
            .leads
            .find(school.tenant, lead)
            .unwrap()
            .unwrap();
        let set_in_motion = fulfilled(std::slice::from_ref(&active), None, &lead, school.now());
        let mail = &*school.office.mail;
        mail.add(school.tenant, &set_in_motion, school.now())
            .unwrap();
        let unchanged = fulfilled(
            std::slice::from_ref(&active),
            Some(&lead),
            &lead,
            school.now(),
        );
        assert_eq!(unchanged, [], "whoever fits already does not come in again");
    }
    school.work();
    assert!(has_come_in(&school, maker) && !has_come_in(&school, seller));
}

#[test]
fn a_list_comes_in_once_and_only_whom_the_entry_conditions_fit() {
    // B14
    let school = School::new();
    open(&school, |wanted| wanted.entry = vec![industry("製造業")]);
    for number in 0..1_200 {
        let lead = school.lead(&format!("lead{number}"));
        let name = if number % 3 == 0 {
            "製造業"
        } else {
            "小売業"
        };
        in_industry(&school, lead, name);
    }
    let (mail, leads) = (&*school.office.mail, &*school.office.leads);
    let ports = EnrollPorts {
        campaigns: mail,
        enrollments: mail,
        leads,
    };
    let many = EnrollMany {
        campaign: school.campaign,
        filter: LeadFilter::default(),
        occasion: b"request".to_vec(),
    };
    let as_of = AsOf::new(school.now(), chrono_tz::Asia::Tokyo);
    let enroll = || enroll_many(&ports, leads, school.tenant, &many, as_of).unwrap();
    let totals = enroll();
    assert_eq!((totals.now, totals.already), (400, 0));
    assert_eq!(
        totals.refused,
        BTreeMap::from([(EnrollRefused::EntryCondition, 800)])
    );
    let totals = enroll();
    assert_eq!((totals.now, totals.already), (0, 400));
    school.change_status(CampaignStatus::Paused);
    assert_eq!(enroll().refused[&EnrollRefused::NotActive], 1_200);
}

#[test]
fn a_day_that_is_known_of_a_lead_lets_it_in_once_at_its_time() {
    // B6, complaint 13
    let school = School::new();
    define_visit(&school);
    open(&school, |wanted| wanted.trigger = before_the_visit(3, 9));
    let today = AsOf::new(school.now(), chrono_tz::Asia::Tokyo).today;
    let coming = visitor(&school, "coming", today + chrono::Days::new(5));
    let later = visitor(&school, "later", today + chrono::Days::new(60));
    let mut came = None;
    for _ in 0..5 * 24 {
        // As many processes as hours: what one remembers, another does not know.
        Dates::default()
            .turn(&school.office.ports, &Stop::default())
            .unwrap();
        school.work();
        if came.is_none() && has_come_in(&school, coming) {
            came = Some(school.now().with_timezone(&chrono_tz::Asia::Tokyo));
        }
        school.office.wait(HOUR);
    }
    let came = came.unwrap();
    assert_eq!(came.date_naive(), today + chrono::Days::new(2));
    assert_eq!(chrono::Timelike::hour(&came), 9);
    assert_eq!(school.found().enrolled_count, 1);
    assert!(!has_come_in(&school, later));
}

#[test]
fn a_time_that_is_put_later_on_the_same_day_still_comes() {
    // B6
    let school = School::new();
    define_visit(&school);
    // Ten o'clock on the next morning, past the time of the campaign.
    school.office.wait(DAY + HOUR / 2);
    open(&school, |wanted| wanted.trigger = before_the_visit(0, 9));
    let today = AsOf::new(school.now(), chrono_tz::Asia::Tokyo).today;
    let visits = visitor(&school, "visits", today);
    let dates = Dates::default();
    let look = || {
        dates.turn(&school.office.ports, &Stop::default()).unwrap();
        has_come_in(&school, visits)
    };
    assert!(!look(), "the time was over when it was activated");
    school.edit(|wanted| wanted.trigger = before_the_visit(0, 13));
    school.activate(false).unwrap();
    assert!(!look());
    school.office.wait(3 * HOUR);
    assert!(look());
}

#[test]
fn what_is_saved_lets_nobody_in_before_it_is_activated() {
    let school = School::new();
    open(&school, |wanted| wanted.entry = vec![industry("製造業")]);
    school.edit(|wanted| wanted.entry = vec![industry("小売業")]);
    let seller = school.lead("seller");
    in_industry(&school, seller, "小売業");
    let refused = Enrolled::Refused(EnrollRefused::EntryCondition);
    assert_eq!(school.enroll(seller, "saved"), refused);
    school.activate(false).unwrap();
    let now = school.enroll(seller, "activated");
    assert!(matches!(now, Enrolled::Now(_)), "{now:?}");
}

fn define_visit(school: &School) {
    let visit = AttributeDefinition {
        key: "visit".to_owned(),
        label: "来校日".to_owned(),
        kind: AttributeKind::Date,
        created_at: school.now(),
    };
    let leads = &*school.office.leads;
    leads.define_attributes(school.tenant, &[visit]).unwrap();
}

fn before_the_visit(days: i32, hour: u32) -> Trigger {
    Trigger::DateAttribute {
        attribute: "visit".to_owned(),
        days: -days,
        at: NaiveTime::from_hms_opt(hour, 0, 0).unwrap(),
    }
}

fn visitor(school: &School, name: &str, day: NaiveDate) -> LeadId {
    let lead = school.lead(name);
    let visit = ("visit".to_owned(), Some(AttributeValue::Date(day)));
    let changes = LeadChanges {
        attributes: BTreeMap::from([visit]),
        ..LeadChanges::default()
    };
    let (leads, now) = (&*school.office.leads, school.now());
    LeadStore::update(leads, school.tenant, lead, changes, now).unwrap();
    lead
}
