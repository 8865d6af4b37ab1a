//! The kinds of mail.

use domain::ids::TopicId;
use domain::privacy::{PreferenceChange, Topic};
use domain::store::StoreError;
use domain::tracking::MailSource;

use super::{PrivacyPorts, topic};
use crate::builders::tenancy::at;

/// See its name.
pub fn topics_come_back_in_their_order(ports: &PrivacyPorts<'_>) {
    let tenant = ports.mail.tenant;
    let second = ports.topic("説明会", true);
    let third = ports.topic("進学", false);
    let first = Topic {
        position: 0,
        description: None,
        ..topic("お知らせ", true)
    };
    ports.topics.add_topic(tenant, &first, at(1)).unwrap();
    let mut listed = ports.topics.topics(tenant).unwrap();
    assert_eq!(listed.remove(0), first);
    assert!(listed.contains(&second) && listed.contains(&third));
    let renamed = Topic {
        name: "オープンキャンパス".to_owned(),
        position: 9,
        ..second
    };
    assert!(ports.topics.change_topic(tenant, &renamed, at(2)).unwrap());
    assert_eq!(ports.topics.topics(tenant).unwrap().pop(), Some(renamed));
    let stranger = topic("x", true);
    assert!(!ports.topics.change_topic(tenant, &stranger, at(2)).unwrap());
}

/// See its name.
pub fn a_name_makes_one_topic(ports: &PrivacyPorts<'_>) {
    let tenant = ports.mail.tenant;
    ports.topic("説明会", true);
    let other = ports.topic("進学", true);
    let same = topic("説明会", false);
    let added = ports.topics.add_topic(tenant, &same, at(1));
    assert!(matches!(added, Err(StoreError::Duplicate(_))));
    let same = Topic {
        name: "説明会".to_owned(),
        ..other
    };
    let changed = ports.topics.change_topic(tenant, &same, at(1));
    assert!(matches!(changed, Err(StoreError::Duplicate(_))));
    let elsewhere = topic("説明会", true);
    ports
        .topics
        .add_topic(ports.mail.other_tenant, &elsewhere, at(1))
        .unwrap();
}

/// See its name.
pub fn a_topic_in_use_stays(ports: &PrivacyPorts<'_>) {
    let tenant = ports.mail.tenant;
    let topic = ports.topic("説明会", true);
    let draft = ports.mail.draft();
    let source = MailSource::Broadcast(draft.id);
    let assign = |topic| ports.topics.assign_topic(tenant, source, topic);
    assert_eq!(ports.topics.topic_of(tenant, source).unwrap(), None);
    assert!(assign(Some(topic.id)).unwrap());
    assert_eq!(
        ports.topics.topic_of(tenant, source).unwrap(),
        Some(topic.id)
    );
    let removed = ports.topics.remove_topic(tenant, topic.id);
    assert!(matches!(removed, Err(StoreError::InUse(_))));
    let nowhere = assign(Some(TopicId::new()));
    assert!(matches!(nowhere, Err(StoreError::InUse(_))));
    assert!(assign(None).unwrap());
    assert!(ports.topics.remove_topic(tenant, topic.id).unwrap());
    assert!(!ports.topics.remove_topic(tenant, topic.id).unwrap());
    let started = MailSource::Broadcast(ports.mail.preparing());
    assert!(!ports.topics.assign_topic(tenant, started, None).unwrap());
}

/// See its name.
pub fn a_removed_topic_takes_its_choices_along(ports: &PrivacyPorts<'_>) {
    let lead = ports.mail.lead("a");
    let topic = ports.topic("説明会", true);
    let change = PreferenceChange::Topic {
        topic: topic.id,
        subscribed: false,
    };
    assert!(ports.change(lead, change, 1));
    assert!(!ports.wants(lead).wants(&topic));
    ports
        .topics
        .remove_topic(ports.mail.tenant, topic.id)
        .unwrap();
    assert!(ports.wants(lead).topics.is_empty());
}
