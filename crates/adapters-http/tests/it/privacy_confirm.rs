//! Double opt-in: one click in the mail, one on the page, and none by a scanner.

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use chrono::{TimeDelta, Utc};
use domain::delivery::{OutgoingMail, Suppression, SuppressionReason, Suppressions};
use domain::ids::{ConfirmationId, LeadId, TenantId};
use domain::leads::{LeadRemoval, LeadStore};
use domain::privacy::{
    Confirmation, ConfirmationStore, ConfirmationToken, ConsentHow, ConsentStore, PrivacySettings,
};
use domain::tenancy::Scope;
use serde_json::{Value, json};
use test_support::builders::delivery::address;

use crate::app::{Answer, ORIGIN, TestApp};

async fn app() -> TestApp {
    let app = TestApp::new().await;
    app.say_who_sends();
    let settings = PrivacySettings {
        double_opt_in: true,
        ..PrivacySettings::default()
    };
    app.memory
        .mail
        .demand(app.tenant(), settings, Utc::now())
        .unwrap();
    app
}

fn document() -> Value {
    json!({
        "email": "sato@example.com",
        "confirm": true,
        "consent": {"source": "資料請求フォーム <b>", "shown_text": "同意します {{ 7*7 }}"},
    })
}

async fn add(app: &TestApp, document: &Value) -> Answer {
    let token = app.token(&[Scope::LeadsWrite]);
    let request = TestRequest::post().uri("/api/v1/leads");
    app.call_api(&token, request.set_json(document)).await
}

fn outcome(answer: &Answer) -> Value {
    let document: Value = serde_json::from_str(&answer.body).unwrap();
    document["confirmation"].clone()
}

/// The address that the mail leads to, below the origin.
fn path_in(mail: &OutgoingMail) -> String {
    let (_, rest) = mail.html.split_once(&format!("{ORIGIN}/confirm/")).unwrap();
    format!("/confirm/{}", rest.split('"').next().unwrap())
}

fn question(app: &TestApp) -> Confirmation {
    let lead = app
        .memory
        .leads
        .find_by_email(app.tenant(), &address("sato@example.com"));
    let lead = lead.unwrap().unwrap();
    let store = &app.memory.mail;
    store
        .confirmation_of(app.tenant(), lead.id)
        .unwrap()
        .unwrap()
}

/// Something stops mail to the person from now on.
fn stop(app: &TestApp, reason: SuppressionReason) {
    let stop = Suppression {
        email: address("sato@example.com"),
        reason,
        detail: None,
        created_at: Utc::now(),
    };
    app.memory.mail.suppress(app.tenant(), &stop).unwrap();
}

/// What stops mail to the person.
fn stopped(app: &TestApp) -> Option<SuppressionReason> {
    let store = &*app.memory.mail;
    let found = Suppressions::find(store, app.tenant(), &address("sato@example.com"));
    found.unwrap().map(|stop| stop.reason)
}

async fn post(app: &TestApp, path: &str) -> Answer {
    app.send(TestRequest::post().uri(path)).await
}

#[actix_web::test]
async fn one_click_in_the_mail_and_one_on_the_page_confirm() {
    let app = app().await;
    let added = add(&app, &document()).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    assert_eq!(outcome(&added), "sent");
    let mail = app.memory.outbox.mails().remove(0);
    assert_eq!(mail.to.address, address("sato@example.com"));
    assert!(
        mail.subject.contains("メールアドレスの確認"),
        "{}",
        mail.subject
    );
    assert!(!mail.html.contains("/t/o/") && !mail.html.contains("/t/c/"));
    assert!(question(&app).holds_mail_now());

    let path = path_in(&mail);
    let page = app.browser().get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.shows("s***@example.com") && !page.shows("sato@example.com"));
    // V-04, V-09
    assert!(
        page.shows("&lt;b&gt;") && page.shows("{{ 7*7 }}"),
        "{}",
        page.body
    );
    let done = post(&app, &path).await;
    assert!(done.shows("確認しました"), "{}", done.body);
    let again = post(&app, &path).await;
    assert_eq!((again.status, again.body), (done.status, done.body));
    let lead = question(&app).lead;
    let consents = app.memory.mail.consents(app.tenant(), lead).unwrap();
    assert_eq!(consents.len(), 1);
    assert_eq!(consents[0].how, ConsentHow::DoubleOptIn);
    assert!(consents[0].confirmed_at.is_some());
    assert!(!question(&app).holds_mail_now());
}

// user-demands 2, 14
#[actix_web::test]
async fn looking_confirms_nothing_and_changes_no_row() {
    let app = app().await;
    add(&app, &document()).await;
    let path = path_in(&app.memory.outbox.mails()[0]);
    let before = app.stored();
    for _ in 0..3 {
        app.browser().get(&path).await;
        let head = TestRequest::with_uri(&path).method(Method::HEAD);
        assert_eq!(app.send(head).await.status, StatusCode::OK);
    }
    assert_eq!(app.stored(), before);
}

#[actix_web::test]
async fn the_drop_off_is_counted_by_what_browsers_tell() {
    let app = app().await;
    add(&app, &document()).await;
    let path = path_in(&app.memory.outbox.mails()[0]);
    let page = app.browser().get(&path).await;
    assert!(page.shows("/assets/seen-"));
    for path in [format!("{path}/seen"), "/confirm/nobody/seen".to_owned()] {
        assert_eq!(post(&app, &path).await.status, StatusCode::NO_CONTENT);
    }
    let since = Utc::now() - TimeDelta::days(1);
    let store = &app.memory.mail;
    let funnel = store.funnel(app.tenant(), since).unwrap();
    assert_eq!(
        (funnel.requested, funnel.visited, funnel.confirmed),
        (1, 1, 0)
    );
    assert!(question(&app).confirmed_at.is_none());
}

#[actix_web::test]
async fn nobody_is_flooded_with_questions() {
    let app = app().await;
    add(&app, &document()).await;
    let again = add(&app, &document()).await;
    assert_eq!(outcome(&again), "asked_recently");
    post(&app, &path_in(&app.memory.outbox.mails()[0])).await;
    assert_eq!(outcome(&add(&app, &document()).await), "confirmed");
    assert_eq!(app.memory.outbox.mails().len(), 1);
}

#[actix_web::test]
async fn a_question_that_could_not_be_sent_is_asked_by_the_next_request() {
    let app = app().await;
    let nobody = domain::delivery::SenderProfile::default();
    let mail = &app.memory.mail;
    domain::delivery::DeliverySettings::save_sender_profile(&**mail, app.tenant(), &nobody)
        .unwrap();
    assert_eq!(outcome(&add(&app, &document()).await), "not_sent");
    assert!(question(&app).holds_mail_now());
    app.say_who_sends();
    assert_eq!(outcome(&add(&app, &document()).await), "sent");
}

#[actix_web::test]
async fn who_is_known_goes_on_getting_mail_while_asked() {
    let app = app().await;
    app.add_lead("佐藤 花子", "sato@example.com");
    assert_eq!(outcome(&add(&app, &document()).await), "sent");
    assert!(!question(&app).holds_mail_now());
}

#[actix_web::test]
async fn who_refused_can_be_asked_and_whose_mail_comes_back_cannot() {
    let app = app().await;
    for (reason, expected) in [
        (SuppressionReason::Bounced, "stopped"),
        (SuppressionReason::Unsubscribed, "sent"),
    ] {
        stop(&app, reason);
        assert_eq!(outcome(&add(&app, &document()).await), expected);
    }
    post(&app, &path_in(&app.memory.outbox.mails()[0])).await;
    assert_eq!(stopped(&app), None);
}

// 特電法 art. 3-3
#[actix_web::test]
async fn who_confirmed_and_refused_later_is_asked_anew_and_confirms_anew() {
    let app = app().await;
    add(&app, &document()).await;
    let first = path_in(&app.memory.outbox.mails()[0]);
    post(&app, &first).await;
    stop(&app, SuppressionReason::Unsubscribed);
    assert_eq!(outcome(&add(&app, &document()).await), "sent");
    let mails = app.memory.outbox.mails();
    assert_eq!(mails.len(), 2);
    let second = path_in(&mails[1]);
    assert_eq!(post(&app, &first).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stopped(&app), Some(SuppressionReason::Unsubscribed));
    let done = post(&app, &second).await;
    assert!(done.shows("確認しました"), "{}", done.body);
    assert_eq!(stopped(&app), None);
    let lead = question(&app).lead;
    let consents = app.memory.mail.consents(app.tenant(), lead).unwrap();
    assert_eq!(consents.len(), 2);
    assert_eq!(outcome(&add(&app, &document()).await), "confirmed");
}

#[actix_web::test]
async fn asking_needs_the_switch_and_where_the_person_said_so() {
    let app = app().await;
    let without = json!({"email": "sato@example.com", "confirm": true});
    assert!(add(&app, &without).await.status.is_client_error());
    let store = &app.memory.mail;
    let off = PrivacySettings::default();
    store.demand(app.tenant(), off, Utc::now()).unwrap();
    let refused = add(&app, &document()).await;
    assert!(refused.status.is_client_error() && refused.shows("double opt-in is off"));
    assert!(app.memory.outbox.mails().is_empty());
    let unconfirmed = json!({"email": "sato@example.com", "consent": {"source": "電話"}});
    let added = add(&app, &unconfirmed).await;
    assert_eq!(
        added.status,
        StatusCode::CREATED,
        "a refused request stored the lead"
    );
    assert_eq!(outcome(&added), Value::Null);
}

// V-17, V-25, V-33
#[actix_web::test]
async fn a_link_that_is_not_ours_or_whose_person_is_gone_tells_nothing() {
    let app = app().await;
    add(&app, &document()).await;
    let good = path_in(&app.memory.outbox.mails()[0]);
    let (keys, asked) = (&app.state.keys, question(&app));
    let token = |tenant, confirmation| {
        let token = ConfirmationToken {
            tenant,
            confirmation,
        };
        format!("/confirm/{}", token.sign(keys))
    };
    let unknown = app.browser().get("/confirm/nobody").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let lead = app.add_lead("x", "x@example.com");
    let mail = domain::tracking::MailRef {
        send: domain::ids::SendId::new(),
        lead,
        queued_at: Utc::now(),
        source: None,
        event: None,
    };
    let refusal = domain::tracking::token::UnsubscribeToken {
        tenant: app.tenant(),
        mail,
    };
    let mut foreign = vec![
        token(TenantId::new(), asked.id),
        token(app.tenant(), ConfirmationId::new()),
        format!("/confirm/{}", refusal.sign(keys)),
        format!("{good}A"),
        good.replace("/confirm/", "/u/"),
    ];
    let gone = LeadRemoval::remove(&*app.memory.leads, app.tenant(), asked.lead).unwrap();
    assert!(gone);
    foreign.push(good);
    for path in &foreign {
        let answer = post(&app, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.shows("青葉予備校"), "{path}");
    }
    let nobody = LeadId::new();
    let consents = app.memory.mail.consents(app.tenant(), nobody).unwrap();
    assert!(consents.is_empty());
}
