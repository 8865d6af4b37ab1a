//! The mail of a campaign: to people who are still in it, of a kind that they may refuse, and watched.

use domain::campaigns::{CampaignStatus, EnrollmentStatus, Onward, ReEntry};
use domain::delivery::{
    Alarm, ClaimTerms, ClaimedSend, DispatchGate, DispatchNote, ProviderKind, SendState, SkipReason,
};
use domain::ids::{LeadId, TopicId};
use domain::privacy::{PreferenceChange, Topic};
use domain::tenancy::{Actor, AuditEntry, AuditTarget};
use domain::tracking::{MailRef, MailSource};

use super::{CampaignPorts, DAY, LEASE, now, only, onward, two_mails};
use crate::builders::tenancy::at;

impl CampaignPorts<'_> {
    fn refuse(&self, lead: LeadId, topic: TopicId) {
        let change = PreferenceChange::Topic {
            topic,
            subscribed: false,
        };
        self.wants(lead, change, 1);
    }

    pub(super) fn claim_mails(&self, seconds: i64) -> Vec<ClaimedSend> {
        let terms = ClaimTerms::new(10, LEASE, at(seconds));
        self.log.claim_due(self.tenant, &terms).unwrap()
    }

    /// Where a mail stands, and why.
    pub(super) fn stands(&self, mail: &MailRef) -> (SendState, Option<SkipReason>) {
        let found = self.sends.find(self.tenant, mail.send).unwrap().unwrap();
        let reason = found.state_reason.as_deref().and_then(SkipReason::parse);
        (found.state, reason)
    }

    fn begin(&self, claimed: &ClaimedSend, seconds: i64) -> DispatchGate {
        let note = DispatchNote {
            send: claimed.key,
            provider: ProviderKind::Outbox,
            subject: "佐藤様へ".to_owned(),
            content_hash: [7; 32],
            tracked: false,
        };
        let gates = (self.log).begin_dispatch(self.tenant, &[note], LEASE, at(seconds));
        gates.unwrap()[0]
    }
}

/// See its name.
pub fn a_queued_mail_of_somebody_who_left_is_skipped(ports: &CampaignPorts<'_>) {
    let flow = two_mails();
    let campaign = ports.active(&flow, ReEntry::Always);
    let names = ["taken out", "won", "begins anew", "late"];
    let leads = [0, 1, 2, 3].map(|n| ports.lead(&format!("lead{n}")));
    let ways = leads.map(|lead| ports.enrolled(campaign, lead));
    let claimed = ports.claim(1);
    let mails = ways.map(|way| {
        let claimed = claimed.iter().find(|claimed| claimed.id == way).unwrap();
        let next = if way == ways[1] { 3 } else { 3 * DAY };
        ports.send_and_go_on(claimed, onward(&flow.steps[1], next), 2)
    });
    ports.take_out(ways[0], 3);
    let won = only(Onward::Ended(EnrollmentStatus::Exited), at(3));
    assert!(ports.apply(&ports.claim_one(3), &won, 3));
    now(ports.enroll(campaign, leads[2], "again", 4));
    let [late] = ports.claim_mails(5).try_into().unwrap();
    assert_eq!(late.key.id, mails[3].send);
    ports.take_out(ways[3], 6);
    let reason = SkipReason::CampaignStopped;
    assert_eq!(ports.begin(&late, 7), DispatchGate::Skipped(reason));
    for (mail, name) in mails.iter().zip(names) {
        let skipped = (SendState::Skipped, Some(reason));
        assert_eq!(ports.stands(mail), skipped, "{name}");
    }
}

/// See its name.
pub fn the_last_mail_goes_out_after_the_end(ports: &CampaignPorts<'_>) {
    // B18
    let lead = ports.lead("a");
    ports.enrolled(ports.active(&two_mails(), ReEntry::Never), lead);
    let end = Onward::Ended(EnrollmentStatus::Completed);
    let mail = ports.send_and_go_on(&ports.claim_one(1), end, 2);
    let [claimed] = ports.claim_mails(3).try_into().unwrap();
    assert_eq!(claimed.key.id, mail.send);
    assert_eq!(ports.begin(&claimed, 4), DispatchGate::Go);
}

/// See its name.
pub fn a_mail_of_a_paused_person_waits(ports: &CampaignPorts<'_>) {
    let flow = two_mails();
    let id = ports.enrolled(ports.active(&flow, ReEntry::Never), ports.lead("a"));
    let mail = ports.send_and_go_on(&ports.claim_one(1), onward(&flow.steps[1], DAY), 2);
    let is_due = |seconds| ports.log.is_any_due(ports.tenant, at(seconds)).unwrap();
    ports.stand(id, EnrollmentStatus::Paused, 3);
    assert!(!is_due(4));
    assert_eq!(ports.claim_mails(4), []);
    ports.stand(id, EnrollmentStatus::Active, 10);
    assert!(is_due(10));
    let [claimed] = ports.claim_mails(10).try_into().unwrap();
    ports.stand(id, EnrollmentStatus::Paused, 11);
    assert_eq!(ports.begin(&claimed, 12), DispatchGate::Lost);
    assert_eq!(ports.stands(&mail), (SendState::Queued, None));
    assert_eq!(ports.claim_mails(13), []);
    ports.stand(id, EnrollmentStatus::Active, 14);
    let [claimed] = ports.claim_mails(14).try_into().unwrap();
    assert_eq!(ports.begin(&claimed, 15), DispatchGate::Go);
}

/// See its name.
pub fn a_refused_topic_stops_the_mail_of_a_campaign(ports: &CampaignPorts<'_>) {
    let campaign = ports.active(&two_mails(), ReEntry::Never);
    let topic = Topic {
        id: TopicId::new(),
        name: "診断の結果".to_owned(),
        description: None,
        default_on: true,
        position: 1,
    };
    let (topics, source) = (ports.topics, MailSource::Campaign(campaign));
    topics.add_topic(ports.tenant, &topic, at(0)).unwrap();
    let assigned = topics.assign_topic(ports.tenant, source, Some(topic.id));
    assert!(assigned.unwrap());
    let elsewhere = topics.assign_topic(ports.other_tenant, source, None);
    assert!(!elsewhere.unwrap());
    let chosen = topics.topic_of(ports.tenant, source).unwrap();
    assert_eq!(chosen, Some(topic.id));

    let [refuses, wants] = ["refuses", "wants"].map(|name| ports.lead(name));
    ports.refuse(refuses, topic.id);
    for lead in [refuses, wants] {
        ports.enrolled(campaign, lead);
    }
    for claimed in ports.claim(1) {
        let end = Onward::Ended(EnrollmentStatus::Completed);
        ports.send_and_go_on(&claimed, end, 2);
    }
    let claimed = ports.claim_mails(3);
    let leads: Vec<LeadId> = claimed.iter().map(|send| send.lead).collect();
    assert_eq!(leads, [wants]);
    let skipped = ports.sends.of_lead(ports.tenant, refuses, 1).unwrap();
    assert_eq!(skipped[0].state, SendState::Skipped);
    let reason = skipped[0].state_reason.as_deref();
    assert_eq!(reason, Some(SkipReason::TopicRefused.as_str()));
}

/// See its name.
pub fn an_alarm_pauses_a_campaign_until_somebody_resumes_it(ports: &CampaignPorts<'_>) {
    let campaign = ports.active(&two_mails(), ReEntry::Never);
    let source = MailSource::Campaign(campaign);
    let alarm = |seconds| {
        let target = AuditTarget::one("campaign", campaign);
        let entry = AuditEntry::new(Actor::system("watch"), Alarm::PAUSED, target, at(seconds));
        let paused = ports
            .watch
            .pause(ports.tenant, source, Alarm::Complaints, &entry);
        paused.unwrap()
    };
    assert!(alarm(60));
    assert!(!alarm(61), "it stands still already");
    let paused = ports.campaign(campaign);
    assert_eq!(paused.status, CampaignStatus::Paused);
    assert_eq!(paused.paused_at, Some(at(60)));
    let raised = ports.watch.raised(ports.tenant).unwrap();
    let [raised] = raised.try_into().unwrap();
    assert_eq!((raised.source, raised.alarm), (source, Alarm::Complaints));
    assert_eq!(raised.at, at(60));

    assert!(ports.set_status(campaign, CampaignStatus::Active, 70));
    assert_eq!(ports.watch.raised(ports.tenant).unwrap(), []);
    assert!(!alarm(80), "a person knows better");
    assert_eq!(ports.campaign(campaign).status, CampaignStatus::Active);
}
