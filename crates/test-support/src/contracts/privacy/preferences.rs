//! What people want, and their consent.

use chrono::TimeDelta;
use domain::ids::{LeadId, TopicId, UserId};
use domain::privacy::{
    Consent, ConsentHow, LeadPreferences, Pause, PreferenceChange, PrivacySettings, Said, SaidBy,
    TopicChoice,
};

use super::{PrivacyPorts, consent, said};
use crate::builders::tenancy::at;

/// See its name.
pub fn what_a_person_wants_comes_back(ports: &PrivacyPorts<'_>) {
    let (tenant, lead) = (ports.mail.tenant, ports.mail.lead("a"));
    let topic = ports.topic("説明会", true);
    assert_eq!(ports.wants(lead), LeadPreferences::default());
    let until = at(0) + TimeDelta::days(30);
    let by = SaidBy::Staff(UserId::new());
    let changes = [
        PreferenceChange::Topic {
            topic: topic.id,
            subscribed: false,
        },
        PreferenceChange::Pause { until },
        PreferenceChange::StopTracking,
    ];
    let staff = Said { at: at(1), by };
    let store = ports.preferences;
    assert!(
        store
            .change_preferences(tenant, lead, &changes, staff)
            .unwrap()
    );
    let choice = TopicChoice {
        subscribed: false,
        said: staff,
    };
    let expected = LeadPreferences {
        pause: Some(Pause { until, said: staff }),
        tracking_stopped: Some(staff),
        topics: [(topic.id, choice)].into(),
    };
    assert_eq!(ports.wants(lead), expected);
    for change in [PreferenceChange::Resume, PreferenceChange::AllowTracking] {
        assert!(ports.change(lead, change, 2));
    }
    let change = PreferenceChange::Topic {
        topic: topic.id,
        subscribed: true,
    };
    assert!(ports.change(lead, change, 3));
    let after = ports.wants(lead);
    assert_eq!((after.pause, after.tracking_stopped), (None, None));
    assert_eq!(after.topics[&topic.id].said, said(3));
}

/// See its name.
pub fn a_choice_for_no_topic_is_passed_over(ports: &PrivacyPorts<'_>) {
    let lead = ports.mail.lead("a");
    let change = PreferenceChange::Topic {
        topic: TopicId::new(),
        subscribed: true,
    };
    assert!(ports.change(lead, change, 1));
    assert_eq!(ports.wants(lead), LeadPreferences::default());
}

/// See its name.
pub fn nobody_there_wants_nothing(ports: &PrivacyPorts<'_>) {
    let nobody = LeadId::new();
    assert_eq!(ports.wants(nobody), LeadPreferences::default());
    assert!(!ports.change(nobody, PreferenceChange::StopTracking, 1));
    let record = consent(nobody, ConsentHow::Form, at(1));
    let recorded = ports.consents.record_consent(ports.mail.tenant, &record);
    assert!(!recorded.unwrap());
}

/// See its name.
pub fn records_of_consent_come_back_newest_first(ports: &PrivacyPorts<'_>) {
    let (tenant, lead) = (ports.mail.tenant, ports.mail.lead("a"));
    let form = consent(lead, ConsentHow::Form, at(1));
    let card = Consent {
        recorded_by: SaidBy::Staff(UserId::new()),
        shown_text: None,
        network: None,
        confirmed_at: Some(at(3)),
        ..consent(lead, ConsentHow::BusinessCard, at(2))
    };
    for record in [&form, &card, &form] {
        assert!(ports.consents.record_consent(tenant, record).unwrap());
    }
    assert_eq!(ports.consents_of(lead), [card, form]);
}

/// See its name.
pub fn what_a_tenant_demands_comes_back(ports: &PrivacyPorts<'_>) {
    let demands = || ports.consents.privacy_settings(ports.mail.tenant).unwrap();
    assert_eq!(demands(), PrivacySettings::default());
    for consent_required in [true, false] {
        let settings = PrivacySettings {
            consent_required,
            double_opt_in: !consent_required,
        };
        ports
            .consents
            .demand(ports.mail.tenant, settings, at(1))
            .unwrap();
        assert_eq!(demands(), settings);
    }
}

/// See its name.
pub fn another_tenant_sees_nothing_of_what_people_want(ports: &PrivacyPorts<'_>) {
    let (tenant, other) = (ports.mail.tenant, ports.mail.other_tenant);
    let lead = ports.mail.lead("a");
    let topic = ports.topic("説明会", true);
    assert!(ports.change(lead, PreferenceChange::StopTracking, 1));
    let record = consent(lead, ConsentHow::Form, at(1));
    ports.consents.record_consent(tenant, &record).unwrap();
    let asked = super::question(lead, 1);
    ports.confirmations.ask(tenant, &asked).unwrap();
    assert_eq!(ports.topics.topics(other).unwrap(), []);
    assert!(!ports.topics.remove_topic(other, topic.id).unwrap());
    let seen = ports.preferences.preferences(other, lead).unwrap();
    assert_eq!(seen, LeadPreferences::default());
    let resume = [PreferenceChange::AllowTracking];
    let store = ports.preferences;
    assert!(
        !store
            .change_preferences(other, lead, &resume, said(2))
            .unwrap()
    );
    assert_eq!(ports.consents.consents(other, lead).unwrap(), []);
    let confirmations = ports.confirmations;
    assert_eq!(confirmations.confirmation(other, asked.id).unwrap(), None);
    assert!(!confirmations.confirm(other, asked.id, None, at(2)).unwrap());
    assert!(!ports.wants(lead).allows_tracking());
}
