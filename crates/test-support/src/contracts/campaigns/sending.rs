//! The mail of a campaign: of a kind that people may refuse, and watched.

use domain::campaigns::{CampaignStatus, EnrollmentStatus, Onward, ReEntry};
use domain::delivery::{Alarm, ClaimTerms, SendState, SkipReason};
use domain::ids::{LeadId, TopicId};
use domain::privacy::{PreferenceChange, Said, SaidBy, Topic};
use domain::tenancy::{Actor, AuditEntry, AuditTarget};
use domain::tracking::MailSource;

use super::{CampaignPorts, LEASE, two_mails};
use crate::builders::tenancy::at;

impl CampaignPorts<'_> {
    fn refuse(&self, lead: LeadId, topic: TopicId) {
        let change = PreferenceChange::Topic {
            topic,
            subscribed: false,
        };
        let said = Said {
            at: at(1),
            by: SaidBy::Person,
        };
        let changed = self
            .preferences
            .change_preferences(self.tenant, lead, &[change], said);
        assert!(changed.unwrap());
    }
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
    let terms = ClaimTerms::new(10, LEASE, at(3));
    let claimed = ports.log.claim_due(ports.tenant, &terms).unwrap();
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
