use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveTime;
use uuid::Uuid;

use super::*;
use crate::campaigns::{Branch, Delay, DelayUnit, Flow, ReEntry, Step, StepAction, StepTest};
use crate::content::{TemplateFault, TemplatePart, TemplateProblem};
use crate::delivery::SenderItem;
use crate::ids::{StepId, TemplateId};
use crate::leads::AttributeValue;
use crate::tracking::EventName;

fn own() -> CampaignId {
    CampaignId::from_uuid(Uuid::from_u128(1))
}

fn other() -> CampaignId {
    CampaignId::from_uuid(Uuid::from_u128(2))
}

fn id(number: u128) -> StepId {
    StepId::from_uuid(Uuid::from_u128(number))
}

fn template(number: u128) -> TemplateId {
    TemplateId::from_uuid(Uuid::from_u128(number))
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
    let action = StepAction::Send {
        template: template(1),
        click_hastens: false,
    };
    step(number, action)
}

fn condition(number: u128, test: StepTest, yes: Vec<Step>, no: Vec<Step>) -> Step {
    step(number, StepAction::Condition { test, yes, no })
}

fn definition(steps: Vec<Step>) -> CampaignDefinition {
    CampaignDefinition {
        name: "診断のあと".into(),
        description: String::new(),
        trigger: Trigger::Custom {
            event: EventName::parse("assessment_completed").unwrap(),
            properties: BTreeMap::new(),
        },
        entry: Vec::new(),
        exits: Vec::new(),
        re_entry: ReEntry::Never,
        tracking: true,
        flow: Flow { steps },
    }
}

fn surroundings() -> Surroundings {
    let attribute = |key: &str, kind| (key.to_owned(), kind);
    Surroundings {
        templates: BTreeMap::from([(template(1), Vec::new())]),
        campaigns: BTreeSet::from([other()]),
        attributes: BTreeMap::from([
            attribute("birthday", AttributeKind::Date),
            attribute("plan", AttributeKind::Text),
        ]),
        sender: Vec::new(),
    }
}

fn found(definition: &CampaignDefinition) -> Vec<(Option<StepId>, CampaignFault)> {
    let problems = validate(own(), definition, &surroundings()).into_iter();
    problems
        .map(|problem| (problem.step, problem.fault))
        .collect()
}

fn of_steps(steps: Vec<Step>) -> Vec<(u128, CampaignFault)> {
    let at = |(step, fault): (Option<StepId>, CampaignFault)| {
        (step.map_or(0, |step| step.uuid().as_u128()), fault)
    };
    found(&definition(steps)).into_iter().map(at).collect()
}

fn of_action(action: StepAction) -> Option<CampaignFault> {
    let faults = of_steps(vec![step(7, action)]);
    faults.into_iter().next().map(|(_, fault)| fault)
}

#[test]
fn a_campaign_that_can_run_has_no_problems() {
    // B13
    let asked = StepTest::Clicked {
        step: Some(id(1)),
        url_contains: None,
    };
    let steps = vec![
        mail(1),
        condition(2, asked, vec![mail(3)], vec![step(4, StepAction::End)]),
        mail(5),
    ];
    assert_eq!(found(&definition(steps)), []);
}

#[test]
fn an_empty_campaign_says_all_that_is_missing() {
    let mut empty = definition(Vec::new());
    empty.name = "　".into();
    empty.trigger = Trigger::AttributeMatches {
        conditions: Vec::new(),
    };
    let mut bare = surroundings();
    bare.sender = vec![SenderItem::PostalAddress];
    let faults: Vec<_> = validate(own(), &empty, &bare)
        .into_iter()
        .map(|one| one.fault)
        .collect();
    let expected = [
        CampaignFault::NameMissing,
        CampaignFault::SenderIncomplete(SenderItem::PostalAddress),
        CampaignFault::TriggerIncomplete,
        CampaignFault::NoSteps,
    ];
    assert_eq!(faults, expected);
    assert_eq!(
        found(&CampaignDefinition {
            name: "長".repeat(121),
            ..definition(vec![mail(1)])
        })[0]
            .1,
        CampaignFault::NameTooLong
    );
}

#[test]
fn a_trigger_that_cannot_fire_yet_is_not_activated() {
    let segment = Uuid::nil();
    for trigger in [
        Trigger::SegmentEntered { segment },
        Trigger::StageEntered {
            stage: "mql".into(),
        },
        Trigger::EventRegistered { event: None },
    ] {
        let waiting = CampaignDefinition {
            trigger,
            ..definition(vec![mail(1)])
        };
        assert_eq!(found(&waiting), [(None, CampaignFault::NotYetAvailable)]);
    }
    let asks = condition(2, StepTest::InSegment { segment }, vec![mail(3)], vec![]);
    assert_eq!(of_steps(vec![asks]), [(2, CampaignFault::NotYetAvailable)]);
}

#[test]
fn a_date_counts_from_a_custom_attribute_of_that_kind() {
    let on = |attribute: &str| {
        let trigger = Trigger::DateAttribute {
            attribute: attribute.into(),
            days: -3,
            at: NaiveTime::MIN,
        };
        found(&CampaignDefinition {
            trigger,
            ..definition(vec![mail(1)])
        })
    };
    assert_eq!(on("birthday"), []);
    for wrong in ["plan", "nothing"] {
        assert_eq!(
            on(wrong),
            [(None, CampaignFault::NotADateAttribute(wrong.into()))]
        );
    }
}

#[test]
fn a_mail_needs_a_template_that_can_be_sent() {
    let send = |number| StepAction::Send {
        template: template(number),
        click_hastens: false,
    };
    assert_eq!(of_action(send(9)), Some(CampaignFault::TemplateMissing));
    let problem = TemplateProblem {
        part: TemplatePart::Html,
        line: 1,
        column: 1,
        fault: TemplateFault::UnknownField("nmae".into()),
    };
    let mut broken = surroundings();
    broken.templates.insert(template(1), vec![problem.clone()]);
    let problems = validate(own(), &definition(vec![mail(1)]), &broken);
    assert_eq!(problems[0].fault, CampaignFault::Template(problem));
}

#[test]
fn each_kind_of_step_is_looked_at() {
    let text = AttributeValue::Text("a".into());
    let set = |field: &str| StepAction::SetAttribute {
        field: field.into(),
        value: text.clone(),
    };
    let not_writable = |field: &str| Some(CampaignFault::NotWritable(field.into()));
    assert_eq!(of_action(set("attributes.plan")), None);
    for field in [
        "score",
        "attributes.birthday",
        "attributes.nothing",
        "company_size",
    ] {
        assert_eq!(of_action(set(field)), not_writable(field), "{field}");
    }
    let share = |share_a| {
        of_action(StepAction::Split {
            share_a,
            a: vec![],
            b: vec![],
        })
    };
    assert_eq!(
        [share(0), share(100)],
        [const { Some(CampaignFault::ShareOutOfRange) }; 2]
    );
    assert_eq!([share(1), share(99)], [const { None }; 2]);
    let blank = || " ".to_owned();
    assert_eq!(
        of_action(StepAction::AddTag { tag: blank() }),
        Some(CampaignFault::TagBlank)
    );
    assert_eq!(
        of_action(StepAction::AddScore { points: 0 }),
        Some(CampaignFault::NoPoints)
    );
    let notice = StepAction::Notify {
        user: None,
        message: blank(),
    };
    assert_eq!(of_action(notice), Some(CampaignFault::TextMissing));
    let task = |chars| StepAction::CreateTask {
        title: "長".repeat(chars),
        assignee: None,
        due_in_hours: 24,
    };
    assert_eq!(of_action(task(255)), None);
    assert_eq!(of_action(task(256)), Some(CampaignFault::TextTooLong));
    let go = |campaign| of_action(StepAction::GoTo { campaign });
    assert_eq!(go(own()), Some(CampaignFault::GoesToItself));
    assert_eq!(go(CampaignId::new()), Some(CampaignFault::CampaignMissing));
    assert_eq!(go(other()), None);
}

#[test]
fn only_public_addresses_are_called() {
    // V-30
    let call = |url: &str| of_action(StepAction::Webhook { url: url.into() });
    let public = call("https://hooks.example.com/a?b=c");
    assert_eq!(public, None);
    for url in [
        "http://hooks.example.com/",
        "https://localhost/",
        "https://db.internal/",
        "https://printer.local./",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://user:secret@hooks.example.com/",
        "https://2130706433/",
        "ftp://hooks.example.com/",
        "hooks.example.com",
    ] {
        assert_eq!(call(url), Some(CampaignFault::NotAPublicAddress), "{url}");
    }
}

#[test]
fn a_delay_ends_with_ten_years() {
    let delayed = |value, unit| {
        let delay = Delay { value, unit };
        of_steps(vec![Step { delay, ..mail(1) }])
    };
    for (most, unit) in [
        (3_650, DelayUnit::Days),
        (87_600, DelayUnit::Hours),
        (5_256_000, DelayUnit::Minutes),
    ] {
        assert_eq!(delayed(most, unit), []);
        assert_eq!(delayed(most + 1, unit), [(1, CampaignFault::DelayTooLong)]);
    }
}

#[test]
fn what_comes_after_an_end_is_never_reached() {
    let end = |number| step(number, StepAction::End);
    assert_eq!(
        of_steps(vec![mail(1), end(2), mail(3)]),
        [(3, CampaignFault::Unreachable)]
    );
    let test = StepTest::Opened { step: None };
    let both = condition(2, test.clone(), vec![end(3)], vec![mail(4), end(5)]);
    assert_eq!(
        of_steps(vec![both, mail(6)]),
        [(6, CampaignFault::Unreachable)]
    );
    let one = condition(2, test, vec![end(3)], vec![mail(4)]);
    assert_eq!(of_steps(vec![one, mail(6)]), []);
    let late = Step {
        not_later_than: Some(Delay::NONE),
        ..end(1)
    };
    assert_eq!(
        of_steps(vec![late, mail(2)]),
        [],
        "an end that can be skipped lets people pass"
    );
}

#[test]
fn a_test_asks_for_a_mail_that_was_sent_before() {
    let asks = |of| {
        let test = StepTest::Opened { step: Some(id(of)) };
        of_steps(vec![
            mail(1),
            condition(2, test, vec![mail(3)], vec![]),
            mail(4),
        ])
    };
    assert_eq!(asks(1), []);
    for wrong in [2, 3, 4, 9] {
        assert_eq!(
            asks(wrong),
            [(2, CampaignFault::NoSuchMailBefore)],
            "{wrong}"
        );
    }
    let path = String::new();
    let nothing = condition(2, StepTest::Visited { path }, vec![], vec![]);
    assert_eq!(
        of_steps(vec![nothing]),
        [(2, CampaignFault::TestIncomplete)]
    );
}

#[test]
fn size_and_depth_and_ids_are_bounded() {
    assert_eq!(of_steps((1..=100).map(mail).collect()), []);
    assert_eq!(
        of_steps((1..=101).map(mail).collect()),
        [(0, CampaignFault::TooManySteps)]
    );
    assert_eq!(
        of_steps(vec![mail(1), mail(1)]),
        [(1, CampaignFault::SameId)]
    );
    let nested = |levels: u128| {
        let wrap =
            |inner, number| condition(number, StepTest::Opened { step: None }, vec![inner], vec![]);
        (2..2 + levels).fold(mail(1), wrap)
    };
    assert_eq!(of_steps(vec![nested(5)]), []);
    assert_eq!(of_steps(vec![nested(6)]), [(1, CampaignFault::TooDeep)]);
    let flow = Flow {
        steps: vec![nested(2)],
    };
    assert_eq!(
        flow.inside(id(3), Branch::Yes).map(|step| step.id),
        Some(id(2))
    );
}
