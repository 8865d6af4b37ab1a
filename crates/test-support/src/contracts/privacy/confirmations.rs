//! Double opt-in.

use domain::delivery::{Suppression, SuppressionReason};
use domain::privacy::{CONFIRMATION_LIFETIME, Confirmation, ConsentHow, Funnel, SaidBy};

use super::{PrivacyPorts, question};
use crate::builders::delivery::address;
use crate::builders::tenancy::at;

impl PrivacyPorts<'_> {
    fn asked(&self, name: &str, seconds: i64) -> Confirmation {
        let asked = question(self.mail.lead(name), seconds);
        let id = self.confirmations.ask(self.mail.tenant, &asked).unwrap();
        assert_eq!(id, Some(asked.id));
        asked
    }

    fn confirm(&self, asked: &Confirmation, seconds: i64) -> bool {
        let network = Some("203.0.113.0/24".to_owned());
        let store = self.confirmations;
        store
            .confirm(self.mail.tenant, asked.id, network, at(seconds))
            .unwrap()
    }

    fn stop(&self, name: &str, reason: SuppressionReason, seconds: i64) {
        let stop = Suppression {
            email: address(&format!("{name}@example.com")),
            reason,
            detail: None,
            created_at: at(seconds),
        };
        let suppressions = self.mail.suppressions;
        suppressions.suppress(self.mail.tenant, &stop).unwrap();
    }

    fn stopped(&self, name: &str) -> Option<SuppressionReason> {
        let email = address(&format!("{name}@example.com"));
        let found = self.mail.suppressions.find(self.mail.tenant, &email);
        found.unwrap().map(|stop| stop.reason)
    }
}

/// See its name.
pub fn a_question_is_asked_again_under_its_id(ports: &PrivacyPorts<'_>) {
    let (tenant, store) = (ports.mail.tenant, ports.confirmations);
    let asked = ports.asked("a", 1);
    assert_eq!(
        store.confirmation_of(tenant, asked.lead).unwrap(),
        Some(asked.clone())
    );
    let again = Confirmation {
        holds_mail: false,
        source: "イベント申込".to_owned(),
        ..question(asked.lead, 9)
    };
    assert_eq!(store.ask(tenant, &again).unwrap(), Some(asked.id));
    store.note_asked(tenant, asked.id, at(10)).unwrap();
    for seconds in [11, 12] {
        store.note_visited(tenant, asked.id, at(seconds)).unwrap();
    }
    let expected = Confirmation {
        source: "イベント申込".to_owned(),
        requested_at: at(9),
        sent_at: Some(at(10)),
        visited_at: Some(at(11)),
        ..asked.clone()
    };
    assert_eq!(
        store.confirmation(tenant, asked.id).unwrap(),
        Some(expected)
    );
    let nobody = question(domain::ids::LeadId::new(), 1);
    assert_eq!(store.ask(tenant, &nobody).unwrap(), None);
}

/// See its name.
pub fn confirming_counts_once_and_records_consent(ports: &PrivacyPorts<'_>) {
    let asked = ports.asked("a", 1);
    assert!(ports.consents_of(asked.lead).is_empty());
    assert!(ports.confirm(&asked, 60));
    assert!(!ports.confirm(&asked, 90));
    let consents = ports.consents_of(asked.lead);
    assert_eq!(consents.len(), 1);
    let consent = &consents[0];
    assert_eq!(consent.how, ConsentHow::DoubleOptIn);
    assert_eq!(
        (consent.given_at, consent.confirmed_at),
        (at(1), Some(at(60)))
    );
    assert_eq!(consent.source, asked.source);
    assert_eq!(consent.network.as_deref(), Some("203.0.113.0/24"));
    assert_eq!(consent.recorded_by, SaidBy::Person);
}

/// See its name.
pub fn confirming_lifts_the_persons_own_refusal_only(ports: &PrivacyPorts<'_>) {
    for (name, stop, left) in [
        ("a", SuppressionReason::Unsubscribed, None),
        (
            "b",
            SuppressionReason::Bounced,
            Some(SuppressionReason::Bounced),
        ),
        (
            "c",
            SuppressionReason::Manual,
            Some(SuppressionReason::Manual),
        ),
    ] {
        let asked = ports.asked(name, 1);
        ports.stop(name, stop, 2);
        assert!(ports.confirm(&asked, 3));
        assert_eq!(ports.stopped(name), left, "{name}");
    }
}

/// See its name.
pub fn who_refused_after_confirming_can_be_asked_and_confirm_anew(ports: &PrivacyPorts<'_>) {
    let (tenant, store) = (ports.mail.tenant, ports.confirmations);
    let first = ports.asked("a", 1);
    store.note_asked(tenant, first.id, at(2)).unwrap();
    store.note_visited(tenant, first.id, at(3)).unwrap();
    assert!(ports.confirm(&first, 60));
    ports.stop("a", SuppressionReason::Unsubscribed, 70);
    let again = question(first.lead, 900);
    assert_eq!(store.ask(tenant, &again).unwrap(), Some(again.id));
    let begun = Confirmation {
        holds_mail: false,
        ..again.clone()
    };
    let kept = store.confirmation_of(tenant, first.lead).unwrap();
    assert_eq!(kept, Some(begun));
    assert_eq!(store.confirmation(tenant, first.id).unwrap(), None);
    assert!(!ports.confirm(&first, 910));
    assert_eq!(ports.stopped("a"), Some(SuppressionReason::Unsubscribed));
    assert!(ports.confirm(&again, 920));
    assert_eq!(ports.stopped("a"), None);
    let consents = ports.consents_of(first.lead);
    let confirmed: Vec<_> = consents.iter().map(|it| it.confirmed_at).collect();
    assert_eq!(confirmed, [Some(at(920)), Some(at(60))]);
}

/// See its name.
pub fn an_expired_question_confirms_nothing(ports: &PrivacyPorts<'_>) {
    let asked = ports.asked("a", 0);
    let end = CONFIRMATION_LIFETIME.num_seconds();
    assert!(!ports.confirm(&asked, end));
    assert!(ports.consents_of(asked.lead).is_empty());
    assert!(ports.confirm(&asked, end - 1));
}

/// See its name.
pub fn the_funnel_counts_how_far_people_got(ports: &PrivacyPorts<'_>) {
    let (tenant, store) = (ports.mail.tenant, ports.confirmations);
    ports.asked("early", 0);
    let asked: Vec<_> = ["a", "b", "c"].map(|name| ports.asked(name, 10)).into();
    for visited in &asked[..2] {
        store.note_visited(tenant, visited.id, at(20)).unwrap();
    }
    assert!(ports.confirm(&asked[0], 30));
    let expected = Funnel {
        requested: 3,
        visited: 2,
        confirmed: 1,
    };
    assert_eq!(store.funnel(tenant, at(10)).unwrap(), expected);
    let other = store.funnel(ports.mail.other_tenant, at(0)).unwrap();
    assert_eq!(other, Funnel::default());
}
