//! The rules by which mail goes out, and the switch that stops everything.

use actix_web::http::StatusCode;
use chrono::NaiveTime;
use domain::campaigns::WeekdayName;
use domain::delivery::{
    Alarm, DeliverySettings, HaltedBy, SendWatch, SendWindow, SendingPolicy, WarmUp,
};
use domain::tenancy::{Actor, AuditEntry, AuditLog, AuditTarget, Role};
use domain::tracking::MailSource;
use test_support::builders::delivery::sender_profile;

use crate::app::TestApp;

const PAGE: &str = "/ui/settings/sending";
const STOP: &str = "/ui/settings/sending/stop";
const RESUME: &str = "/ui/settings/sending/resume";

fn policy(app: &TestApp) -> SendingPolicy {
    app.memory.mail.sending_policy(app.tenant()).unwrap()
}

fn actions(app: &TestApp) -> Vec<String> {
    let lines = app.tenancy.page(app.tenant(), None, 10).unwrap();
    let actions = lines.iter().map(|line| line.action.as_str().to_owned());
    actions.collect()
}

/// Everything that the form sends, with these fields instead.
fn form<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("frequency_cap", ""),
        ("from", "09:00"),
        ("to", "18:00"),
        ("started_on", "2026-11-22"),
        ("first_day", "50"),
        ("growth_percent", "30"),
    ];
    let is_changed = |name: &str| changed.iter().any(|(other, _)| *other == name);
    let kept = usual.into_iter().filter(|(name, _)| !is_changed(name));
    kept.chain(changed.iter().copied()).collect()
}

#[actix_web::test]
async fn rules_are_kept_as_they_were_typed() {
    let app = TestApp::new().await;
    let profile = sender_profile();
    let settings = &app.memory.mail;
    settings
        .save_sender_profile(app.tenant(), &profile)
        .unwrap();
    let admin = app.sign_in(Role::Admin).await;
    assert!(admin.get(PAGE).await.shows("kasuga.example.jp"));
    let fields = form(&[
        ("frequency_cap", "3"),
        ("has_window", "true"),
        ("weekday", "monday"),
        ("weekday", "friday"),
        ("to", "00:00"),
        ("warms_up", "true"),
    ]);
    assert_eq!(admin.post(PAGE, &fields).await.leads_to(), PAGE);
    let days = [WeekdayName::Monday, WeekdayName::Friday].into();
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap();
    let expected = SendingPolicy {
        frequency_cap: Some(3),
        window: Some(SendWindow::new(days, nine, NaiveTime::MIN).unwrap()),
        warm_up: Some(WarmUp {
            domain: "kasuga.example.jp".to_owned(),
            started_on: "2026-11-22".parse().unwrap(),
            first_day: 50,
            growth_percent: 30,
        }),
        auto_pause: false,
        halt: None,
    };
    assert_eq!(policy(&app), expected);
    assert!(actions(&app).contains(&"sending_policy.changed".to_owned()));
    let page = admin.get(PAGE).await;
    assert!(page.shows("value=\"friday\" checked"), "{}", page.body);
    assert!(!page.shows("value=\"sunday\" checked"));
    assert!(page.shows("今日の上限は"));
}

#[actix_web::test]
async fn what_is_no_rule_is_said_beside_its_field_and_changes_nothing() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let refusals: [(&[(&str, &str)], &str); 6] = [
        (&[("frequency_cap", "101")], "1から100までの数"),
        (&[("has_window", "true")], "曜日を1つ以上"),
        (
            &[
                ("has_window", "true"),
                ("weekday", "monday"),
                ("to", "08:00"),
            ],
            "開始より後の時刻",
        ),
        (
            &[("has_window", "true"), ("weekday", "monday"), ("to", "")],
            "時刻を入力",
        ),
        (&[("warms_up", "true")], "先に、差出人のメールアドレス"),
        (&[("frequency_cap", "0")], "1から100までの数"),
    ];
    for (changed, words) in refusals {
        let answer = admin.post(PAGE, &form(changed)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(answer.shows(words), "{words}: {}", answer.body);
        assert_eq!(policy(&app), SendingPolicy::default());
    }
    let profile = sender_profile();
    let settings = &app.memory.mail;
    settings
        .save_sender_profile(app.tenant(), &profile)
        .unwrap();
    for (field, typed, words) in [
        ("first_day", "0", "1から1,000,000までの数"),
        ("growth_percent", "201", "1から200までの数"),
        ("started_on", "", "開始日"),
    ] {
        let fields = form(&[("warms_up", "true"), (field, typed)]);
        let answer = admin.post(PAGE, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(answer.shows(words), "{words}");
    }
    assert_eq!(policy(&app), SendingPolicy::default());
}

#[actix_web::test]
async fn every_page_says_that_everything_is_stopped() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let words = "全配信を停止しています";
    assert!(!admin.get("/ui/leads").await.shows(words));
    assert_eq!(admin.post(STOP, &[]).await.leads_to(), PAGE);
    let halt = policy(&app).halt.unwrap();
    assert_eq!(halt.by, HaltedBy::Staff);
    let viewer = app.sign_in(Role::Viewer).await;
    for page in ["/ui/leads", "/ui/broadcasts"] {
        assert!(admin.get(page).await.shows(words), "{page}");
        assert!(viewer.get(page).await.shows(words), "{page}");
    }
    // Saving the rules lets nothing out.
    admin.post(PAGE, &form(&[])).await;
    assert_eq!(policy(&app).halt, Some(halt));

    admin.post(STOP, &[]).await;
    assert_eq!(admin.post(RESUME, &[]).await.leads_to(), PAGE);
    assert_eq!(policy(&app).halt, None);
    admin.post(RESUME, &[]).await;
    assert!(!admin.get("/ui/leads").await.shows(words));
    let noted = actions(&app);
    let times = |action: &str| noted.iter().filter(|it| *it == action).count();
    assert_eq!(times("sending.halted"), 1, "who comes second stops nothing");
    assert_eq!(times("sending.resumed"), 1);
}

#[actix_web::test]
async fn what_stands_still_for_bounces_is_said_where_rates_are_read() {
    // B72
    let app = TestApp::new().await;
    let lead = app.add_lead("佐藤", "sato@example.com");
    let broadcast = app.sending("案内", &[lead]);
    let source = MailSource::Broadcast(broadcast);
    let target = AuditTarget::one("broadcast", broadcast);
    let entry = AuditEntry::new(
        Actor::system("watch"),
        Alarm::PAUSED,
        target,
        chrono::Utc::now(),
    );
    let watch = &app.memory.mail;
    let paused = watch.pause(app.tenant(), source, Alarm::Bounces, &entry);
    assert!(paused.unwrap());
    let admin = app.sign_in(Role::Admin).await;
    let page = admin.get("/ui/settings/deliverability").await;
    assert!(page.shows("不達が5%を超えました"), "{}", page.body);
    assert!(page.shows(&format!("/ui/broadcasts/{broadcast}")));
}
