//! Whether mail arrives: DNS, rates, receiving domains. (B72)

use actix_web::http::StatusCode;
use chrono::{TimeDelta, Utc};
use domain::delivery::authentication::RecordKind;
use domain::delivery::{
    ClaimTerms, DeliverySettings, DispatchGate, DispatchNote, MailProvider, ProviderKind,
    ProviderSettings, SendGridSettings, SendLog, SendRecord,
};
use domain::leads::AsOf;
use domain::tenancy::Role;

use crate::app::TestApp;

const PAGE: &str = "/ui/settings/deliverability";
const TABLE: &str = "/ui/settings/deliverability/domains";
const FILE: &str = "/ui/settings/deliverability/domains.csv";

/// An organisation that sends from `kasuga.example.jp` through SendGrid.
async fn sending() -> TestApp {
    let app = TestApp::new().await;
    app.say_who_sends();
    let settings = ProviderSettings {
        provider: MailProvider::SendGrid(SendGridSettings::default()),
        ..ProviderSettings::default()
    };
    let saved = app
        .memory
        .mail
        .save_provider(app.tenant(), &settings, Utc::now());
    saved.unwrap();
    app
}

/// A mail that a provider took, and that a machine read.
fn hand_over_a_mail(app: &TestApp, to: &str) {
    let (mail, tenant, now) = (&app.memory.mail, app.tenant(), Utc::now());
    app.sending("案内", &[app.add_lead("佐藤", to)]);
    let lease = TimeDelta::minutes(5);
    let terms = ClaimTerms::new(1, lease, now);
    let claimed = mail.claim_due(tenant, &terms).unwrap().remove(0);
    let note = DispatchNote {
        send: claimed.key,
        provider: ProviderKind::SendGrid,
        subject: "件名".to_owned(),
        content_hash: [0; 32],
        tracked: true,
    };
    let gates = mail.begin_dispatch(tenant, &[note], lease, now);
    assert_eq!(gates.unwrap(), [DispatchGate::Go]);
    let accepted = SendRecord::Accepted {
        provider_message_id: "message".to_owned(),
    };
    let as_of = AsOf::new(now, chrono_tz::Asia::Tokyo);
    let records = [(claimed.key, accepted)];
    assert_eq!(mail.record(tenant, &records, as_of).unwrap(), [true]);
    mail.read_by_machine(tenant, claimed.key.id);
}

#[actix_web::test]
async fn each_record_that_is_missing_is_there_to_copy() {
    let app = sending().await;
    let admin = app.sign_in(Role::Admin).await;
    let page = admin.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    for shown in [
        "_dmarc.kasuga.example.jp",
        "v=DMARC1; p=none; rua=mailto:nyushi@kasuga.example.jp",
        "v=spf1 include:sendgrid.net ~all",
        "s2._domainkey.kasuga.example.jp",
        "data-copy=\"#value-dmarc-0\"",
        "id=\"value-dmarc-0\"",
        "要対応",
    ] {
        assert!(page.shows(shown), "{shown}: {}", page.body);
    }
}

#[actix_web::test]
async fn what_was_found_is_remembered_until_somebody_asks_again() {
    let app = sending().await;
    let admin = app.sign_in(Role::Admin).await;
    assert!(admin.get(PAGE).await.shows("DMARCレコードがありません"));
    let asked = app.memory.dns.lookups();
    let policy = "v=DMARC1; p=reject; rua=mailto:d@kasuga.example.jp";
    let place = "_dmarc.kasuga.example.jp";
    app.memory.dns.publish(place, RecordKind::Txt, policy);
    assert!(admin.get(PAGE).await.shows("DMARCレコードがありません"));
    assert_eq!(
        app.memory.dns.lookups(),
        asked,
        "a page view asked DNS again"
    );
    assert_eq!(admin.post(PAGE, &[]).await.leads_to(), PAGE);
    let page = admin.get(PAGE).await;
    assert!(page.shows("なりすましメールは隔離または拒否されます"));
    assert!(!page.shows("DMARCレコードがありません"));
}

#[actix_web::test]
async fn who_asks_again_and_again_has_to_wait() {
    let app = sending().await;
    let admin = app.sign_in(Role::Admin).await;
    let mut statuses = Vec::new();
    for _ in 0..7 {
        statuses.push(admin.post(PAGE, &[]).await.status);
    }
    assert_eq!(statuses[0], StatusCode::SEE_OTHER);
    assert_eq!(statuses[6], StatusCode::TOO_MANY_REQUESTS);
}

#[actix_web::test]
async fn silence_of_the_name_servers_is_said_and_advises_nothing() {
    let app = sending().await;
    app.memory.dns.fall_silent();
    let admin = app.sign_in(Role::Admin).await;
    let page = admin.get(PAGE).await;
    assert!(
        page.shows("時間内に応答がありませんでした"),
        "{}",
        page.body
    );
    assert!(!page.shows("v=DMARC1"));
}

#[actix_web::test]
async fn without_a_sender_nothing_is_looked_up() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let page = admin.get(PAGE).await;
    assert!(page.shows("差出人のメールアドレスがまだありません"));
    assert!(page.shows("苦情・問い合わせの受付先"));
    assert_eq!(app.memory.dns.lookups(), 0);
}

// V-19: what DNS says was written by strangers.
#[actix_web::test]
async fn a_record_of_a_stranger_is_text_and_nothing_else() {
    let app = sending().await;
    let hostile = "v=spf1 <script>alert(1)</script> -all";
    app.memory
        .dns
        .publish("kasuga.example.jp", RecordKind::Txt, hostile);
    let admin = app.sign_in(Role::Admin).await;
    let page = admin.get(PAGE).await;
    assert!(page.shows("&lt;script&gt;"), "{}", page.body);
    assert!(!page.body.contains("<script>alert"));
}

#[actix_web::test]
async fn lookers_look_and_only_those_who_may_change_settings_ask_again() {
    let app = sending().await;
    let viewer = app.sign_in(Role::Viewer).await;
    let page = viewer.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.shows("もう一度調べる"));
    assert_eq!(viewer.post(PAGE, &[]).await.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn a_provider_that_reports_nothing_gets_no_false_zero() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    assert!(
        admin
            .get(PAGE)
            .await
            .shows("通知が届かないため、数えられません")
    );
    let reported = sending().await;
    let admin = reported.sign_in(Role::Admin).await;
    let page = admin.get(PAGE).await;
    assert!(!page.shows("通知が届かないため、数えられません"));
    assert!(page.shows("0.30%に達すると"));
}

#[actix_web::test]
async fn domains_are_a_table_and_a_file() {
    let app = sending().await;
    hand_over_a_mail(&app, "sato@school.example");
    let admin = app.sign_in(Role::Admin).await;
    let table = admin.get(TABLE).await;
    assert!(
        table.shows("school.example") && table.shows("100.00%"),
        "{}",
        table.body
    );
    let file = admin.get(FILE).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<&str> = file.body.lines().collect();
    assert!(
        lines[0].starts_with("\u{feff}ドメイン,送信,配達"),
        "{lines:?}"
    );
    assert_eq!(lines[1], "school.example,1,0,0,0,0,1,100.00%,1");
}
