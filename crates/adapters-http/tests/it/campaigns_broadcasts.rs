//! Broadcasts: preparing, confirming, starting, watching.

use actix_web::http::StatusCode;
use chrono::Utc;
use domain::campaigns::{BroadcastDraft, BroadcastStatus, BroadcastStore, BroadcastWork};
use domain::delivery::{
    ClaimTerms, DispatchNote, MailContents, ProviderKind, SendHistory, SendLog, SendRecord,
    SendState, SkipReason,
};
use domain::ids::BroadcastId;
use domain::leads::AsOf;
use domain::scoring::Band;
use domain::tenancy::{AuditLog, Role};
use domain::tracking::MailSource;
use test_support::builders::delivery::address;

use crate::app::{Browser, TestApp};
use crate::browser::Answer;

const BROADCASTS: &str = "/ui/broadcasts";

async fn marketer(app: &TestApp) -> Browser<'_> {
    app.sign_in(Role::Marketer).await
}

/// Takes every waiting mail and records what became of it.
pub(crate) fn dispatch(app: &TestApp, record: &SendRecord) {
    let (mail, tenant, now) = (&app.memory.mail, app.tenant(), Utc::now());
    let lease = chrono::TimeDelta::minutes(5);
    let terms = ClaimTerms::new(100, lease, now);
    for send in mail.claim_due(tenant, &terms).unwrap() {
        let note = DispatchNote {
            send: send.key,
            provider: ProviderKind::Outbox,
            subject: "件名".to_owned(),
            content_hash: [0; 32],
            tracked: false,
        };
        mail.begin_dispatch(tenant, &[note], lease, now).unwrap();
        let as_of = AsOf::new(now, chrono_tz::Asia::Tokyo);
        let records = [(send.key, record.clone())];
        assert_eq!(mail.record(tenant, &records, as_of).unwrap(), [true]);
    }
}

#[actix_web::test]
async fn a_broadcast_is_prepared_confirmed_and_started() {
    let app = TestApp::new().await;
    app.say_who_sends();
    let template = app.add_template("案内").to_string();
    let hot = app.add_lead("佐藤 花子", "sato@example.com");
    app.memory
        .leads
        .arrange(app.tenant(), hot, |lead| lead.band = Band::Hot);
    app.add_lead("鈴木 一郎", "suzuki@example.com");
    let marketer = marketer(&app).await;
    assert!(
        marketer
            .get(BROADCASTS)
            .await
            .shows("一斉配信がまだありません")
    );
    let page = marketer
        .get("/ui/broadcasts/new?band=hot&graduation_year=")
        .await;
    assert!(page.shows("1 人に送ります"), "{}", page.body);
    assert!(
        page.shows("name=\"audience\" value=\"band=hot\""),
        "{}",
        page.body
    );
    let fields = [
        ("name", "7月の案内"),
        ("template", template.as_str()),
        ("tracking", "true"),
        ("audience", "band=hot"),
    ];
    let made = marketer.post(BROADCASTS, &fields).await;
    let confirm = made.leads_to().to_owned();
    let asked = marketer.get(&confirm).await;
    for said in [
        "1 人に送ります",
        "温度: 高温",
        "春日大学 入試課",
        "nyushi@kasuga.example.jp",
        "見本 花子様へ",
        "1 人にメールを送ります。送ったメールは取り消せません。",
    ] {
        assert!(asked.shows(said), "{said}: {}", asked.body);
    }
    let id: BroadcastId = confirm.split('/').nth(3).unwrap().parse().unwrap();
    assert_eq!(
        app.broadcast(id).unwrap().status,
        BroadcastStatus::Draft,
        "a look started it"
    );
    let started = marketer
        .post(
            &format!("{BROADCASTS}/{id}/start"),
            &[("seen", &seen(&asked))],
        )
        .await;
    assert_eq!(started.leads_to(), format!("{BROADCASTS}/{id}"));
    let broadcast = app.broadcast(id).unwrap();
    assert_eq!(broadcast.status, BroadcastStatus::Preparing);
    assert!(broadcast.audience.bands.contains(&Band::Hot) && broadcast.audience.mailable_only);
    let source = MailSource::Broadcast(id);
    let links = app.memory.mail.links_of(app.tenant(), source).unwrap();
    let urls: Vec<&str> = links.iter().map(|link| link.url.as_str()).collect();
    assert_eq!(urls, ["https://kasuga.example.jp/oc?y=2027&f=1"]);
    let log = app.tenancy.page(app.tenant(), None, 2).unwrap();
    let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["broadcast.started", "broadcast.created"]);
}

/// What the page of the last look says of itself.
pub(crate) fn seen(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("name=\"seen\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_draft_that_changed_since_it_was_looked_at_does_not_start() {
    let app = TestApp::new().await;
    app.say_who_sends();
    app.add_lead("佐藤 花子", "sato@example.com");
    let id = app.add_broadcast("7月の案内");
    let marketer = marketer(&app).await;
    let confirm = format!("{BROADCASTS}/{id}/confirm");
    let looked_at = marketer.get(&confirm).await;
    let draft = BroadcastDraft {
        tracking: false,
        ..BroadcastDraft::new("7月の案内", app.broadcast(id).unwrap().template)
    };
    let mail = &app.memory.mail;
    assert!(mail.update_draft(app.tenant(), id, &draft).unwrap());
    let start = format!("{BROADCASTS}/{id}/start");
    for fields in [vec![], vec![("seen", seen(&looked_at))]] {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, it)| (*name, it.as_str()))
            .collect();
        let refused = marketer.post(&start, &fields).await;
        assert_eq!(refused.leads_to(), confirm);
        assert_eq!(app.broadcast(id).unwrap().status, BroadcastStatus::Draft);
    }
    let anew = marketer.get(&confirm).await;
    assert!(anew.shows("内容が変わりました"), "{}", anew.body);
    let started = marketer.post(&start, &[("seen", &seen(&anew))]).await;
    assert_eq!(started.leads_to(), format!("{BROADCASTS}/{id}"));
}

// A44
#[actix_web::test]
async fn people_whose_mail_is_stopped_are_not_in_any_audience() {
    let app = TestApp::new().await;
    app.add_lead("佐藤 花子", "sato@example.com");
    app.add_lead("鈴木 一郎", "suzuki@example.com");
    app.memory
        .leads
        .stop_mail(app.tenant(), address("suzuki@example.com"));
    let page = marketer(&app).await.get("/ui/broadcasts/new").await;
    assert!(page.shows("1 人に送ります") && page.shows("ほかに 1 人が条件に合いますが"));
}

#[actix_web::test]
async fn without_the_sender_that_the_law_wants_nothing_starts() {
    let app = TestApp::new().await;
    app.add_lead("佐藤 花子", "sato@example.com");
    let id = app.add_broadcast("7月の案内");
    let marketer = marketer(&app).await;
    let asked = marketer.get(&format!("{BROADCASTS}/{id}/confirm")).await;
    assert!(asked.shows("差出人の情報が足りないため") && asked.shows("<strong>住所</strong>"));
    assert!(
        !asked.shows(&format!("{BROADCASTS}/{id}/start")),
        "the button is there"
    );
    let answer = marketer
        .post(&format!("{BROADCASTS}/{id}/start"), &[])
        .await;
    assert_eq!(answer.leads_to(), format!("{BROADCASTS}/{id}/confirm"));
    assert_eq!(app.broadcast(id).unwrap().status, BroadcastStatus::Draft);
}

#[actix_web::test]
async fn what_is_missing_is_said_and_nothing_typed_is_lost() {
    let app = TestApp::new().await;
    app.add_template("案内");
    let marketer = marketer(&app).await;
    let fields = [
        ("name", ""),
        ("template", ""),
        ("audience", "graduation_year=2027"),
    ];
    let answer = marketer.post(BROADCASTS, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.shows("配信名を入力してください") && answer.shows("テンプレートを選んでください")
    );
    assert!(answer.shows("value=\"2027\""), "the filter is lost");
    let gone = BroadcastId::new().to_string();
    let fields = [("name", "a"), ("template", gone.as_str()), ("audience", "")];
    let answer = marketer.post(BROADCASTS, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [
        ("name", "a"),
        ("template", ""),
        ("audience", "sort=score;select 1--"),
    ];
    assert_eq!(
        marketer.post(BROADCASTS, &fields).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[actix_web::test]
async fn a_draft_is_changed_or_removed_and_then_no_more() {
    let app = TestApp::new().await;
    let id = app.add_broadcast("7月の案内");
    let template = app.broadcast(id).unwrap().template.to_string();
    let marketer = marketer(&app).await;
    let edit = format!("{BROADCASTS}/{id}/edit");
    assert!(marketer.get(&edit).await.shows("value=\"7月の案内\""));
    let fields = [
        ("name", "8月"),
        ("template", template.as_str()),
        ("audience", "tag=OC"),
    ];
    marketer.post(&edit, &fields).await.leads_to();
    let changed = app.broadcast(id).unwrap();
    assert_eq!((changed.name.as_str(), changed.tracking), ("8月", false));
    assert!(
        marketer
            .get(&edit)
            .await
            .shows("value=\"tag=OC&amp;mailable=true\"")
    );
    assert_eq!(
        marketer
            .post(&format!("{BROADCASTS}/{id}/delete"), &[])
            .await
            .leads_to(),
        BROADCASTS
    );
    assert_eq!(app.broadcast(id), None);
    assert_eq!(marketer.get(&edit).await.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_broadcast_is_paused_resumed_and_cancelled() {
    let app = TestApp::new().await;
    let lead = app.add_lead("佐藤 花子", "sato@example.com");
    let id = app.sending("7月の案内", &[lead]);
    let marketer = marketer(&app).await;
    let steps = [
        ("pause", BroadcastStatus::Paused, "一時停止しました"),
        ("resume", BroadcastStatus::Sending, "配信を再開しました"),
        ("cancel", BroadcastStatus::Cancelled, "配信を中止しました"),
        ("resume", BroadcastStatus::Cancelled, "何も変更していません"),
    ];
    for (verb, status, said) in steps {
        let answer = marketer
            .post(&format!("{BROADCASTS}/{id}/{verb}"), &[])
            .await;
        assert!(marketer.get(answer.leads_to()).await.shows(said), "{verb}");
        assert_eq!(app.broadcast(id).unwrap().status, status);
    }
    let skipped = marketer
        .get(&format!("{BROADCASTS}/{id}/sends?state=skipped"))
        .await;
    assert!(
        skipped.shows("配信が中止されたため送りませんでした"),
        "{}",
        skipped.body
    );
    let reasons = SkipReason::Cancelled.as_str();
    assert!(
        !skipped.shows(&format!(">{reasons}<")),
        "a reason has no words"
    );
}

// A25, C12, C32
#[actix_web::test]
async fn the_numbers_are_there_and_opens_are_said_to_be_for_reference() {
    let app = TestApp::new().await;
    let leads = [
        app.add_lead("佐藤 花子", "sato@example.com"),
        app.add_lead("鈴木 一郎", "suzuki@example.com"),
        app.add_lead("高橋 三郎", "takahashi@example.com"),
    ];
    let id = app.sending("7月の案内", &leads);
    let marketer = marketer(&app).await;
    let path = format!("{BROADCASTS}/{id}");
    let moving = marketer.get(&path).await;
    assert!(moving.shows("hx-trigger=\"every 2s\"") && moving.shows("3 件中 0 件が完了"));
    let accepted = SendRecord::Accepted {
        provider_message_id: "m".to_owned(),
    };
    dispatch(&app, &accepted);
    let part = marketer.get(&format!("{path}/progress")).await;
    assert!(
        part.body.trim_start().starts_with("<div id=\"progress\""),
        "{}",
        part.body
    );
    assert!(part.shows("3 件中 3 件が完了") && part.shows("0.00% （参考値）"));
    let mail = &app.memory.mail;
    assert!(mail.complete_if_done(app.tenant(), id, Utc::now()).unwrap());
    let ended = marketer.get(&path).await;
    assert!(!ended.shows("/progress?seen="), "it goes on asking");
    assert!(
        ended.shows("開封数と開封率は参考値です") && ended.shows("https://kasuga.example.jp/oc")
    );
    let list = marketer.get(BROADCASTS).await;
    assert!(list.shows("開封率（参考値）") && list.shows("0.00%"));
}

// A60
#[actix_web::test]
async fn who_may_not_see_addresses_sees_them_masked() {
    let app = TestApp::new().await;
    let lead = app.add_lead("<b>佐藤</b>", "sato@example.com");
    let path = format!("{BROADCASTS}/{}/sends", app.sending("7月の案内", &[lead]));
    let seen = marketer(&app).await.get(&path).await;
    assert!(seen.shows("sato@example.com") && seen.shows("&lt;b&gt;佐藤&lt;/b&gt;"));
    let viewer = app.sign_in(Role::Viewer).await;
    let masked = viewer.get(&path).await;
    assert!(masked.shows("s***@example.com") && !masked.shows("sato@example.com"));
    let unknown = viewer.get(&format!("{path}?state=__class__")).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn a_mail_that_nobody_knows_about_is_sent_again_by_a_person() {
    let app = TestApp::new().await;
    let lead = app.add_lead("佐藤 花子", "sato@example.com");
    let id = app.sending("7月の案内", &[lead]);
    let lost = SendRecord::Unknown {
        reason: "<i>connection reset</i>".to_owned(),
    };
    dispatch(&app, &lost);
    let marketer = marketer(&app).await;
    let path = format!("{BROADCASTS}/{id}");
    assert!(
        marketer
            .get(&path)
            .await
            .shows("送れたかどうか分かりません")
    );
    let list = marketer.get(&format!("{path}/sends?state=unknown")).await;
    assert!(
        list.shows("&lt;i&gt;connection reset&lt;/i&gt;"),
        "{}",
        list.body
    );
    let mail = &app.memory.mail;
    let sends = mail.of_broadcast(app.tenant(), id, None, None, 10).unwrap();
    let again = format!("{path}/sends/{}/resend", sends[0].key.id);
    assert!(list.shows(&again));
    let answer = marketer.post(&again, &[]).await;
    assert!(
        marketer
            .get(answer.leads_to())
            .await
            .shows("送り直しの順番に入れました")
    );
    let totals = BroadcastStore::totals(&**mail, app.tenant(), id).unwrap();
    assert_eq!(totals.in_state(SendState::Unknown), 0);
}
