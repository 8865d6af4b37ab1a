//! What engagements set in motion. (B6, B9, B14, B15)

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::automation::{ActiveTrigger, HISTORY, HOLD, Reaction, ReactionKind};
use crate::campaigns::Trigger;
use crate::ids::{CampaignId, ReactionId};
use crate::tracking::{EventName, MailSource, Properties, PropertyValue, Subject};

const ON_EVENT: u128 = 1;
const ON_SCORE: u128 = 2;
const ON_BAND: u128 = 3;
const MAILING: u128 = 4;

fn campaign(number: u128) -> CampaignId {
    CampaignId::from_uuid(Uuid::from_u128(number))
}

fn automatic() -> ScoringPolicy {
    let waits = |number, trigger| ActiveTrigger {
        campaign: campaign(number),
        trigger,
    };
    let event = Trigger::Custom {
        event: EventName::parse("assessment_completed").unwrap(),
        properties: BTreeMap::from([("plan".to_owned(), "free".to_owned())]),
    };
    ScoringPolicy {
        automation: AutomationPolicy {
            triggers: vec![
                waits(ON_EVENT, event),
                waits(ON_SCORE, Trigger::ScoreReached { score: 5 }),
                waits(ON_BAND, Trigger::BandReached { band: Band::Hot }),
            ],
            hastened: BTreeSet::from([campaign(MAILING)]),
        },
        ..policy()
    }
}

fn assessment(seconds: i64, plan: &str) -> Engagement {
    let plan = PropertyValue::Text(plan.to_owned());
    let action = Action::Custom {
        subject: Subject::Lead(lead().id),
        event: EventName::parse("assessment_completed").unwrap(),
        properties: Properties::parse(BTreeMap::from([("plan".to_owned(), plan)])).unwrap(),
    };
    engagement(seconds, action)
}

/// A click in a mail of a campaign.
fn click_in(source: u128, send: u128, seconds: i64, link: u16) -> Engagement {
    let mut click = click(seconds, link, HOME);
    if let Action::Click { mail: of, .. } = &mut click.action {
        *of = mail(send);
        of.source = Some(MailSource::Campaign(campaign(source)));
    }
    click
}

fn set_in_motion(lead: &LeadState, engagements: &[Engagement]) -> LeadChange {
    let policy = automatic();
    let new = engagements.iter().map(|engagement| NewEngagement {
        important: engagement
            .page()
            .is_some_and(|page| policy.important_pages.contain(page)),
        ..new(engagement)
    });
    decide(&policy, lead, &new.collect::<Vec<_>>())
}

fn enrolled(change: &LeadChange) -> Vec<u128> {
    let campaign = |reaction: &Reaction| match reaction.kind {
        ReactionKind::Enroll { campaign } => Some(campaign.uuid().as_u128()),
        ReactionKind::Hasten { .. } | ReactionKind::Staff(_) => None,
    };
    change.reactions.iter().filter_map(campaign).collect()
}

#[test]
fn a_reported_event_lets_its_lead_in_at_once() {
    // B14
    let change = set_in_motion(&lead(), &[assessment(7, "free")]);
    assert_eq!(enrolled(&change), [ON_EVENT]);
    assert_eq!(change.reactions[0].due_at, at(7));
    let other = set_in_motion(&lead(), &[assessment(7, "paid")]);
    assert_eq!(enrolled(&other), [0; 0], "the event has another property");
}

#[test]
fn history_that_is_handed_in_afterwards_lets_nobody_in() {
    let mut old = assessment(0, "free");
    old.received_at = old.occurred_at + HISTORY;
    assert_eq!(
        enrolled(&set_in_motion(&lead(), &[old.clone()])),
        [ON_EVENT]
    );
    old.received_at += chrono::TimeDelta::seconds(1);
    assert_eq!(enrolled(&set_in_motion(&lead(), &[old])), [0; 0]);
}

#[test]
fn a_score_lets_in_when_it_is_reached_and_not_again_above() {
    // B9
    let views = [
        page_view(0, APPLY),
        page_view(2_000, APPLY),
        page_view(4_000, APPLY),
    ];
    let change = set_in_motion(&lead(), &views);
    assert_eq!(change.score, 9);
    assert_eq!(enrolled(&change), [ON_SCORE, ON_BAND]);
    assert_eq!(change.reactions[0].engagement, Some(views[1].id));
    assert_eq!(change.reactions[1].engagement, Some(views[2].id));
}

#[test]
fn what_a_reader_does_in_a_mail_is_held_until_it_cannot_be_a_burst() {
    // Complaint 1
    let lead = LeadState {
        engagement_score: 4,
        ..lead()
    };
    let change = set_in_motion(&lead, &[click_in(MAILING, 7, 3, 0)]);
    assert_eq!(enrolled(&change), [ON_SCORE]);
    assert_eq!(change.reactions.len(), 2, "{:?}", change.reactions);
    assert!(
        change
            .reactions
            .iter()
            .all(|reaction| reaction.due_at == at(3) + HOLD)
    );
}

#[test]
fn a_click_brings_the_next_step_forward_where_the_campaign_says_so() {
    // B15
    let hastened = set_in_motion(&lead(), &[click_in(MAILING, 7, 0, 0)]).reactions;
    let (campaign, send) = (campaign(MAILING), SendId::from_uuid(Uuid::from_u128(7)));
    assert_eq!(hastened[0].kind, ReactionKind::Hasten { campaign, send });
    assert!(
        set_in_motion(&lead(), &[click_in(ON_EVENT, 7, 0, 0)])
            .reactions
            .is_empty()
    );
    assert!(
        set_in_motion(&lead(), &[click(0, 0, HOME)])
            .reactions
            .is_empty()
    );
}

#[test]
fn machines_set_nothing_in_motion() {
    // Complaint 1
    let burst: Vec<_> = (0..10).map(|link| click_in(MAILING, 7, 0, link)).collect();
    let change = set_in_motion(&lead(), &burst);
    assert_eq!(change.verdicts.len(), 10);
    assert!(change.reactions.is_empty());
}

#[test]
fn what_a_click_has_set_in_motion_is_found_when_it_turns_out_to_be_a_machines() {
    // Complaint 1
    let first = click_in(MAILING, 7, 0, 0);
    let before = set_in_motion(&lead(), std::slice::from_ref(&first));
    let lead = LeadState {
        recent_clicks: vec![RecentClick {
            click: BurstClick::of(&first).unwrap(),
            verdict: MachineVerdict::None,
            url: None,
            granted: None,
        }],
        ..lead()
    };
    let rest: Vec<_> = (1..10).map(|link| click_in(MAILING, 7, 0, link)).collect();
    let after = set_in_motion(&lead, &rest);
    assert!(after.reactions.is_empty());
    let taken_back: Vec<_> = after
        .reclassified
        .iter()
        .map(|old| Some(old.click.id))
        .collect();
    assert_eq!(taken_back, [before.reactions[0].engagement]);
}

/// Engagements of a person, in order of time; each click in a mail of its own.
fn of_a_person() -> impl Strategy<Value = Vec<Engagement>> {
    let one = (0..4_u8, 0..2_u8, 0..100_000_i64);
    vec(one, 1..30).prop_map(|all| {
        let engagement = |((kind, variant, seconds), send): ((u8, u8, i64), u128)| match kind {
            0 => page_view(seconds, if variant == 0 { HOME } else { APPLY }),
            1 => assessment(seconds, if variant == 0 { "free" } else { "paid" }),
            _ => click_in(MAILING, send, seconds, 0),
        };
        let mut engagements: Vec<_> = all.into_iter().zip(100..).map(engagement).collect();
        engagements.sort_by_key(|engagement| (engagement.occurred_at, engagement.id));
        engagements
    })
}

/// What all of them set in motion when they come in batches of these sizes.
fn in_batches(mut rest: &[Engagement], sizes: &[usize]) -> BTreeSet<ReactionId> {
    let mut found = BTreeSet::new();
    let mut known = lead();
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let size = sizes.next().copied().unwrap_or(1);
        let (batch, later) = rest.split_at(size.min(rest.len()));
        let change = set_in_motion(&known, batch);
        found.extend(change.reactions.iter().map(|reaction| reaction.id));
        known.engagement_score = change.engagement_score;
        known
            .scored
            .extend(change.scored.iter().map(|(key, _)| *key));
        rest = later;
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn batches_do_not_change_what_is_set_in_motion(
        engagements in of_a_person(),
        sizes in vec(1..6_usize, 1..10),
    ) {
        let one_by_one = in_batches(&engagements, &[1]);
        prop_assert_eq!(&one_by_one, &in_batches(&engagements, &sizes));
        prop_assert_eq!(&one_by_one, &in_batches(&engagements, &[engagements.len()]));
    }
}
