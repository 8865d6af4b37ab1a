//! Campaigns from draft to end.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::campaigns::{
    CampaignDefinition, CampaignStatus, CampaignVersion, Enrolled, EnrollmentStatus, ExitCondition,
    Flow, Onward, ReEntry, StepFigures, Trigger,
};
use domain::delivery::{SendState, SkipReason};
use domain::leads::{AttributeValue, LeadChanges};
use domain::scoring::Band;

use super::{CampaignPorts, DAY, days, mail_step, only, onward, two_mails, version};
use crate::builders::tenancy::at;

/// See its name.
pub fn a_definition_comes_back_as_it_was_saved(ports: &CampaignPorts<'_>) {
    // B57
    let id = ports.draft(&two_mails(), ReEntry::AfterFinishing);
    let saved = ports.campaign(id);
    assert_eq!(saved.definition.flow.steps.len(), 2);
    assert_eq!((saved.status, saved.version), (CampaignStatus::Draft, 0));
    let definition = CampaignDefinition {
        name: "診断の追客".to_owned(),
        trigger: Trigger::BandReached { band: Band::Hot },
        exits: vec![ExitCondition::BandReached(Band::Hot)],
        tracking: false,
        ..saved.definition
    };
    let update = |seen, now| {
        ports
            .campaigns
            .update(ports.tenant, id, &definition, at(seen), at(now))
            .unwrap()
    };
    assert!(update(0, 5));
    let changed = ports.campaign(id);
    assert_eq!(changed.definition, definition);
    assert_eq!((changed.created_at, changed.updated_at), (at(0), at(5)));
    let list = |status| {
        let found = ports.campaigns.list(ports.tenant, status, 0, 10).unwrap();
        found.iter().map(|campaign| campaign.id).collect::<Vec<_>>()
    };
    assert_eq!(list(None), [id]);
    assert_eq!(list(Some(CampaignStatus::Draft)), [id]);
    assert_eq!(list(Some(CampaignStatus::Active)), []);
}

/// See its name.
pub fn only_who_saw_the_newest_form_changes_it(ports: &CampaignPorts<'_>) {
    let id = ports.draft(&two_mails(), ReEntry::Never);
    let definition = ports.campaign(id).definition;
    let update = |seen, now| {
        ports
            .campaigns
            .update(ports.tenant, id, &definition, at(seen), at(now))
            .unwrap()
    };
    assert!(update(0, 5));
    assert!(!update(0, 6));
    assert!(update(5, 7));
}

/// See its name.
pub fn a_campaign_that_nobody_was_in_can_be_removed(ports: &CampaignPorts<'_>) {
    let (empty, used) = (
        ports.active(&two_mails(), ReEntry::Never),
        ports.active(&two_mails(), ReEntry::Never),
    );
    ports.enrolled(used, ports.lead("a"));
    let remove = |id| ports.campaigns.remove(ports.tenant, id).unwrap();
    assert!(remove(empty));
    assert!(!remove(empty));
    assert!(!remove(used));
    assert!(ports.campaigns.find(ports.tenant, empty).unwrap().is_none());
}

/// See its name.
pub fn versions_are_made_one_after_another(ports: &CampaignPorts<'_>) {
    let flow = two_mails();
    let id = ports.draft(&flow, ReEntry::Never);
    assert!(
        !ports.set_status(id, CampaignStatus::Active, 1),
        "it has no version"
    );
    assert!(!ports.activate(&version(id, 2, &flow, 0), false, 1));
    let first = version(id, 1, &flow, 0);
    assert!(ports.activate(&first, false, 2));
    assert!(!ports.activate(&first, false, 3));
    let campaign = ports.campaign(id);
    assert_eq!(
        (campaign.status, campaign.version),
        (CampaignStatus::Active, 1)
    );
    assert_eq!(campaign.activated_at, Some(at(2)));
    assert!(ports.activate(&version(id, 2, &flow, 2), false, 4));
    let kept = ports.work.version(ports.tenant, id, 1).unwrap().unwrap();
    assert_eq!((kept.flow, kept.exits), (flow, Vec::new()));
    let contents = |version: &CampaignVersion| {
        let each = version.contents.iter();
        each.map(|(step, content)| (*step, content.id, content.template))
            .collect::<Vec<_>>()
    };
    let kept = ports.work.version(ports.tenant, id, 1).unwrap().unwrap();
    assert_eq!(contents(&kept), contents(&first));
    assert_eq!(ports.work.version(ports.tenant, id, 3).unwrap(), None);
    let active = ports.work.active_triggers(ports.tenant).unwrap();
    assert_eq!(active, [(id, Trigger::Manual)]);
}

/// See its name.
pub fn what_is_saved_lets_nobody_in_before_it_is_activated(ports: &CampaignPorts<'_>) {
    let flow = two_mails();
    let id = ports.active(&flow, ReEntry::Always);
    let lead = ports.lead("a");
    ports.enrolled(id, lead);
    assert!(!ports.campaign(id).has_unpublished_changes());
    let warm = Trigger::BandReached { band: Band::Warm };
    ports.save(id, |definition| {
        definition.trigger = warm.clone();
        definition.re_entry = ReEntry::Never;
        definition.name = "診断の追客".to_owned();
    });
    let triggers = || ports.work.active_triggers(ports.tenant).unwrap();
    assert_eq!(triggers(), [(id, Trigger::Manual)]);
    let again = ports.enroll(id, lead, "again", 5);
    assert!(matches!(again, Enrolled::Now(_)), "as it was activated");
    let saved = ports.campaign(id);
    assert!(saved.has_unpublished_changes());
    assert_eq!(saved.definition.trigger, warm);
    let live = saved.in_force();
    assert_eq!(live.trigger, Trigger::Manual);
    assert_eq!(live.re_entry, ReEntry::Always);
    assert_eq!(live.name, "診断の追客", "a name needs no activation");
    let listed = ports.campaigns.list(ports.tenant, None, 0, 10).unwrap();
    assert_eq!(listed, [saved]);

    let next = CampaignVersion {
        trigger: warm.clone(),
        ..version(id, 2, &flow, 2)
    };
    assert!(ports.activate(&next, false, 6));
    assert_eq!(triggers(), [(id, warm)]);
    let again = ports.enroll(id, lead, "once more", 7);
    assert!(!matches!(again, Enrolled::Now(_)), "{again:?}");
    assert!(!ports.campaign(id).has_unpublished_changes());
}

/// See its name.
pub fn a_paused_campaign_stands_still_and_keeps_distances(ports: &CampaignPorts<'_>) {
    let flow = Flow {
        steps: vec![mail_step(days(1)), mail_step(days(1))],
    };
    let campaign = ports.active(&flow, ReEntry::Never);
    let id = ports.enrolled(campaign, ports.lead("a"));
    assert!(ports.set_status(campaign, CampaignStatus::Paused, DAY - 60));
    assert!(!ports.set_status(campaign, CampaignStatus::Paused, DAY));
    assert_eq!(ports.claim(10 * DAY), []);
    assert!(ports.set_status(campaign, CampaignStatus::Active, 11 * DAY));
    assert_eq!(ports.trace(id).enrollment.next_at, Some(at(11 * DAY + 60)));
    assert_eq!(ports.claim(11 * DAY + 59), []);
    let claimed = ports.claim_one(11 * DAY + 60);
    assert!(ports.set_status(campaign, CampaignStatus::Paused, 11 * DAY + 61));
    let (advance, _) = ports.sending(&claimed, onward(&flow.steps[1], 12 * DAY), 11 * DAY + 62);
    assert!(
        !ports.apply(&claimed, &advance, 11 * DAY + 62),
        "nobody moves on"
    );
    assert_eq!(ports.campaign(campaign).paused_at, Some(at(11 * DAY + 61)));
}

/// See its name.
pub fn a_paused_person_stands_still(ports: &CampaignPorts<'_>) {
    let flow = Flow {
        steps: vec![mail_step(days(1))],
    };
    let campaign = ports.active(&flow, ReEntry::Never);
    let id = ports.enrolled(campaign, ports.lead("a"));
    let change = |next, seconds| {
        let changed = ports
            .enrollments
            .change_status(ports.tenant, id, next, at(seconds));
        changed.unwrap()
    };
    assert!(!change(EnrollmentStatus::Active, 1));
    assert!(change(EnrollmentStatus::Paused, 10));
    assert!(!change(EnrollmentStatus::Paused, 11));
    assert_eq!(ports.claim(2 * DAY), []);
    assert!(change(EnrollmentStatus::Active, 2 * DAY + 10));
    assert_eq!(ports.trace(id).enrollment.next_at, Some(at(3 * DAY)));
    assert!(change(EnrollmentStatus::Exited, 2 * DAY + 20));
    assert!(!change(EnrollmentStatus::Active, 2 * DAY + 30));
    assert_eq!(ports.claim(9 * DAY), []);
}

/// See its name.
pub fn completing_takes_everybody_out(ports: &CampaignPorts<'_>) {
    let flow = two_mails();
    let campaign = ports.active(&flow, ReEntry::Never);
    let lead = ports.lead("a");
    ports.enrolled(campaign, lead);
    let mail = ports.send_and_go_on(&ports.claim_one(1), onward(&flow.steps[1], DAY), 2);
    assert!(ports.set_status(campaign, CampaignStatus::Completed, 5));
    assert_eq!(ports.statuses(lead), [EnrollmentStatus::Exited]);
    let sent = ports.sends.find(ports.tenant, mail.send).unwrap().unwrap();
    let reason = Some(SkipReason::CampaignStopped.as_str().to_owned());
    assert_eq!(
        (sent.state, sent.state_reason),
        (SendState::Skipped, reason)
    );
    let campaign = ports.campaign(campaign);
    assert_eq!(
        (campaign.status, campaign.completed_count),
        (CampaignStatus::Completed, 0)
    );
}

/// See its name.
pub fn people_move_along_to_the_step_that_is_still_there(ports: &CampaignPorts<'_>) {
    let flow = Flow {
        steps: vec![mail_step(days(1)), mail_step(days(1)), mail_step(days(1))],
    };
    let campaign = ports.active(&flow, ReEntry::Never);
    let ways = ["a", "b", "c"].map(|name| ports.enrolled(campaign, ports.lead(name)));
    let claimed = ports.claim(DAY);
    for (n, way) in ways.iter().enumerate().skip(1) {
        let claimed = claimed.iter().find(|claimed| claimed.id == *way).unwrap();
        ports.send_and_go_on(claimed, onward(&flow.steps[n], 2 * DAY), DAY + 1);
    }
    let first_gone = Flow {
        steps: flow.steps[1..].to_vec(),
    };
    assert!(ports.activate(&version(campaign, 2, &first_gone, 3), true, 3 * DAY));
    for (way, step) in ways.iter().zip([1, 1, 2]) {
        let moved = ports.trace(*way).enrollment;
        assert_eq!(
            (moved.version, moved.next_step),
            (2, Some(flow.steps[step].id))
        );
        assert_eq!(moved.next_at, Some(at(3 * DAY)), "what was past is due now");
    }
    let last_gone = Flow {
        steps: flow.steps[1..2].to_vec(),
    };
    assert!(ports.activate(&version(campaign, 3, &last_gone, 5), true, 3 * DAY + 1));
    let of = |n: usize| ports.trace(ways[n]).enrollment;
    assert_eq!((of(0).version, of(1).version), (3, 3));
    assert_eq!(of(2).status, EnrollmentStatus::Completed);
    assert_eq!(ports.campaign(campaign).completed_count, 1);
    assert!(ports.activate(&version(campaign, 4, &last_gone, 6), false, 3 * DAY + 2));
    assert_eq!(of(0).version, 3, "who is not moved along stays");
}

/// See its name.
pub fn figures_say_who_stands_where(ports: &CampaignPorts<'_>) {
    // B53, C11
    let flow = two_mails();
    let campaign = ports.active(&flow, ReEntry::Never);
    let ways = ["a", "b", "c", "d"].map(|name| ports.enrolled(campaign, ports.lead(name)));
    let claimed = ports.claim(1);
    let of = |n: usize| claimed.iter().find(|way| way.id == ways[n]).unwrap();
    ports.send_and_go_on(of(0), onward(&flow.steps[1], 3 * DAY), 2);
    ports.send_and_go_on(of(1), Onward::Ended(EnrollmentStatus::Completed), 2);
    let won = only(Onward::Ended(EnrollmentStatus::Exited), at(2));
    assert!(ports.apply(of(2), &won, 2));
    let figures = ports.enrollments.figures(ports.tenant, campaign).unwrap();
    let by_status: BTreeSet<_> = figures.by_status.iter().filter(|(_, n)| **n > 0).collect();
    let expected = [("active", 2), ("completed", 1), ("exited", 1)];
    assert_eq!(
        by_status,
        expected.iter().map(|(name, n)| (name, n)).collect()
    );
    assert_eq!(figures.converted, 1);
    let first = StepFigures {
        waiting: 1,
        done: 2,
        ..StepFigures::default()
    };
    let second = StepFigures {
        waiting: 1,
        ..StepFigures::default()
    };
    assert_eq!(figures.steps[&flow.steps[0].id], first);
    assert_eq!(figures.steps[&flow.steps[1].id], second);
}

/// See its name.
pub fn a_day_finds_its_leads(ports: &CampaignPorts<'_>) {
    let day = NaiveDate::from_ymd_opt(2027, 4, 1).unwrap();
    let mut leads = ["a", "b", "other", "none"].map(|name| ports.lead(name));
    for (lead, value) in [
        (leads[0], AttributeValue::Date(day)),
        (leads[1], AttributeValue::Date(day)),
        (leads[2], AttributeValue::Date(day.succ_opt().unwrap())),
    ] {
        let changes = LeadChanges {
            attributes: [("enrolment".to_owned(), Some(value))].into(),
            ..LeadChanges::default()
        };
        ports
            .leads
            .update(ports.tenant, lead, changes, at(1))
            .unwrap();
    }
    leads[..2].sort_unstable();
    let found = |key| ports.work.due_dates(ports.tenant, key, day).unwrap();
    assert_eq!(found("enrolment"), leads[..2]);
    assert_eq!(found("birthday"), []);
}

/// See its name.
pub fn another_tenant_sees_no_campaign(ports: &CampaignPorts<'_>) {
    // V-25
    let campaign = ports.active(&two_mails(), ReEntry::Never);
    let lead = ports.lead("a");
    let id = ports.enrolled(campaign, lead);
    let other = CampaignPorts {
        tenant: ports.other_tenant,
        ..*ports
    };
    assert_eq!(other.campaigns.find(other.tenant, campaign).unwrap(), None);
    assert_eq!(other.campaigns.list(other.tenant, None, 0, 10).unwrap(), []);
    assert_eq!(other.enrollments.trace(other.tenant, id).unwrap(), None);
    assert!(other.statuses(lead).is_empty());
    assert_eq!(other.claim(5), []);
    assert!(!other.set_status(campaign, CampaignStatus::Paused, 5));
    assert!(!other.campaigns.remove(other.tenant, campaign).unwrap());
    let stranger = other.enroll(campaign, lead, "again", 5);
    assert!(matches!(stranger, Enrolled::Refused(_)));
    assert_eq!(ports.claim_one(5).id, id);
}
