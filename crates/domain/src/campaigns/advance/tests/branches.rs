//! Conditions, splits, and steps that change the lead.

use super::sequence::industry;
use super::*;
use crate::automation::StaffReaction;
use crate::leads::AttributeValue;
use crate::scoring::Band;

fn clicked(step: u128) -> StepTest {
    StepTest::Clicked {
        step: Some(id(step)),
        url_contains: None,
    }
}

fn branching() -> Vec<Step> {
    vec![
        mail(1, 0),
        condition(
            2,
            2,
            clicked(1),
            vec![mail(3, 0), mail(4, 1)],
            vec![mail(5, 3)],
        ),
        mail(6, 1),
    ]
}

#[test]
fn who_clicked_goes_the_one_way_and_who_did_not_the_other() {
    // B11
    let mut quiet = OnTheWay::new(branching());
    quiet.until(start() + days(30));
    let expected = [(1, 0), (5, 5), (6, 6)];
    assert_eq!(
        quiet.mails(),
        expected.map(|(step, day)| (id(step), days(day)))
    );
    assert_eq!(quiet.outcomes()[1], (id(2), StepOutcome::Went(Branch::No)));

    let mut keen = OnTheWay::new(branching());
    keen.until(start());
    keen.deeds.push(Deed::Clicked {
        step: Some(id(1)),
        url_contains: None,
    });
    keen.until(start() + days(30));
    let expected = [(1, 0), (3, 2), (4, 3), (6, 4)];
    assert_eq!(
        keen.mails(),
        expected.map(|(step, day)| (id(step), days(day)))
    );
}

#[test]
fn a_warm_lead_can_be_told_from_a_cold_one() {
    // A56
    for (band, wanted) in [(Band::Cold, 3), (Band::Warm, 2), (Band::Hot, 2)] {
        let test = StepTest::BandAtLeast { band: Band::Warm };
        let mut way = OnTheWay::new(vec![condition(
            1,
            0,
            test,
            vec![mail(2, 0)],
            vec![mail(3, 0)],
        )]);
        way.lead.band = band;
        way.until(start());
        assert_eq!(way.mails(), [(id(wanted), days(0))]);
    }
}

#[test]
fn an_empty_branch_goes_on_after_the_condition() {
    let test = StepTest::Opened { step: None };
    let inner = condition(
        2,
        0,
        StepTest::Visited {
            path: "/apply".into(),
        },
        vec![],
        vec![],
    );
    let steps = vec![condition(1, 0, test, vec![], vec![inner]), mail(3, 1)];
    let mut way = OnTheWay::new(steps);
    way.until(start() + days(3));
    let no = StepOutcome::Went(Branch::No);
    assert_eq!(way.outcomes()[..2], [(id(1), no.clone()), (id(2), no)]);
    assert_eq!(way.mails(), [(id(3), days(1))]);
}

#[test]
fn a_skipped_condition_skips_its_branches() {
    let test = StepTest::Opened { step: None };
    let mut first = condition(1, 0, test, vec![mail(2, 0)], vec![mail(3, 0)]);
    first.only_if = vec![industry("製造業")];
    let mut way = OnTheWay::new(vec![first, mail(4, 0)]);
    way.until(start());
    assert_eq!(way.mails(), [(id(4), days(0))]);
}

#[test]
fn a_split_sends_everybody_the_same_way_each_time_and_shares_as_told() {
    // B7
    let (a, b) = (vec![mail(2, 0)], vec![mail(3, 0)]);
    let split = step(1, 0, StepAction::Split { share_a: 30, a, b });
    let goes = |enrollment: u128| {
        let mut way = OnTheWay::new(vec![split.clone()]);
        way.enrollment.id = EnrollmentId::from_uuid(Uuid::from_u128(enrollment));
        way.until(start());
        way.mails()[0].0
    };
    let by_a = (0..2_000)
        .filter(|enrollment| goes(*enrollment) == id(2))
        .count();
    assert!((540..=660).contains(&by_a), "{by_a} of 2,000 went by A");
    assert_eq!(goes(17), goes(17));
}

#[test]
fn what_follows_a_change_of_the_lead_sees_the_lead_changed() {
    let steps = vec![
        step(
            1,
            0,
            StepAction::SetAttribute {
                field: "industry".into(),
                value: AttributeValue::Text("製造業".into()),
            },
        ),
        Step {
            only_if: vec![industry("製造業")],
            ..mail(2, 0)
        },
    ];
    let mut way = OnTheWay::new(steps);
    way.apply(way.look(start()), start());
    assert!(way.mails().is_empty(), "the look ends with the change");
    way.lead.industry = Some("製造業".into());
    way.until(start());
    assert_eq!(way.mails(), [(id(2), days(0))]);
}

#[test]
fn steps_say_what_they_change() {
    let user = None;
    let actions = vec![
        StepAction::AddTag {
            tag: "資料請求".into(),
        },
        StepAction::AddScore { points: 10 },
        StepAction::Notify {
            user,
            message: "電話を".into(),
        },
        StepAction::Webhook {
            url: "https://crm.example.com/hook".into(),
        },
        StepAction::GoTo {
            campaign: CampaignId::from_uuid(Uuid::from_u128(6)),
        },
        StepAction::End,
    ];
    let numbered = actions.into_iter().zip(1..);
    let steps = numbered
        .map(|(action, number)| step(number, 0, action))
        .collect();
    let mut way = OnTheWay::new(steps);
    way.until(start());
    let effects: Vec<_> = way.effects.iter().map(|(_, effect)| effect).collect();
    assert_eq!(*effects[0], StepEffect::AddTag("資料請求".into()));
    let score = StepEffect::AddScore {
        step: id(2),
        points: 10,
    };
    assert_eq!(*effects[1], score);
    let message = "電話を".into();
    assert_eq!(
        *effects[2],
        StepEffect::React(StaffReaction::Notify { user, message })
    );
    let StepEffect::React(StaffReaction::Webhook { step, at, .. }) = effects[3] else {
        panic!("{:?}", effects[3]);
    };
    assert_eq!((*step, *at), (id(4), start()));
    let StepEffect::Enroll(cause) = effects[4] else {
        panic!("{:?}", effects[4]);
    };
    assert_eq!(
        (cause.campaign.uuid().as_u128(), cause.lead),
        (6, way.lead.id)
    );
    assert_eq!(way.enrollment.status, EnrollmentStatus::Completed);
    assert_eq!(
        way.executions.len(),
        5,
        "nothing comes after going on to another campaign"
    );
}

#[test]
fn what_somebody_did_is_asked_when_the_step_is_held_back_no_more() {
    let branch = condition(2, 1, clicked(1), vec![mail(3, 3)], vec![mail(4, 3)]);
    let mut way = OnTheWay::new(vec![mail(1, 0), branch]);
    way.until(start());
    way.held_until(start() + days(30));
    way.until(start() + days(29));
    way.deeds.push(Deed::Clicked {
        step: Some(id(1)),
        url_contains: None,
    });
    way.until(start() + days(60));
    assert_eq!(way.mails(), [(id(1), days(0)), (id(3), days(33))]);
}
