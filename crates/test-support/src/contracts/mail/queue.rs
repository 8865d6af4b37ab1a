//! The queue of sends.

use domain::campaigns::BroadcastStatus;
use domain::delivery::{
    ClaimTerms, DispatchGate, ProviderSettings, Recovered, SendRecord, SendState, SkipReason,
    Suppression, SuppressionReason,
};
use domain::ids::LeadId;
use domain::tracking::MailSource;

use super::{LEASE, MailPorts, accepted_as, ids, minutes};
use crate::builders::delivery::address;
use crate::builders::tenancy::at;

impl MailPorts<'_> {
    pub(super) fn stop(&self, name: &str, reason: SuppressionReason, seconds: i64) -> bool {
        let suppression = Suppression {
            email: address(&format!("{name}@example.com")),
            reason,
            detail: None,
            created_at: at(seconds),
        };
        self.suppressions
            .suppress(self.tenant, &suppression)
            .unwrap()
    }

    fn state_of(&self, lead: LeadId) -> (SendState, Option<String>) {
        let send = self
            .history
            .of_lead(self.tenant, lead, 1)
            .unwrap()
            .remove(0);
        (send.state, send.state_reason)
    }

    pub(super) fn skipped(&self, lead: LeadId, reason: SkipReason) {
        let reason = Some(reason.as_str().to_owned());
        assert_eq!(self.state_of(lead), (SendState::Skipped, reason));
    }
}

/// See its name.
pub fn what_is_due_is_claimed_once(ports: &MailPorts<'_>) {
    let mut leads = [ports.lead("a"), ports.lead("b"), ports.lead("c")];
    leads.sort_unstable();
    let broadcast = ports.sending(&leads);
    let two = ports.claim_by(&ClaimTerms::new(2, LEASE, at(1)));
    let one = ports.claim(1);
    assert_eq!((two.len(), one.len(), ports.claim(1).len()), (2, 1, 0));
    assert_eq!(ids(&[two.clone(), one].concat()), leads);
    assert!(
        two.iter()
            .all(|send| send.source == MailSource::Broadcast(broadcast) && send.attempts == 0)
    );
    assert_eq!(ports.send(&two[0]).state, SendState::Claimed);
}

/// See its name.
pub fn a_suppressed_address_is_skipped_at_the_claim(ports: &MailPorts<'_>) {
    // A44
    let (stopped, free) = (ports.lead("stopped"), ports.lead("free"));
    ports.sending(&[stopped, free]);
    ports.stop("stopped", SuppressionReason::Unsubscribed, 0);
    assert_eq!(ids(&ports.claim(1)), [free]);
    ports.skipped(stopped, SkipReason::Suppressed);
}

/// See its name.
pub fn a_suppression_after_the_claim_still_stops_the_mail(ports: &MailPorts<'_>) {
    // A44
    let lead = ports.lead("late");
    ports.sending(&[lead]);
    let claimed = ports.claim(1).remove(0);
    ports.stop("late", SuppressionReason::Manual, 2);
    let gate = ports.begin(&claimed, 3);
    assert_eq!(gate, DispatchGate::Skipped(SkipReason::Suppressed));
    ports.skipped(lead, SkipReason::Suppressed);
    assert_eq!(ports.begin(&claimed, 4), DispatchGate::Lost);
}

/// See its name.
pub fn a_claim_that_ran_out_is_claimed_again(ports: &MailPorts<'_>) {
    ports.sending(&[ports.lead("a")]);
    let claimed = ports.claim(0).remove(0);
    let recover = |minute| {
        ports
            .log
            .recover_expired(ports.tenant, minutes(minute))
            .unwrap()
    };
    assert_eq!(recover(4), Recovered::default());
    let requeued = Recovered {
        requeued: 1,
        unknown: 0,
    };
    assert_eq!(recover(6), requeued);
    assert_eq!(ports.begin(&claimed, 360), DispatchGate::Lost);
    assert_eq!(ports.claim(361), [claimed]);
}

/// See its name.
pub fn a_dispatch_that_ran_out_is_unknown_until_someone_settles_it(ports: &MailPorts<'_>) {
    let broadcast = ports.sending(&[ports.lead("a")]);
    let claimed = ports.claim(0).remove(0);
    assert_eq!(ports.begin(&claimed, 1), DispatchGate::Go);
    assert_eq!(ports.begin(&claimed, 2), DispatchGate::Lost);
    let unknown = Recovered {
        requeued: 0,
        unknown: 1,
    };
    let recovered = ports.log.recover_expired(ports.tenant, minutes(6)).unwrap();
    assert_eq!(recovered, unknown);
    assert_eq!(ports.send(&claimed).state, SendState::Unknown);
    assert_eq!(ports.claim(3_600), []);
    assert!(
        ports
            .work
            .complete_if_done(ports.tenant, broadcast, at(3_600))
            .unwrap()
    );
    let resend = || {
        ports
            .log
            .resend_unknown(ports.tenant, claimed.key.id, at(3_601))
            .unwrap()
    };
    assert_eq!((resend(), resend()), (true, false));
    assert_eq!(ports.claim(3_602), [claimed]);
}

/// See its name.
pub fn a_late_acceptance_settles_an_unknown_send(ports: &MailPorts<'_>) {
    ports.sending(&[ports.lead("a")]);
    let claimed = ports.claim(0).remove(0);
    ports.begin(&claimed, 1);
    ports.log.recover_expired(ports.tenant, minutes(6)).unwrap();
    let failed = SendRecord::Failed {
        reason: "late".to_owned(),
    };
    assert!(!ports.record(&claimed, &failed, 400));
    assert!(ports.record(&claimed, &accepted_as("late"), 401));
    let send = ports.send(&claimed);
    assert_eq!(
        (send.state, send.accepted_at),
        (SendState::Accepted, Some(at(401)))
    );
    assert!(!ports.record(&claimed, &accepted_as("again"), 402));
}

/// See its name.
pub fn a_try_that_failed_comes_back_at_its_time(ports: &MailPorts<'_>) {
    ports.sending(&[ports.lead("a")]);
    let claimed = ports.claim(0).remove(0);
    ports.begin(&claimed, 1);
    let retry = SendRecord::RetryAt {
        at: at(60),
        reason: "busy".to_owned(),
        attempts: 1,
    };
    assert!(ports.record(&claimed, &retry, 2));
    let send = ports.send(&claimed);
    assert_eq!(send.state, SendState::RetryWait);
    assert_eq!(send.state_reason.as_deref(), Some("busy"));
    assert_eq!(send.next_attempt_at, Some(at(60)));
    assert_eq!(ports.claim(59), []);
    let again = ports.claim(60).remove(0);
    assert_eq!((again.key, again.attempts), (claimed.key, 1));
    ports.begin(&again, 61);
    let failed = SendRecord::Failed {
        reason: "550 no such user".to_owned(),
    };
    assert!(ports.record(&again, &failed, 62));
    assert_eq!(ports.claim(1_000_000), []);
    let send = ports.send(&again);
    assert_eq!(send.state, SendState::Failed);
    assert_eq!(send.state_reason.as_deref(), Some("550 no such user"));
    assert_eq!(send.subject.as_deref(), Some("佐藤様へ"));
}

/// See its name.
pub fn what_another_worker_has_begun_is_not_given_back(ports: &MailPorts<'_>) {
    ports.sending(&[ports.lead("a")]);
    let slow = ports.claim(0).remove(0);
    ports.log.recover_expired(ports.tenant, minutes(6)).unwrap();
    let quick = ports.claim(400).remove(0);
    assert_eq!(ports.begin(&quick, 401), DispatchGate::Go);
    let back = SendRecord::GivenBack {
        at: at(500),
        reason: "the worker was stopped".to_owned(),
    };
    assert!(!ports.record(&slow, &back, 402));
    assert!(ports.record(&quick, &accepted_as("quick"), 403));
    assert_eq!(ports.send(&quick).state, SendState::Accepted);
}

/// See its name.
pub fn what_comes_back_to_a_cancelled_broadcast_is_skipped(ports: &MailPorts<'_>) {
    let leads = ["a", "b", "c", "d"].map(|name| ports.lead(name));
    let broadcast = ports.sending(&leads);
    let claimed = ports.claim(0);
    ports.begin(&claimed[0], 1);
    ports.begin(&claimed[1], 1);
    assert!(ports.change(broadcast, BroadcastStatus::Cancelled));
    let again = SendRecord::RetryAt {
        at: at(60),
        reason: "busy".to_owned(),
        attempts: 1,
    };
    ports.record(&claimed[0], &again, 2);
    let back = SendRecord::GivenBack {
        at: at(60),
        reason: "busy".to_owned(),
    };
    ports.record(&claimed[2], &back, 2);
    ports.log.recover_expired(ports.tenant, minutes(6)).unwrap();
    let states = claimed.iter().map(|send| ports.send(send).state);
    use SendState::{Skipped, Unknown};
    assert_eq!(
        states.collect::<Vec<_>>(),
        [Skipped, Unknown, Skipped, Skipped]
    );
    let resent = ports
        .log
        .resend_unknown(ports.tenant, claimed[1].key.id, minutes(7));
    assert!(!resent.unwrap(), "nobody would send it");
}

/// See its name.
pub fn an_hour_lets_no_more_through_than_the_limit(ports: &MailPorts<'_>) {
    // B71: what went out, what a worker has, and what nobody knows about.
    let limited = ProviderSettings {
        hourly_limit: Some(4),
        ..ProviderSettings::default()
    };
    let saved = ports.settings.save_provider(ports.tenant, &limited, at(0));
    saved.unwrap();
    ports.accepted("a");
    ports.sending(&["b", "c", "d", "e", "f"].map(|name| ports.lead(name)));
    let held = ports.claim(3);
    assert_eq!(held.len(), 3, "one of four went out");
    assert_eq!(ports.claim(3), []);
    ports.begin(&held[0], 4);
    let nobody_knows = SendRecord::Unknown {
        reason: "no answer".to_owned(),
    };
    assert!(ports.record(&held[0], &nobody_knows, 5));
    assert_eq!(ports.claim(6), []);
    ports.begin(&held[1], 6);
    let refused = SendRecord::Failed {
        reason: "550 no such user".to_owned(),
    };
    assert!(ports.record(&held[1], &refused, 7));
    assert_eq!(ports.claim(8).len(), 1, "what was refused went nowhere");
    assert_eq!(ports.claim(9), []);
}

/// See its name.
pub fn sends_are_found_by_lead_and_by_broadcast(ports: &MailPorts<'_>) {
    let (a, b) = (ports.lead("a"), ports.lead("b"));
    let broadcast = ports.sending(&[a, b]);
    let of_lead = ports.history.of_lead(ports.tenant, a, 9).unwrap();
    assert_eq!((of_lead.len(), of_lead[0].lead), (1, a));
    let of_broadcast = |state, after| {
        let history = ports.history;
        let found = history.of_broadcast(ports.tenant, broadcast, state, after, 1);
        found.unwrap().first().map(|send| send.key.id)
    };
    let first = of_broadcast(None, None).unwrap();
    let second = of_broadcast(Some(SendState::Queued), Some(first)).unwrap();
    assert!(first < second);
    assert_eq!(of_broadcast(None, Some(second)), None);
    assert_eq!(of_broadcast(Some(SendState::Failed), None), None);
}
