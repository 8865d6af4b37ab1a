//! Broadcasts that wait for their time, go out slowly, or test two variants first.

use actix_web::http::StatusCode;
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use chrono_tz::Asia::Tokyo;
use domain::campaigns::{
    AbDifference, AbMetric, AbTest, BroadcastDraft, BroadcastStatus, BroadcastStore, BroadcastWork,
    PreparePorts, Variant, conduct_test, prepare_step,
};
use domain::delivery::{MailContents, SendHistory, SendRecord};
use domain::ids::BroadcastId;
use domain::tenancy::{AuditLog, Role};
use test_support::builders::delivery::test_of_subjects;

use crate::app::{Browser, TestApp};
use crate::campaigns_broadcasts::{dispatch, seen};

const BROADCASTS: &str = "/ui/broadcasts";

/// A draft of this test, in an organisation that may send.
fn draft(app: &TestApp, ab_test: Option<AbTest>) -> BroadcastId {
    app.say_who_sends();
    let id = app.add_broadcast("7月の案内");
    let draft = BroadcastDraft {
        ab_test,
        ..BroadcastDraft::new("7月の案内", app.broadcast(id).unwrap().template)
    };
    let mail = &app.memory.mail;
    assert!(mail.update_draft(app.tenant(), id, &draft).unwrap());
    id
}

/// A test of so many leads that has begun.
async fn testing(app: &TestApp, marketer: &Browser<'_>, leads: usize) -> BroadcastId {
    for number in 0..leads {
        app.add_lead("佐藤", &format!("lead{number}@example.com"));
    }
    let id = draft(app, Some(test_of_subjects()));
    let looked_at = marketer.get(&format!("{BROADCASTS}/{id}/confirm")).await;
    let start = format!("{BROADCASTS}/{id}/start");
    let started = marketer.post(&start, &[("seen", &seen(&looked_at))]).await;
    started.leads_to();
    let ports = PreparePorts {
        work: &*app.memory.mail,
        tests: &*app.memory.mail,
        leads: &*app.memory.leads,
    };
    let mut broadcast = app.broadcast(id).unwrap();
    let now = Utc::now();
    while prepare_step(&ports, app.tenant(), &mut broadcast, Tokyo, now).unwrap() {}
    id
}

fn in_tokyo(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Tokyo);
    local.format("%Y-%m-%dT%H:%M").to_string()
}

fn actions(app: &TestApp) -> Vec<String> {
    let log = app.tenancy.page(app.tenant(), None, 10).unwrap();
    let actions = log.iter().map(|entry| entry.action.as_str().to_owned());
    actions.collect()
}

#[actix_web::test]
async fn a_broadcast_is_scheduled_and_taken_back() {
    let app = TestApp::new().await;
    app.add_lead("佐藤 花子", "sato@example.com");
    let id = draft(&app, None);
    let marketer = app.sign_in(Role::Marketer).await;
    let page = marketer.get(&format!("{BROADCASTS}/{id}/confirm")).await;
    assert!(page.shows("この日時に予約する"), "{}", page.body);
    let schedule = format!("{BROADCASTS}/{id}/schedule");
    let seen = seen(&page);
    for (at, said) in [
        ("2020-01-01T09:00", "これからの日時を指定してください"),
        ("2999-01-01T09:00", "1年以内にしてください"),
        ("tomorrow", "読み取れませんでした"),
    ] {
        let refused = marketer
            .post(&schedule, &[("at", at), ("seen", &seen)])
            .await;
        assert_eq!(refused.leads_to(), format!("{BROADCASTS}/{id}/confirm"));
        assert!(marketer.get(refused.leads_to()).await.shows(said), "{at}");
        assert_eq!(app.broadcast(id).unwrap().status, BroadcastStatus::Draft);
    }
    let tomorrow = Utc::now() + TimeDelta::days(1);
    let scheduled = marketer
        .post(&schedule, &[("at", &in_tokyo(tomorrow)), ("seen", &seen)])
        .await;
    let path = format!("{BROADCASTS}/{id}");
    assert_eq!(scheduled.leads_to(), path);
    let broadcast = app.broadcast(id).unwrap();
    assert_eq!(broadcast.status, BroadcastStatus::Scheduled);
    let at = broadcast.scheduled_at.unwrap();
    assert!((tomorrow - at) < TimeDelta::minutes(1) && at <= tomorrow);
    let page = marketer.get(&path).await;
    assert!(
        page.shows("予約済み") && page.shows("予約を取り消す"),
        "{}",
        page.body
    );
    assert!(marketer.get(BROADCASTS).await.shows("予約済み"));
    let edit = marketer.get(&format!("{path}/edit")).await;
    assert_eq!(
        edit.status,
        StatusCode::NOT_FOUND,
        "what is frozen is edited"
    );

    let back = marketer.post(&format!("{path}/unschedule"), &[]).await;
    assert!(
        marketer
            .get(back.leads_to())
            .await
            .shows("下書きに戻しました")
    );
    let content = app.memory.mail.content(app.tenant(), broadcast.content());
    assert_eq!(content.unwrap(), None);
    assert_eq!(
        actions(&app)[..2],
        ["broadcast.unscheduled", "broadcast.scheduled"]
    );
}

// B7
#[actix_web::test]
async fn a_test_is_planned_in_the_form_and_explained_before_it_starts() {
    let app = TestApp::new().await;
    app.say_who_sends();
    let template = app.add_template("案内").to_string();
    for number in 0..20 {
        app.add_lead("佐藤", &format!("lead{number}@example.com"));
    }
    let marketer = app.sign_in(Role::Marketer).await;
    let form = marketer.get("/ui/broadcasts/new").await;
    assert!(form.shows("件名を比べる") && form.shows("A/Bテスト"));
    let fields = [
        ("name", "7月の案内"),
        ("template", template.as_str()),
        ("tracking", "true"),
        ("audience", ""),
        ("hourly_limit", "5"),
        ("ab_by", "subject"),
        ("ab_subject", "締切まで あと3日"),
        ("ab_share", "20"),
        ("ab_metric", "opens"),
        ("ab_wait", "4"),
    ];
    let made = marketer.post(BROADCASTS, &fields).await;
    let confirm = made.leads_to().to_owned();
    let id: BroadcastId = confirm.split('/').nth(3).unwrap().parse().unwrap();
    let kept = app.broadcast(id).unwrap();
    let test = AbTest {
        b: AbDifference::Subject("締切まで あと3日".to_owned()),
        share_percent: 20,
        metric: AbMetric::Opens,
        wait_hours: 4,
    };
    assert_eq!((kept.ab_test, kept.hourly_limit), (Some(test), Some(5)));
    let page = marketer.get(&confirm).await;
    for said in [
        "締切まで あと3日",
        "送り先の 20% を2つに分けて送り、4 時間待ちます。",
        "各パターン約 2 人、残り約 16 人です。",
        "人数が少ないため",
        "1時間に 5 通まで",
        "約 3 時間",
    ] {
        assert!(page.shows(said), "{said}: {}", page.body);
    }
    let edit = marketer.get(&format!("{BROADCASTS}/{id}/edit")).await;
    assert!(edit.shows("value=\"締切まで あと3日\"") && edit.shows("value=\"4\""));
}

#[actix_web::test]
async fn what_cannot_be_tested_is_said_at_its_field() {
    let app = TestApp::new().await;
    let template = app.add_template("案内").to_string();
    let gone = domain::ids::TemplateId::new().to_string();
    let marketer = app.sign_in(Role::Marketer).await;
    let usual = [
        ("name", "7月の案内"),
        ("template", template.as_str()),
        ("audience", ""),
        ("ab_share", "20"),
        ("ab_metric", "clicks"),
        ("ab_wait", "24"),
    ];
    let track = ("tracking", "true");
    let wrong: [(&[(&str, &str)], &str); 9] = [
        (
            &[track, ("ab_by", "subject"), ("ab_subject", " ")],
            "パターンBの件名を入力",
        ),
        (
            &[track, ("ab_by", "template"), ("ab_template", "")],
            "テンプレートを選んで",
        ),
        (
            &[track, ("ab_by", "template"), ("ab_template", &gone)],
            "テンプレートを選んで",
        ),
        (
            &[track, ("ab_by", "template"), ("ab_template", &template)],
            "パターンAと違うテンプレート",
        ),
        (
            &[track, ("ab_by", "time"), ("ab_time_a", "9:00")],
            "時刻を入力",
        ),
        (
            &[
                track,
                ("ab_by", "time"),
                ("ab_time_a", "09:00"),
                ("ab_time_b", "09:00"),
            ],
            "違う時刻",
        ),
        (
            &[("ab_by", "subject"), ("ab_subject", "件名")],
            "計測をオンに",
        ),
        (&[track, ("ab_by", "score")], "比べるものを選んで"),
        (&[track, ("hourly_limit", "0")], "1から1,000,000まで"),
    ];
    for (fields, said) in wrong {
        let all = [&usual[..], fields].concat();
        let answer = marketer.post(BROADCASTS, &all).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        assert!(answer.shows(said), "{said}: {}", answer.body);
    }
}

// B7
#[actix_web::test]
async fn a_running_test_shows_its_figures_and_then_its_winner() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let id = testing(&app, &marketer, 40).await;
    let path = format!("{BROADCASTS}/{id}");
    let page = marketer.get(&path).await;
    for said in [
        "テスト配信中",
        "別の件名",
        "結果を決める予定",
        "パターンBに決める",
    ] {
        assert!(page.shows(said), "{said}: {}", page.body);
    }
    let viewer = app.sign_in(Role::Viewer).await;
    assert!(!viewer.get(&path).await.shows("に決める"));

    let broadcast = app.broadcast(id).unwrap();
    let (mail, tenant, now) = (&app.memory.mail, app.tenant(), Utc::now());
    let accepted = SendRecord::Accepted {
        provider_message_id: "m".to_owned(),
    };
    dispatch(&app, &accepted);
    let of_b = Some(broadcast.content_of(Variant::B));
    let sends = mail.of_broadcast(tenant, id, None, None, 100).unwrap();
    for send in sends.iter().filter(|send| send.content == of_b) {
        mail.read_by_person(tenant, send.key.id, now);
    }
    let mut broadcast = app.broadcast(id).unwrap();
    let later = now + TimeDelta::hours(3);
    while conduct_test(&**mail, tenant, &mut broadcast, Tokyo, later).unwrap() {}
    let part = marketer.get(&format!("{path}/progress?seen=testing")).await;
    assert_eq!(part.header("hx-refresh"), "true", "the buttons are old");
    let decided = marketer.get(&path).await;
    for said in [
        "パターンBの勝ちです",
        "有意差があります（p &lt; 0.001）",
        "勝ち",
    ] {
        assert!(decided.shows(said), "{said}: {}", decided.body);
    }
    assert!(!decided.shows("に決める"));
    let unknown = marketer.get(&format!("{path}/progress?sql=1")).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn a_person_chooses_the_winner_once() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let id = testing(&app, &marketer, 10).await;
    let winner = format!("{BROADCASTS}/{id}/winner");
    for (variant, said) in [
        ("b", "勝ったパターンを決めました"),
        ("a", "何も変更していません"),
    ] {
        let answer = marketer.post(&winner, &[("variant", variant)]).await;
        assert!(
            marketer.get(answer.leads_to()).await.shows(said),
            "{variant}"
        );
    }
    let outcome = app.broadcast(id).unwrap().ab_outcome.unwrap();
    assert_eq!(outcome.winner, Variant::B);
    let page = marketer.get(&format!("{BROADCASTS}/{id}")).await;
    assert!(page.shows("担当者が選びました") && page.shows("差はありませんでした"));
    assert_eq!(actions(&app)[0], "broadcast.winner_chosen");
    let nonsense = marketer.post(&winner, &[("variant", "c")]).await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn a_paused_test_is_resumed_as_a_test() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let id = testing(&app, &marketer, 10).await;
    for (verb, status) in [
        ("pause", BroadcastStatus::Paused),
        ("resume", BroadcastStatus::Testing),
        ("cancel", BroadcastStatus::Cancelled),
    ] {
        marketer
            .post(&format!("{BROADCASTS}/{id}/{verb}"), &[])
            .await
            .leads_to();
        assert_eq!(app.broadcast(id).unwrap().status, status);
    }
}

#[actix_web::test]
async fn a_scheduled_broadcast_shows_its_status_until_the_workers_start_it() {
    let app = TestApp::new().await;
    app.add_lead("佐藤 花子", "sato@example.com");
    let id = draft(&app, None);
    let marketer = app.sign_in(Role::Marketer).await;
    let at = (Utc::now() + TimeDelta::hours(1)).trunc_subsecs(0);
    let looked_at = marketer.get(&format!("{BROADCASTS}/{id}/confirm")).await;
    marketer
        .post(
            &format!("{BROADCASTS}/{id}/schedule"),
            &[("at", &in_tokyo(at)), ("seen", &seen(&looked_at))],
        )
        .await
        .leads_to();
    let progress = format!("{BROADCASTS}/{id}/progress?seen=scheduled");
    assert_eq!(marketer.get(&progress).await.header("hx-refresh"), "");
    assert!(
        app.memory
            .mail
            .start_scheduled(app.tenant(), id, at)
            .unwrap()
    );
    assert_eq!(marketer.get(&progress).await.header("hx-refresh"), "true");
}
