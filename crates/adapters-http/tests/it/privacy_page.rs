//! The page on which people choose which mail they want: one human action each, in force at once.

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use chrono::{DateTime, Utc};
use domain::delivery::{Suppression, SuppressionReason, Suppressions};
use domain::ids::{BroadcastId, LeadId, SendId, TenantId, TopicId};
use domain::privacy::{ConsentHow, ConsentStore, PreferenceStore, SaidBy, Topic, TopicStore};
use domain::tenancy::{AuditLog, Role};
use domain::tracking::token::UnsubscribeToken;
use domain::tracking::{MailRef, MailSource};
use test_support::builders::delivery::address;

use crate::app::{Answer, TestApp};

/// One person with a mail, on a page.
struct Reader {
    app: TestApp,
    lead: LeadId,
    broadcast: BroadcastId,
    path: String,
}

impl Reader {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let lead = app.add_lead("佐藤 花子", "sato@example.com");
        let broadcast = app.add_broadcast("春の案内");
        let token = UnsubscribeToken {
            tenant: app.tenant(),
            mail: mail(lead, broadcast),
        };
        let path = format!("/u/{}", token.sign(&app.state.keys));
        Self {
            app,
            lead,
            broadcast,
            path,
        }
    }

    fn topic(&self, name: &str) -> Topic {
        let topic = Topic {
            id: TopicId::new(),
            name: name.to_owned(),
            description: None,
            default_on: true,
            position: 0,
        };
        let store = &self.app.memory.mail;
        store
            .add_topic(self.app.tenant(), &topic, Utc::now())
            .unwrap();
        topic
    }

    /// A POST as any program can send it: no cookie, no token of a form, no origin.
    async fn post(&self, body: impl Into<String>) -> Answer {
        post(&self.app, &self.path, body).await
    }

    fn wants(&self, topic: &Topic) -> bool {
        self.preferences().wants(topic)
    }

    fn preferences(&self) -> domain::privacy::LeadPreferences {
        let store = &self.app.memory.mail;
        store.preferences(self.app.tenant(), self.lead).unwrap()
    }

    fn stop(&self) -> Option<SuppressionReason> {
        let email = address("sato@example.com");
        let store = &*self.app.memory.mail;
        let found = Suppressions::find(store, self.app.tenant(), &email);
        found.unwrap().map(|stop| stop.reason)
    }
}

fn mail(lead: LeadId, broadcast: BroadcastId) -> MailRef {
    MailRef {
        send: SendId::new(),
        lead,
        queued_at: DateTime::from_timestamp(1_790_000_000, 0).unwrap(),
        source: Some(MailSource::Broadcast(broadcast)),
        event: None,
    }
}

async fn post(app: &TestApp, path: &str, body: impl Into<String>) -> Answer {
    let request = TestRequest::post()
        .uri(path)
        .insert_header(("content-type", "application/x-www-form-urlencoded"));
    app.send(request.set_payload(body.into())).await
}

// C14
#[actix_web::test]
async fn each_button_does_one_thing_and_can_be_taken_back() {
    let reader = Reader::new().await;
    let now = Utc::now();
    let done = reader.post("act=pause").await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert!(done.shows("30日間、配信を休止します"));
    let until = reader.preferences().paused_until(now).unwrap();
    assert_eq!((until - now).num_days(), 30);
    assert!(reader.post("act=resume").await.shows("休止をやめました"));
    assert_eq!(reader.preferences().paused_until(now), None);

    let done = reader.post("act=stop-tracking").await;
    assert!(done.shows("計測を止めました") && done.shows("allow-tracking"));
    let stopped = reader.preferences().tracking_stopped.unwrap();
    assert_eq!(stopped.by, SaidBy::Person);
    reader.post("act=allow-tracking").await;
    assert!(reader.preferences().allows_tracking());
    assert_eq!(reader.stop(), None);
}

#[actix_web::test]
async fn topics_are_refused_one_by_one_or_by_their_boxes() {
    let reader = Reader::new().await;
    let [events, news] = ["説明会のご案内", "進学情報"].map(|name| reader.topic(name));
    let (tenant, store) = (reader.app.tenant(), &reader.app.memory.mail);
    store
        .assign_topic(
            tenant,
            MailSource::Broadcast(reader.broadcast),
            Some(events.id),
        )
        .unwrap();
    let page = reader.app.browser().get(&reader.path).await;
    assert!(page.shows("「説明会のご案内」だけ止める"), "{}", page.body);
    assert_eq!(page.body.matches(" checked").count(), 2);
    let done = reader.post("act=stop-topic").await;
    assert_eq!(done.body.matches(" checked").count(), 1);
    assert!(!reader.wants(&events) && reader.wants(&news));
    reader.post("act=want-topic").await;
    assert!(reader.wants(&events) && reader.wants(&news));
    reader.post("act=stop-topic").await;
    reader.post(format!("topic={}&act=topics", events.id)).await;
    assert!(reader.wants(&events) && !reader.wants(&news));
    reader.post("act=topics").await;
    assert!(!reader.wants(&events) && !reader.wants(&news));
    assert_eq!(reader.stop(), None);
    // A tenant's own ids only.
    let foreign = format!("topic={}&act=topics", TopicId::new());
    assert_eq!(reader.post(foreign).await.status, StatusCode::OK);
    assert_eq!(reader.preferences().topics.len(), 2);
}

#[actix_web::test]
async fn a_tenant_without_topics_shows_none() {
    let reader = Reader::new().await;
    let page = reader.app.browser().get(&reader.path).await;
    assert!(!page.shows("checkbox") && page.shows("すべて停止する"));
}

// RFC 8058, V-33
#[actix_web::test]
async fn all_mail_stops_with_one_click_and_comes_back_with_one_more() {
    let reader = Reader::new().await;
    let done = reader.post("List-Unsubscribe=One-Click").await;
    assert_eq!(reader.stop(), Some(SuppressionReason::Unsubscribed));
    assert!(done.shows("act\" value=\"restore\""));
    let again = reader.post("List-Unsubscribe=One-Click").await;
    assert_eq!(again.body, done.body);
    let back = reader.post("act=restore").await;
    assert!(back.shows("配信を再開しました"), "{}", back.body);
    assert_eq!(reader.stop(), None);
    let (tenant, store) = (reader.app.tenant(), &reader.app.memory.mail);
    let consents = store.consents(tenant, reader.lead).unwrap();
    assert_eq!(consents[0].how, ConsentHow::PreferencePage);
    let log = AuditLog::page(&*reader.app.tenancy, tenant, None, 5).unwrap();
    assert_eq!(log[0].action.as_str(), "mail.restored");
}

#[actix_web::test]
async fn a_person_cannot_lift_what_others_stopped() {
    let reader = Reader::new().await;
    for reason in [SuppressionReason::Complained, SuppressionReason::Bounced] {
        let stop = Suppression {
            email: address("sato@example.com"),
            reason,
            detail: None,
            created_at: Utc::now(),
        };
        let (tenant, store) = (reader.app.tenant(), &reader.app.memory.mail);
        store.lift(tenant, &stop.email).unwrap();
        store.suppress(tenant, &stop).unwrap();
        let page = reader.post("act=restore").await;
        assert_eq!(reader.stop(), Some(reason));
        assert!(page.shows("次の問い合わせ先") && !page.shows("value=\"restore\""));
    }
}

// user-demands 2: GET and HEAD change no row, whoever sends them and whatever the address says.
#[actix_web::test]
async fn a_scanner_changes_nothing_by_looking() {
    let reader = Reader::new().await;
    reader.topic("説明会");
    let before = reader.app.stored();
    for query in [
        "",
        "?act=stop-tracking",
        "?List-Unsubscribe=One-Click",
        "?act=pause",
    ] {
        let path = format!("{}{query}", reader.path);
        for _ in 0..3 {
            let page = reader.app.browser().get(&path).await;
            assert!(page.status.is_success() || page.status.is_client_error());
        }
        let head = TestRequest::with_uri(&path).method(Method::HEAD);
        reader.app.send(head).await;
    }
    assert_eq!(reader.app.stored(), before);
}

// V-17, V-25, V-33
#[actix_web::test]
async fn a_changed_token_or_one_of_another_tenant_does_nothing() {
    let reader = Reader::new().await;
    let other = UnsubscribeToken {
        tenant: TenantId::new(),
        mail: mail(reader.lead, reader.broadcast),
    };
    let mut paths = vec![format!("/u/{}", other.sign(&reader.app.state.keys))];
    let tokens = reader.path.len() - 3;
    paths.extend((0..tokens).step_by(7).map(|at| {
        let mut flipped = reader.path.clone().into_bytes();
        let at = at + 3;
        flipped[at] = if flipped[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(flipped).unwrap()
    }));
    let before = reader.app.stored();
    let unknown = reader.app.browser().get("/u/nobody").await;
    for path in &paths {
        for body in ["act=stop-tracking", "List-Unsubscribe=One-Click"] {
            let answer = post(&reader.app, path, body).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(answer.body, unknown.body, "{path}");
        }
    }
    assert_eq!(reader.app.stored(), before);
}

#[actix_web::test]
async fn who_is_gone_sees_the_same_page_and_leaves_no_trace() {
    let reader = Reader::new().await;
    let gone = UnsubscribeToken {
        tenant: reader.app.tenant(),
        mail: mail(LeadId::new(), reader.broadcast),
    };
    let path = format!("/u/{}", gone.sign(&reader.app.state.keys));
    let before = reader.app.stored();
    for (act, known) in [
        ("act=pause", "resume"),
        ("act=stop-tracking", "allow-tracking"),
    ] {
        let page = post(&reader.app, &path, act).await;
        assert!(page.shows(known), "{}", page.body);
    }
    assert_eq!(reader.app.stored(), before);
}

// V-04, V-09
#[actix_web::test]
async fn what_staff_wrote_is_shown_as_they_wrote_it() {
    let reader = Reader::new().await;
    for attack in [
        "%mautic.db_password%",
        "${7*7}",
        "{{ config }}",
        "<script>alert(1)</script>",
    ] {
        reader.topic(attack);
    }
    let page = reader.app.browser().get(&reader.path).await;
    for literal in [
        "%mautic.db_password%",
        "${7*7}",
        "{{ config }}",
        "&lt;script&gt;",
    ] {
        assert!(page.shows(literal), "{literal}: {}", page.body);
    }
    assert!(!page.shows("<script>alert"));
}

#[actix_web::test]
async fn the_page_speaks_the_language_of_the_organisation() {
    let reader = Reader::new().await;
    let admin = reader.app.sign_in(Role::Admin).await;
    let form = [
        ("name", "Aoba"),
        ("time_zone", "Asia/Tokyo"),
        ("locale", "en"),
    ];
    let saved = admin.post("/ui/settings/organisation", &form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = reader.app.browser().get(&reader.path).await;
    assert!(page.shows("<html lang=\"en\">"), "{}", page.body);
    assert!(page.shows("Stop measuring opens and clicks"));
}
