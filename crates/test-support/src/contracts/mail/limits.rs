//! What goes out no faster, and to nobody more often, than the tenant wants.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveTime, Utc};
use domain::campaigns::{BroadcastDraft, BroadcastStatus, WeekdayName};
use domain::delivery::{
    ClaimTerms, ClaimedSend, DayCeiling, DispatchGate, DispatchNote, FREQUENCY_SPAN, Halt,
    HaltedBy, ProviderKind, SendKey, SendRecord, SendState, SendWindow, SendingPolicy, SkipReason,
    SuppressionReason, WarmUp,
};
use domain::ids::{BroadcastId, CampaignId, LeadId, SendId};

use super::{LEASE, MailPorts, accepted_as, as_of, ids, step_send};
use crate::builders::delivery::broadcast_content;
use crate::builders::tenancy::at;

const HOUR: i64 = 3_600;

fn terms(seconds: i64) -> ClaimTerms {
    ClaimTerms::new(50, LEASE, at(seconds))
}

fn failed() -> SendRecord {
    SendRecord::Failed {
        reason: "550 no such user".to_owned(),
    }
}

fn note(send: SendKey) -> DispatchNote {
    DispatchNote {
        send,
        provider: ProviderKind::Outbox,
        subject: "佐藤様へ".to_owned(),
        content_hash: [7; 32],
        tracked: false,
    }
}

impl MailPorts<'_> {
    /// A broadcast that sends so many mails an hour.
    fn slowly(&self, hourly_limit: u32, leads: &[LeadId]) -> BroadcastId {
        let id = BroadcastId::new();
        let template = self.template(&id.to_string());
        let draft = BroadcastDraft {
            hourly_limit: Some(hourly_limit),
            ..BroadcastDraft::new("ゆっくり", template.id)
        };
        let broadcast = draft.into_broadcast(id, None, at(0));
        self.broadcasts.create(self.tenant, &broadcast).unwrap();
        let content = broadcast_content(id);
        let started = self.work.start(self.tenant, id, &[content], at(0));
        assert!(started.unwrap());
        assert!(self.queue(id, None, leads));
        assert!(self.work.finish_preparing(self.tenant, id).unwrap());
        id
    }

    /// The provider takes these at that time.
    fn taken(&self, claimed: &[ClaimedSend], seconds: i64) {
        for send in claimed {
            assert_eq!(self.begin(send, seconds), DispatchGate::Go);
            assert!(self.record(send, &accepted_as(&send.key.id.to_string()), seconds));
        }
    }

    fn halt(&self, halt: Option<HaltedBy>, seconds: i64) -> bool {
        let halt = halt.map(|by| Halt {
            at: at(seconds),
            by,
        });
        let set = self.settings.set_halt(self.tenant, halt, at(seconds));
        set.unwrap()
    }
}

/// See its name.
pub fn a_broadcast_goes_out_no_faster_than_its_own_limit(ports: &MailPorts<'_>) {
    let leads = ["a", "b", "c", "d"].map(|name| ports.lead(name));
    let slow = ports.slowly(2, &leads);
    let other = ports.sending(&leads[..1]);
    let of = |claimed: &[ClaimedSend], id| {
        let source = domain::tracking::MailSource::Broadcast(id);
        claimed.iter().filter(|send| send.source == source).count()
    };
    let first = ports.claim(1);
    assert_eq!((of(&first, slow), of(&first, other)), (2, 1));
    assert_eq!(ports.claim(2), [], "two are held");
    let mut held = first
        .into_iter()
        .filter(|send| send.source == domain::tracking::MailSource::Broadcast(slow));
    let (one, two) = (held.next().unwrap(), held.next().unwrap());
    ports.begin(&one, 2);
    assert!(ports.record(&one, &failed(), 2));
    ports.taken(&[two], 3);
    let third = ports.claim(4);
    assert_eq!(third.len(), 1, "what was refused went nowhere");
    ports.taken(&third, 5);
    assert_eq!(ports.claim(3 + HOUR - 1), []);
    assert_eq!(
        ports.claim(3 + HOUR).len(),
        1,
        "the hour of the first is over"
    );
}

/// See its name.
pub fn a_day_sends_no_more_than_its_ceiling(ports: &MailPorts<'_>) {
    let on = |since: DateTime<Utc>, seconds| ClaimTerms {
        today: Some(DayCeiling { limit: 2, since }),
        ..terms(seconds)
    };
    ports.sending(&["a", "b", "c"].map(|name| ports.lead(name)));
    let today = ports.claim_by(&on(at(0), 10));
    assert_eq!(today.len(), 2);
    ports.taken(&today, 11);
    assert_eq!(ports.claim_by(&on(at(0), 12)), []);
    assert_eq!(ports.claim_by(&on(at(12), 13)).len(), 1, "the next day");
}

/// See its name.
pub fn a_broadcast_skips_who_had_enough_mail_this_week(ports: &MailPorts<'_>) {
    let capped = |seconds| ClaimTerms {
        frequency_cap: Some(2),
        ..terms(seconds)
    };
    let (often, seldom) = (ports.lead("often"), ports.lead("seldom"));
    ports.sending(&[often]);
    ports.taken(&ports.claim(1), 2);
    ports.sending(&[often, seldom]);
    ports.sending(&[often, seldom]);
    let claimed = ids(&ports.claim_by(&capped(3)));
    let of = |lead| claimed.iter().filter(|it| **it == lead).count();
    assert_eq!(
        (of(often), of(seldom)),
        (1, 2),
        "those of one claim count, too"
    );
    let skipped = ports.history.of_lead(ports.tenant, often, 9).unwrap();
    let skipped: Vec<_> = skipped
        .into_iter()
        .filter(|send| send.state == SendState::Skipped)
        .map(|send| send.state_reason)
        .collect();
    let reason = SkipReason::FrequencyCap.as_str().to_owned();
    assert_eq!(skipped, [Some(reason)]);
    // Held mails are given back meanwhile; only what went out counts a week later.
    let later = 2 + FREQUENCY_SPAN.num_seconds();
    ports
        .log
        .recover_expired(ports.tenant, at(later - 1))
        .unwrap();
    let claimed = ids(&ports.claim_by(&capped(later)));
    assert_eq!(claimed.len(), 3, "a week is over");
}

/// See its name.
pub fn a_step_over_the_cap_is_postponed_once(ports: &MailPorts<'_>) {
    let capped = |seconds| ClaimTerms {
        frequency_cap: Some(1),
        ..terms(seconds)
    };
    let week = FREQUENCY_SPAN.num_seconds();
    let [patient, unlucky] = ["patient", "unlucky"].map(|name| {
        let lead = ports.lead(name);
        ports.sending(&[lead]);
        ports.taken(&ports.claim(1), 3);
        lead
    });
    let campaign = CampaignId::new();
    let steps = [patient, unlucky].map(|lead| step_send(campaign, lead));
    (ports.cause)(ports.tenant, &steps);
    assert_eq!(ports.claim_by(&capped(10)), []);
    let find = |step: &domain::delivery::NewSend| {
        let found = ports.history.find(ports.tenant, step.cause.key().id);
        found.unwrap().unwrap()
    };
    for step in &steps {
        let send = find(step);
        let reason = Some(SkipReason::FrequencyCap.as_str().to_owned());
        assert_eq!(
            (send.state, send.state_reason),
            (SendState::RetryWait, reason)
        );
        assert_eq!(send.next_attempt_at, Some(at(3 + week)));
    }
    assert_eq!(ports.claim_by(&capped(3 + week - 1)), []);
    ports.sending(&[unlucky]);
    ports.taken(&ports.claim_by(&terms(20)), 21);
    assert_eq!(ids(&ports.claim_by(&capped(3 + week))), [patient]);
    let send = find(&steps[1]);
    assert_eq!(send.state, SendState::Skipped, "it was postponed once");
    assert_eq!(
        send.state_reason.as_deref(),
        Some(SkipReason::FrequencyCap.as_str())
    );
}

/// See its name.
pub fn what_is_stopped_or_paused_goes_back_before_the_provider(ports: &MailPorts<'_>) {
    let id = ports.sending(&[ports.lead("a")]);
    let claimed = ports.claim(1).remove(0);
    assert!(ports.halt(Some(HaltedBy::Staff), 2));
    assert!(!ports.halt(Some(HaltedBy::Restore), 2), "it is already");
    assert_eq!(ports.begin(&claimed, 3), DispatchGate::Lost);
    assert_eq!(ports.send(&claimed).state, SendState::Queued);
    let by = ports.settings.sending_policy(ports.tenant).unwrap().halt;
    assert_eq!(by.map(|halt| halt.by), Some(HaltedBy::Staff));
    assert!(ports.halt(None, 4));
    assert!(!ports.halt(None, 4));

    let again = ports.claim(5).remove(0);
    assert!(ports.change(id, BroadcastStatus::Paused));
    assert_eq!(ports.begin(&again, 6), DispatchGate::Lost);
    assert_eq!(ports.send(&again).state, SendState::Queued);
    assert_eq!(ports.claim(7), []);
    assert!(ports.change(id, BroadcastStatus::Sending));
    let last = ports.claim(8).remove(0);
    assert_eq!(ports.begin(&last, 9), DispatchGate::Go);
}

/// See its name.
pub fn each_mail_of_a_batch_has_its_own_answer(ports: &MailPorts<'_>) {
    let leads = ["a", "b", "c"].map(|name| ports.lead(name));
    ports.sending(&leads);
    let claimed = ports.claim(1);
    let of = |lead| claimed.iter().find(|send| send.lead == lead).unwrap().key;
    let [a, b, c] = leads.map(of);
    let nobody = SendKey {
        id: SendId::new(),
        queued_at: at(0),
    };
    ports.stop("b", SuppressionReason::Manual, 2);
    let notes = [c, nobody, b, a].map(note);
    let gates = ports.log.begin_dispatch(ports.tenant, &notes, LEASE, at(3));
    let skipped = DispatchGate::Skipped(SkipReason::Suppressed);
    let expected = [
        DispatchGate::Go,
        DispatchGate::Lost,
        skipped,
        DispatchGate::Go,
    ];
    assert_eq!(gates.unwrap(), expected);
    let records = [
        (nobody, accepted_as("nobody")),
        (a, failed()),
        (b, accepted_as("b")),
        (c, accepted_as("c")),
    ];
    let recorded = ports.log.record(ports.tenant, &records, as_of(4));
    assert_eq!(recorded.unwrap(), [false, true, false, true]);
    let state = |lead| ports.history.of_lead(ports.tenant, lead, 1).unwrap()[0].state;
    let states = leads.map(state);
    assert_eq!(
        states,
        [SendState::Failed, SendState::Skipped, SendState::Accepted]
    );
    let nothing = ports.log.begin_dispatch(ports.tenant, &[], LEASE, at(5));
    assert_eq!(nothing.unwrap(), []);
    let nothing: Vec<bool> = ports.log.record(ports.tenant, &[], as_of(5)).unwrap();
    assert!(nothing.is_empty());
}

/// See its name.
pub fn rules_come_back_as_they_were_stored(ports: &MailPorts<'_>) {
    let (tenant, settings) = (ports.tenant, ports.settings);
    assert_eq!(
        settings.sending_policy(tenant).unwrap(),
        SendingPolicy::default()
    );
    let days: BTreeSet<_> = [WeekdayName::Monday, WeekdayName::Friday].into();
    let time = |hour| NaiveTime::from_hms_opt(hour, 30, 0).unwrap();
    let policy = SendingPolicy {
        frequency_cap: Some(3),
        window: Some(SendWindow::new(days, time(9), time(17)).unwrap()),
        warm_up: Some(WarmUp {
            domain: "kasuga.example.jp".to_owned(),
            started_on: as_of(0).today,
            first_day: 50,
            growth_percent: 30,
        }),
        auto_pause: false,
        halt: None,
    };
    ports.halt(Some(HaltedBy::Restore), 1);
    settings
        .save_sending_policy(tenant, &policy, at(2))
        .unwrap();
    let stopped = SendingPolicy {
        halt: Some(Halt {
            at: at(1),
            by: HaltedBy::Restore,
        }),
        ..policy
    };
    assert_eq!(
        settings.sending_policy(tenant).unwrap(),
        stopped,
        "it stays stopped"
    );
    let blank = SendingPolicy::default();
    settings.save_sending_policy(tenant, &blank, at(3)).unwrap();
    assert!(ports.halt(None, 4));
    assert_eq!(settings.sending_policy(tenant).unwrap(), blank);
    let elsewhere = settings.sending_policy(ports.other_tenant).unwrap();
    assert_eq!(elsewhere, blank);
}
