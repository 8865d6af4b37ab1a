//! What people want is in force before the next mail goes out.

use chrono::TimeDelta;
use domain::delivery::{
    ClaimedSend, DispatchGate, DispatchNote, ProviderKind, SendState, SkipReason,
};
use domain::ids::{BroadcastId, CampaignId, LeadId, TopicId};
use domain::privacy::{CONFIRMATION_RECHECK, ConsentHow, PAUSE, PreferenceChange, PrivacySettings};
use domain::tracking::MailSource;

use super::{PrivacyPorts, consent, question};
use crate::builders::tenancy::at;
use crate::contracts::mail::{LEASE, ids, step_send};

impl PrivacyPorts<'_> {
    /// A broadcast of a topic to these leads that is sending.
    fn sending(&self, topic: TopicId, leads: &[LeadId]) -> BroadcastId {
        let mail = self.mail;
        let draft = mail.draft();
        let assigned =
            self.topics
                .assign_topic(mail.tenant, MailSource::Broadcast(draft.id), Some(topic));
        assert!(assigned.unwrap());
        let content = crate::builders::delivery::broadcast_content(draft.id);
        let started = mail.work.start(mail.tenant, draft.id, &[content], at(0));
        assert!(started.unwrap());
        assert!(mail.queue(draft.id, None, leads));
        let prepared = mail.work.finish_preparing(mail.tenant, draft.id);
        assert!(prepared.unwrap());
        draft.id
    }

    fn refuse(&self, lead: LeadId, topic: TopicId, subscribed: bool) {
        let change = PreferenceChange::Topic { topic, subscribed };
        assert!(self.change(lead, change, 1));
    }

    /// Where the newest mail to a lead stands, and why.
    fn stands(&self, lead: LeadId) -> (SendState, Option<SkipReason>) {
        let sends = self.mail.history.of_lead(self.mail.tenant, lead, 1);
        let send = sends.unwrap().remove(0);
        let reason = send.state_reason.as_deref().and_then(SkipReason::parse);
        (send.state, reason)
    }

    fn skipped(&self, lead: LeadId, reason: SkipReason) {
        assert_eq!(self.stands(lead), (SendState::Skipped, Some(reason)));
    }

    fn begin(&self, claimed: &ClaimedSend, seconds: i64, tracked: bool) -> DispatchGate {
        let note = DispatchNote {
            send: claimed.key,
            provider: ProviderKind::Outbox,
            subject: "佐藤様へ".to_owned(),
            content_hash: [7; 32],
            tracked,
        };
        let (tenant, log) = (self.mail.tenant, self.mail.log);
        let gates = log.begin_dispatch(tenant, &[note], LEASE, at(seconds));
        gates.unwrap()[0]
    }

    fn demand_consent(&self) {
        let settings = PrivacySettings {
            consent_required: true,
            ..PrivacySettings::default()
        };
        self.consents
            .demand(self.mail.tenant, settings, at(0))
            .unwrap();
    }
}

/// See its name.
pub fn a_refused_topic_stops_its_mail_before_and_after_the_claim(ports: &PrivacyPorts<'_>) {
    let [early, late, other] = ["a", "b", "c"].map(|name| ports.mail.lead(name));
    let topic = ports.topic("説明会", true);
    ports.refuse(early, topic.id, false);
    ports.sending(topic.id, &[early, late, other]);
    let claimed = ports.mail.claim(1);
    ports.skipped(early, SkipReason::TopicRefused);
    ports.refuse(late, topic.id, false);
    for send in &claimed {
        let expected = if send.lead == late {
            DispatchGate::Skipped(SkipReason::TopicRefused)
        } else {
            DispatchGate::Go
        };
        assert_eq!(ports.begin(send, 2, true), expected);
    }
    ports.skipped(late, SkipReason::TopicRefused);
    // Mail of no topic goes to everybody.
    ports.mail.sending(&[early]);
    assert_eq!(ids(&ports.mail.claim(3)), [early]);
}

/// See its name.
pub fn a_topic_that_is_off_goes_to_those_who_chose_it(ports: &PrivacyPorts<'_>) {
    let [silent, chose] = ["a", "b"].map(|name| ports.mail.lead(name));
    let topic = ports.topic("進学", false);
    ports.refuse(chose, topic.id, true);
    ports.sending(topic.id, &[silent, chose]);
    assert_eq!(ids(&ports.mail.claim(1)), [chose]);
    ports.skipped(silent, SkipReason::TopicRefused);
}

/// See its name.
pub fn a_pause_skips_broadcasts_and_holds_campaigns_back(ports: &PrivacyPorts<'_>) {
    let lead = ports.mail.lead("a");
    let until = at(0) + PAUSE;
    assert!(ports.change(lead, PreferenceChange::Pause { until }, 1));
    ports.mail.sending(&[lead]);
    assert_eq!(ports.mail.claim(2), []);
    ports.skipped(lead, SkipReason::PausedByLead);
    let step = step_send(CampaignId::new(), lead);
    (ports.mail.cause)(ports.mail.tenant, &[step]);
    let end = PAUSE.num_seconds();
    for seconds in [3, end - 1] {
        assert_eq!(ports.mail.claim(seconds), []);
    }
    let waiting = ports
        .mail
        .history
        .find(ports.mail.tenant, step.cause.key().id);
    let waiting = waiting.unwrap().unwrap();
    assert_eq!(waiting.state, SendState::RetryWait);
    assert_eq!(waiting.next_attempt_at, Some(until));
    let claimed = ports.mail.claim(end).remove(0);
    let again = until + TimeDelta::days(1);
    assert!(ports.change(lead, PreferenceChange::Pause { until: again }, end));
    assert_eq!(ports.begin(&claimed, end + 1, true), DispatchGate::Lost);
    assert_eq!(ports.mail.claim(end + 2), []);
    assert!(ports.change(lead, PreferenceChange::Resume, end + 3));
    let goes_on = ports.mail.claim(end + 24 * 3600);
    assert_eq!(ids(&goes_on), [lead]);
}

/// See its name.
pub fn consent_is_asked_for_where_the_tenant_demands_it(ports: &PrivacyPorts<'_>) {
    let [without, with, unconfirmed] = ["a", "b", "c"].map(|name| ports.mail.lead(name));
    let records = [
        consent(with, ConsentHow::BusinessCard, at(1)),
        consent(unconfirmed, ConsentHow::DoubleOptIn, at(1)),
    ];
    for record in &records {
        ports
            .consents
            .record_consent(ports.mail.tenant, record)
            .unwrap();
    }
    ports.mail.sending(&[without]);
    let claimed = ports.mail.claim(1).remove(0);
    ports.demand_consent();
    let gate = ports.begin(&claimed, 2, true);
    assert_eq!(gate, DispatchGate::Skipped(SkipReason::NoConsent));
    ports.mail.sending(&[without, with, unconfirmed]);
    assert_eq!(ids(&ports.mail.claim(3)), [with]);
    ports.skipped(unconfirmed, SkipReason::NoConsent);
}

/// See its name.
pub fn who_has_not_confirmed_gets_no_other_mail(ports: &PrivacyPorts<'_>) {
    let (tenant, store) = (ports.mail.tenant, ports.confirmations);
    let [asked, known] = ["a", "b"].map(|name| ports.mail.lead(name));
    let open = question(asked, 0);
    store.ask(tenant, &open).unwrap();
    let of_known = domain::privacy::Confirmation {
        holds_mail: false,
        ..question(known, 0)
    };
    store.ask(tenant, &of_known).unwrap();
    ports.mail.sending(&[asked, known]);
    assert_eq!(ids(&ports.mail.claim(1)), [known]);
    ports.skipped(asked, SkipReason::AwaitingConfirmation);
    let step = step_send(CampaignId::new(), asked);
    (ports.mail.cause)(tenant, &[step]);
    assert_eq!(ports.mail.claim(2), []);
    let waiting = ports.mail.history.find(tenant, step.cause.key().id);
    assert_eq!(waiting.unwrap().unwrap().state, SendState::RetryWait);
    assert!(store.confirm(tenant, open.id, None, at(3)).unwrap());
    let recheck = CONFIRMATION_RECHECK.num_seconds();
    assert_eq!(ids(&ports.mail.claim(2 + recheck)), [asked]);
}

/// See its name.
pub fn tracking_that_was_stopped_is_out_of_the_next_mail(ports: &PrivacyPorts<'_>) {
    // C14
    let [before, after] = ["a", "b"].map(|name| ports.mail.lead(name));
    assert!(ports.change(before, PreferenceChange::StopTracking, 1));
    ports.mail.sending(&[before, after]);
    let claimed = ports.mail.claim(2);
    for send in &claimed {
        assert_eq!(send.may_track, send.lead == after);
    }
    let tracked = claimed.iter().find(|send| send.lead == after).unwrap();
    assert!(ports.change(after, PreferenceChange::StopTracking, 3));
    // Composed with tracking, so it is composed anew.
    assert_eq!(ports.begin(tracked, 4, true), DispatchGate::Lost);
    let anew = ports.mail.claim(5).remove(0);
    assert_eq!((anew.lead, anew.may_track), (after, false));
    assert_eq!(ports.begin(&anew, 6, false), DispatchGate::Go);
}
