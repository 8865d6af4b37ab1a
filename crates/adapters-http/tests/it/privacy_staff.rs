//! What staff see and change of consent and wishes.

use std::sync::Arc;

use actix_web::http::StatusCode;
use chrono::Utc;
use domain::campaigns::BroadcastStore;
use domain::delivery::{Suppression, SuppressionReason, Suppressions};
use domain::ids::TopicId;
use domain::privacy::{ConsentHow, ConsentStore, PreferenceStore, SaidBy, TopicStore};
use domain::tenancy::{AuditLog, Role};
use domain::tracking::MailSource;
use test_support::builders::delivery::address;

use crate::app::TestApp;

const TOPICS: &str = "/ui/settings/topics";

#[actix_web::test]
async fn topics_are_added_changed_and_removed() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    assert!(admin.get("/ui/settings").await.shows(TOPICS));
    let form = [("name", "説明会"), ("default_on", "on"), ("position", "2")];
    assert_eq!(admin.post(TOPICS, &form).await.leads_to(), TOPICS);
    let page = admin.get(TOPICS).await;
    assert!(
        page.shows("説明会") && page.shows("標準で送る"),
        "{}",
        page.body
    );
    let again = admin.post(TOPICS, &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.shows("同じ名前の種類があります"));
    let nameless = admin.post(TOPICS, &[("name", " ")]).await;
    assert!(nameless.shows("名前を入力してください"));
    let (tenant, store) = (app.tenant(), &app.memory.mail);
    let topic = store.topics(tenant).unwrap().remove(0);
    let path = format!("{TOPICS}/{}", topic.id);
    admin.post(&path, &[("name", "オープンキャンパス")]).await;
    let changed = store.topics(tenant).unwrap().remove(0);
    assert_eq!(
        (changed.name.as_str(), changed.default_on),
        ("オープンキャンパス", false)
    );
    admin.post(&format!("{path}/remove"), &[]).await;
    assert!(store.topics(tenant).unwrap().is_empty());
    let gone = admin.post(&path, &[("name", "x")]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn what_is_demanded_is_a_switch_each() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let demands = || app.memory.mail.privacy_settings(app.tenant()).unwrap();
    let path = format!("{TOPICS}/demands");
    admin.post(&path, &[("consent_required", "on")]).await;
    assert!(demands().consent_required && !demands().double_opt_in);
    admin.post(&path, &[("double_opt_in", "on")]).await;
    assert!(!demands().consent_required && demands().double_opt_in);
}

#[actix_web::test]
async fn staff_record_a_consent_with_who_when_and_how() {
    let app = TestApp::new().await;
    let lead = app.add_lead("佐藤 花子", "sato@example.com");
    let marketer = app.sign_in(Role::Marketer).await;
    let path = format!("/ui/leads/{lead}/consents");
    let form = [
        ("how", "business_card"),
        ("source", "東京展示会 <b>"),
        ("given_on", "2026-04-01"),
    ];
    let answer = marketer.post(&path, &form).await;
    assert_eq!(answer.leads_to(), format!("/ui/leads/{lead}#wishes"));
    let (tenant, store) = (app.tenant(), &app.memory.mail);
    let consent = store.consents(tenant, lead).unwrap().remove(0);
    assert_eq!(consent.how, ConsentHow::BusinessCard);
    assert_eq!(consent.given_at.to_rfc3339(), "2026-03-31T15:00:00+00:00");
    assert!(matches!(consent.recorded_by, SaidBy::Staff(_)));
    let page = marketer.get(&format!("/ui/leads/{lead}")).await;
    assert!(page.shows("名刺・書面でアドレスを受領") && page.shows("東京展示会 &lt;b&gt;"));
    assert!(page.shows("marketer-"), "who recorded it is not told");
    let log = AuditLog::page(&*app.tenancy, tenant, None, 5).unwrap();
    assert_eq!(log[0].action.as_str(), "consent.recorded");
    for wrong in [
        [("how", "double_opt_in"), ("source", "x"), ("given_on", "")],
        [("how", "form"), ("source", " "), ("given_on", "")],
        [("how", "form"), ("source", "x"), ("given_on", "2999-01-01")],
    ] {
        let refused = marketer.post(&path, &wrong).await;
        assert!(refused.status.is_client_error(), "{wrong:?}");
    }
    assert_eq!(store.consents(tenant, lead).unwrap().len(), 1);
}

#[actix_web::test]
async fn staff_pause_and_stop_tracking_on_a_persons_behalf() {
    let app = TestApp::new().await;
    let lead = app.add_lead("佐藤 花子", "sato@example.com");
    let marketer = app.sign_in(Role::Marketer).await;
    let (page, path) = (
        format!("/ui/leads/{lead}"),
        format!("/ui/leads/{lead}/preferences"),
    );
    for act in ["pause", "stop-tracking"] {
        marketer.post(&path, &[("act", act)]).await;
    }
    let wanted = || app.memory.mail.preferences(app.tenant(), lead).unwrap();
    assert!(wanted().pause.is_some() && !wanted().allows_tracking());
    let shown = marketer.get(&page).await;
    assert!(
        shown.shows("計測を停止しています") && shown.shows("value=\"resume\""),
        "{}",
        shown.body
    );
    for act in ["resume", "allow-tracking"] {
        marketer.post(&path, &[("act", act)]).await;
    }
    assert!(wanted().pause.is_none() && wanted().allows_tracking());
}

// 特電法 art. 3-3
#[actix_web::test]
async fn a_refusal_is_lifted_by_staff_only_after_a_newer_consent() {
    let app = TestApp::new().await;
    let lead = app.add_lead("佐藤 花子", "sato@example.com");
    let marketer = app.sign_in(Role::Marketer).await;
    let path = format!("/ui/leads/{lead}/preferences");
    let reason = || {
        let store = &*app.memory.mail;
        let found = Suppressions::find(store, app.tenant(), &address("sato@example.com"));
        found.unwrap().map(|stop| stop.reason)
    };
    marketer
        .post(&path, &[("act", "stop-mail"), ("reason", " ")])
        .await;
    assert_eq!(reason(), None);
    marketer
        .post(&path, &[("act", "stop-mail"), ("reason", "電話で依頼")])
        .await;
    assert_eq!(reason(), Some(SuppressionReason::Manual));
    let restore = [("act", "restore-mail"), ("reason", "電話で再開の依頼")];
    marketer.post(&path, &restore).await;
    assert_eq!(reason(), None);
    let refusal = Suppression {
        email: address("sato@example.com"),
        reason: SuppressionReason::Unsubscribed,
        detail: None,
        created_at: Utc::now(),
    };
    app.memory.mail.suppress(app.tenant(), &refusal).unwrap();
    marketer.post(&path, &restore).await;
    assert_eq!(reason(), Some(SuppressionReason::Unsubscribed));
    let consent = [("how", "staff"), ("source", "電話")];
    marketer
        .post(&format!("/ui/leads/{lead}/consents"), &consent)
        .await;
    marketer.post(&path, &restore).await;
    assert_eq!(reason(), None);
    let log = AuditLog::page(&*app.tenancy, app.tenant(), None, 1).unwrap();
    assert!(
        log[0]
            .detail
            .as_deref()
            .unwrap()
            .contains("電話で再開の依頼")
    );
}

// 特電法 art. 3-3
#[actix_web::test]
async fn a_refusal_of_this_morning_is_lifted_by_a_consent_dated_today() {
    let app = TestApp::with_ports(|ports| {
        // 14:00 in Tokyo; the person refused at 9:00.
        ports.clock = Arc::new(|| "2027-04-01T05:00:00Z".parse().unwrap());
    })
    .await;
    let lead = app.add_lead("佐藤 花子", "sato@example.com");
    let refusal = Suppression {
        email: address("sato@example.com"),
        reason: SuppressionReason::Unsubscribed,
        detail: None,
        created_at: "2027-04-01T00:00:00Z".parse().unwrap(),
    };
    let store = &*app.memory.mail;
    store.suppress(app.tenant(), &refusal).unwrap();
    let marketer = app.sign_in(Role::Marketer).await;
    for (given_on, left) in [("2027-03-31", Some(refusal.clone())), ("2027-04-01", None)] {
        let consent = [("how", "staff"), ("source", "電話"), ("given_on", given_on)];
        let path = format!("/ui/leads/{lead}/consents");
        marketer.post(&path, &consent).await;
        let restore = [("act", "restore-mail"), ("reason", "電話で再開の依頼")];
        let path = format!("/ui/leads/{lead}/preferences");
        marketer.post(&path, &restore).await;
        let found = Suppressions::find(store, app.tenant(), &refusal.email).unwrap();
        assert_eq!(found, left, "{given_on}");
    }
}

#[actix_web::test]
async fn who_may_not_edit_leads_sees_wishes_and_changes_none() {
    let app = TestApp::new().await;
    let lead = app.add_lead("佐藤 花子", "sato@example.com");
    let viewer = app.sign_in(Role::Viewer).await;
    let page = viewer.get(&format!("/ui/leads/{lead}")).await;
    assert!(
        page.shows("同意と配信設定") && !page.shows("stop-tracking"),
        "{}",
        page.body
    );
    let path = format!("/ui/leads/{lead}/preferences");
    let refused = viewer.post(&path, &[("act", "pause")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn a_broadcast_is_given_its_topic_in_its_form() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let broadcast = app.add_broadcast("春の案内");
    let path = format!("/ui/broadcasts/{broadcast}/edit");
    assert!(!admin.get(&path).await.shows("name=\"topic\""));
    admin.post(TOPICS, &[("name", "説明会")]).await;
    let (tenant, store) = (app.tenant(), &app.memory.mail);
    let topic = store.topics(tenant).unwrap().remove(0).id;
    let template = BroadcastStore::find(&**store, tenant, broadcast);
    let template = template.unwrap().unwrap().template.to_string();
    let form = |topic: &str| {
        let fields = [
            ("name", "春"),
            ("template", &template),
            ("audience", ""),
            ("topic", topic),
        ];
        fields.map(|(name, value)| (name, value.to_owned()))
    };
    for (chosen, expected) in [
        (topic.to_string(), Some(topic)),
        (TopicId::new().to_string(), Some(topic)),
        (String::new(), None),
    ] {
        let fields = form(&chosen);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = admin.post(&path, &fields).await;
        let is_known = chosen.is_empty() || chosen == topic.to_string();
        assert_eq!(
            answer.status == StatusCode::UNPROCESSABLE_ENTITY,
            !is_known,
            "{}",
            answer.body
        );
        let source = MailSource::Broadcast(broadcast);
        assert_eq!(store.topic_of(tenant, source).unwrap(), expected);
    }
}
