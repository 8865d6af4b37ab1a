//! What changes set in motion.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use domain::automation::{Carrier, ClaimedReaction, HOLD, Reaction, ReactionKind};
use domain::campaigns::{ReEntry, Trigger};
use domain::ids::{CampaignId, LeadId, ReactionId};
use domain::leads::{
    Change, ConditionField, ConditionOperator, ConditionValue, LeadChanges, LeadCondition,
    LeadDraft, Upserted,
};
use domain::scoring::decide;
use domain::tracking::{EventName, Subject};

use super::{CampaignPorts, DAY, LEASE, onward, two_mails};
use crate::builders::delivery::address;
use crate::builders::tenancy::at;
use crate::builders::tracking::{APPLY, HOME, click, custom};

fn reaction(lead: LeadId, name: &str, seconds: i64) -> Reaction {
    Reaction {
        id: ReactionId::derived(&[name.as_bytes()]),
        lead,
        kind: ReactionKind::Enroll {
            campaign: CampaignId::from_uuid(lead.uuid()),
        },
        due_at: at(seconds),
        engagement: None,
    }
}

impl CampaignPorts<'_> {
    fn due(&self, seconds: i64) -> Vec<ClaimedReaction> {
        let carrier = Carrier::Campaigns;
        self.reactions
            .claim_due(self.tenant, carrier, 10, LEASE, at(seconds))
            .unwrap()
    }

    fn add(&self, reaction: &Reaction) {
        let reactions = std::slice::from_ref(reaction);
        self.reactions.add(self.tenant, reactions, at(0)).unwrap();
    }
}

/// See its name.
pub fn a_reaction_is_added_once_for_ever(ports: &CampaignPorts<'_>) {
    let lead = ports.lead("a");
    let one = reaction(lead, "one", 5);
    ports.add(&one);
    ports.add(&one);
    assert_eq!(ports.due(4), []);
    let [claimed] = ports.due(5).try_into().unwrap();
    assert_eq!((&claimed.reaction, claimed.attempts), (&one, 0));
    assert_eq!(ports.due(6), [], "a worker has it");
    ports.reactions.done(ports.tenant, one.id, at(7)).unwrap();
    ports.add(&one);
    assert_eq!(ports.due(DAY), [], "its id is remembered");
    ports.add(&reaction(lead, "two", 5));
    let staff = ports
        .reactions
        .claim_due(ports.tenant, Carrier::Staff, 10, LEASE, at(DAY));
    assert_eq!(staff.unwrap(), []);
    assert_eq!(ports.due(DAY).len(), 1);
}

/// See its name.
pub fn a_reaction_that_failed_comes_back_at_its_time(ports: &CampaignPorts<'_>) {
    let lead = ports.lead("a");
    let one = reaction(lead, "one", 0);
    ports.add(&one);
    assert_eq!(ports.due(1).len(), 1);
    let lost = 1 + LEASE.num_seconds();
    assert_eq!(ports.due(lost - 1), []);
    assert_eq!(ports.due(lost).len(), 1, "its worker died");
    let failed = |again: Option<i64>| {
        let again = again.map(at);
        let failed = ports
            .reactions
            .failed(ports.tenant, one.id, "no answer", again);
        failed.unwrap();
    };
    failed(Some(1000));
    assert_eq!(ports.due(999), []);
    let [claimed] = ports.due(1000).try_into().unwrap();
    assert_eq!(claimed.attempts, 1);
    failed(None);
    assert_eq!(ports.due(30 * DAY), []);
}

/// See its name.
pub fn an_event_lets_somebody_in(ports: &CampaignPorts<'_>) {
    // B6, B9
    let lead = ports.lead("a");
    let on = |name| Trigger::Custom {
        event: EventName::parse(name).unwrap(),
        properties: BTreeMap::new(),
    };
    let (tenant, campaign) = (ports.tenant, ports.opened_by(on("assessment_completed")));
    // For the next version: it opens nothing yet.
    ports.save(campaign, |definition| definition.trigger = on("download"));
    let event = |name| custom(tenant, Subject::Lead(lead), name, 10);
    let completed = event("assessment_completed");
    let batch = [event("download"), completed.clone()];
    ports.engagements.append(&batch, &decide).unwrap();
    ports.engagements.append(&batch, &decide).unwrap();
    let [claimed] = ports.due(10).try_into().unwrap();
    assert_eq!(claimed.reaction.kind, ReactionKind::Enroll { campaign });
    assert_eq!(claimed.reaction.lead, lead);
    assert_eq!(claimed.reaction.engagement, Some(completed.id));
    assert_eq!(ports.due(11), []);
}

/// See its name.
pub fn a_click_of_a_burst_takes_its_reaction_back(ports: &CampaignPorts<'_>) {
    // B15, complaint 1
    let flow = two_mails();
    let campaign = ports.active(&flow, ReEntry::Never);
    let hold = HOLD + TimeDelta::seconds(100);
    let [by_person, by_scanner] = ["person", "scanner"].map(|name| {
        ports.enrolled(campaign, ports.lead(name));
        ports.send_and_go_on(&ports.claim_one(1), onward(&flow.steps[1], 3 * DAY), 2)
    });
    let append = |mail, link, url, seconds| {
        let click = click(ports.tenant, mail, link, url, seconds);
        ports.engagements.append(&[click], &decide).unwrap();
    };
    append(&by_person, 0, HOME, 100);
    append(&by_scanner, 0, HOME, 100);
    assert_eq!(ports.due(100), [], "it may turn out to be one of a burst");
    append(&by_scanner, 1, APPLY, 101);
    let [claimed] = ports.due(hold.num_seconds()).try_into().unwrap();
    let send = by_person.send;
    assert_eq!(
        claimed.reaction.kind,
        ReactionKind::Hasten { campaign, send }
    );
}

impl CampaignPorts<'_> {
    /// An active campaign for whoever gets the tag 重点.
    fn for_key_accounts(&self) -> CampaignId {
        let is_key_account = LeadCondition::new(
            ConditionField::Tags,
            ConditionOperator::Equals,
            vec![ConditionValue::Text("重点".to_owned())],
        );
        let trigger = Trigger::AttributeMatches {
            conditions: vec![is_key_account.unwrap()],
        };
        let campaign = self.opened_by(trigger);
        // For the next version: it keeps nobody out yet.
        self.save(campaign, |definition| definition.trigger = Trigger::Manual);
        campaign
    }

    /// Whom this campaign lets in then.
    fn let_in(&self, campaign: CampaignId, seconds: i64) -> BTreeSet<LeadId> {
        let lead = |claimed: ClaimedReaction| {
            assert_eq!(claimed.reaction.kind, ReactionKind::Enroll { campaign });
            claimed.reaction.lead
        };
        self.due(seconds).into_iter().map(lead).collect()
    }
}

/// See its name. For storages that keep leads and campaigns together; in memory, leads know of no
/// campaigns.
pub fn a_change_lets_in_whoever_fulfils_the_conditions_from_then_on(ports: &CampaignPorts<'_>) {
    // B9
    let campaign = ports.for_key_accounts();
    let (tenant, none) = (ports.tenant, BTreeSet::new());
    let tags = BTreeSet::from(["重点".to_owned()]);
    let let_in = |seconds| ports.let_in(campaign, seconds);
    let lead = ports.lead("a");
    assert_eq!(let_in(2), BTreeSet::new(), "a new lead without the tag");
    let change = |add: &BTreeSet<String>, remove: &BTreeSet<String>, seconds| {
        let changed = (ports.leads).change_tags(tenant, &[lead], add, remove, at(seconds));
        assert_eq!(changed.unwrap(), 1);
    };
    let update = |changes: LeadChanges, seconds| {
        ports
            .leads
            .update(tenant, lead, changes, at(seconds))
            .unwrap();
    };
    change(&tags, &none, 3);
    assert_eq!(let_in(3), BTreeSet::from([lead]));
    change(&tags, &none, 4);
    let correction = LeadChanges {
        phone: Change::Set("03-0000-0000".to_owned()),
        ..LeadChanges::default()
    };
    update(correction, 5);
    assert_eq!(let_in(5), BTreeSet::new(), "it fulfilled them already");
    change(&none, &tags, 6);
    let again = LeadChanges {
        tags: Some(tags.clone()),
        ..LeadChanges::default()
    };
    update(again, 7);
    assert_eq!(let_in(7), BTreeSet::from([lead]), "it does again");
    let imported = |name: &str| LeadDraft {
        tags: tags.clone(),
        ..LeadDraft::new(address(&format!("{name}@example.com")))
    };
    let known = ports.lead("known");
    let drafts = [imported("new"), imported("known"), imported("a")];
    let upserted = ports.leads.upsert_many(tenant, &drafts, at(8)).unwrap();
    let Upserted::Created(new) = upserted[0] else {
        panic!("it is new: {upserted:?}");
    };
    assert_eq!(let_in(8), BTreeSet::from([new, known]));
}
