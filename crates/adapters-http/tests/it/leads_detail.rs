//! One lead.

use actix_web::http::StatusCode;
use chrono::Utc;
use domain::ids::{BroadcastId, EngagementId, TenantId};
use domain::leads::LeadDraft;
use domain::tenancy::Role;
use domain::tracking::{Action, Engagement, ImportantPageStore, PageUrl, ReportKind};
use test_support::builders::leads::{draft, tags};
use test_support::builders::tracking::{
    APPLY, HOME, broadcast_mail, by_machine, click, important_page, mail, open, page_view, report,
};

use crate::app::TestApp;
use crate::leads_world::ATTACKS;

// A38, A50, A25
#[actix_web::test]
async fn the_page_tells_how_warm_why_and_what_happened() {
    let app = TestApp::new().await;
    let (tenant, log) = (app.tenant(), app.memory.log.clone());
    log.add_important_page(tenant, &important_page("/apply"), Utc::now())
        .unwrap();
    let lead = app.lead("sato");
    let broadcast = BroadcastId::new();
    log.name_broadcast(tenant, broadcast, "秋の説明会");
    let sent = broadcast_mail(broadcast, lead.id);
    app.happened(lead.id, report(tenant, &sent, ReportKind::Delivered, 0), 95);
    app.happened(lead.id, open(tenant, &sent, 0), 90);
    app.happened(lead.id, click(tenant, &sent, 0, HOME, 0), 60);
    let visitor = app.stored_lead(lead.id).tracking_id.unwrap();
    app.happened(lead.id, page_view(tenant, visitor, HOME, 0), 59);
    app.happened(lead.id, page_view(tenant, visitor, APPLY, 0), 58);
    let known = app.stored_lead(lead.id);
    let sales = app.sign_in(Role::Sales).await;
    let page = sales.get(&format!("/ui/leads/{}", lead.id)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for text in [
        "sato@example.jp",
        "高温（8点以上）です",
        "58分前",
        "配信完了",
        "参考値",
        "秋の説明会",
        "data-kind=\"important\"",
        "出願案内",
        "重要ページの閲覧（30日間）",
        "1 回",
    ] {
        assert!(page.shows(text), "{text}: {}", page.body);
    }
    // 1 for the open, 3 for the click, 1 and 3 for the pages: the lines are the score.
    assert_eq!(known.score, 8);
    assert!(page.shows("行動の点数 8 点"));
    for points in ["+1", "+3"] {
        assert!(page.shows(points), "{points}");
    }
    let views = "<dt>閲覧（7日間）</dt><dd class=\"kpi-value\">2</dd>";
    assert!(page.shows(views), "{}", page.body);
}

#[actix_web::test]
async fn what_a_machine_did_is_marked_with_the_reason_and_gives_nothing() {
    let app = TestApp::new().await;
    let lead = app.lead("sato");
    let tenant = app.tenant();
    let scanned = by_machine(click(tenant, &mail(lead.id, 1), 0, HOME, 0));
    app.happened(lead.id, scanned, 5);
    let sales = app.sign_in(Role::Sales).await;
    let page = sales.get(&format!("/ui/leads/{}", lead.id)).await;
    assert!(page.shows("data-machine"));
    assert!(page.shows("自動アクセス"));
    assert!(page.shows("検査プログラムなどの名乗りのため"));
    assert!(!page.shows("points-up"));
    assert!(page.shows("点数の記録はまだありません"));
}

#[actix_web::test]
async fn the_timeline_is_read_by_kind_and_page_by_page() {
    let app = TestApp::new().await;
    let lead = app.lead("sato");
    let tenant = app.tenant();
    for number in 0..35 {
        let opened = open(tenant, &mail(lead.id, number), 0);
        app.happened(lead.id, opened, i64::from(number) + 10);
    }
    app.happened(lead.id, click(tenant, &mail(lead.id, 1), 0, HOME, 0), 5);
    let sales = app.sign_in(Role::Sales).await;
    let path = format!("/ui/leads/{}", lead.id);
    let clicks = sales.get(&format!("{path}/timeline?kind=click")).await;
    assert_eq!(clicks.body.matches("timeline-item").count(), 1);
    assert!(!clicks.shows("<html"));
    let first = sales.get(&format!("{path}/timeline?kind=open")).await;
    assert_eq!(first.body.matches("timeline-item").count(), 30);
    let (_, rest) = first.body.split_once("before=").unwrap();
    let cursor = rest.split(['"', '#']).next().unwrap();
    let second = sales
        .get(&format!("{path}/timeline?kind=open&before={cursor}"))
        .await;
    assert_eq!(second.body.matches("timeline-item").count(), 5);
    assert!(!second.shows("before="));
    let without_scripts = sales
        .get(&format!("{path}?kind=open&before={cursor}"))
        .await;
    assert_eq!(without_scripts.body.matches("timeline-item").count(), 5);
    let lines = sales.get(&format!("{path}/score-history")).await;
    assert_eq!(lines.body.matches("<time").count(), 20);
    let (_, rest) = lines.body.split_once("before=").unwrap();
    let cursor = rest.split('"').next().unwrap();
    let more = sales
        .get(&format!("{path}/score-history?before={cursor}"))
        .await;
    assert_eq!(more.body.matches("<time").count(), 16);
    for query in ["kind=x", "before=1", "before=1%20or%201=1", "limit=9"] {
        let answer = sales.get(&format!("{path}/timeline?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
}

// V-04, V-05, V-06
#[actix_web::test]
async fn nothing_that_others_wrote_becomes_part_of_the_page() {
    let app = TestApp::new().await;
    let tenant = app.tenant();
    let sales = app.sign_in(Role::Sales).await;
    for (number, attack) in ATTACKS.into_iter().enumerate() {
        let lead = app.lead_of(
            tenant,
            LeadDraft {
                name: Some(attack.to_owned()),
                company: Some(attack.to_owned()),
                grade: Some(attack.to_owned()),
                tags: tags(&[attack]),
                ..draft(&format!("lead{number}"))
            },
        );
        let sent = mail(lead.id, 1);
        let action = Action::Report {
            kind: ReportKind::Bounce,
            mail: sent.clone(),
            detail: Some(attack.to_owned()),
        };
        let bounced = Engagement {
            action,
            ..report(tenant, &sent, ReportKind::Bounce, 0)
        };
        app.happened(lead.id, bounced, 9);
        app.happened(lead.id, click(tenant, &sent, 0, HOME, 0), 8);
        let visitor = app.stored_lead(lead.id).tracking_id.unwrap();
        let viewed = Engagement {
            action: Action::PageView {
                visitor,
                earlier: None,
                page: PageUrl::parse("https://a.example/?x=\"><svg onload=alert(1)>").unwrap(),
                title: Some(attack.to_owned()),
                referrer: Some(format!("javascript:{attack}")),
            },
            ..page_view(tenant, visitor, HOME, 0)
        };
        app.happened(lead.id, viewed, 7);
        for path in ["", "/timeline", "/edit"] {
            let page = sales.get(&format!("/ui/leads/{}{path}", lead.id)).await;
            assert_eq!(page.status, StatusCode::OK, "{path} {}", page.body);
            page.assert_harmless();
        }
    }
}

// A44
#[actix_web::test]
async fn a_stop_of_mail_is_shown_with_its_reason() {
    use domain::delivery::{Suppression, SuppressionReason, Suppressions};

    let app = TestApp::new().await;
    let lead = app.lead("sato");
    let sales = app.sign_in(Role::Sales).await;
    let path = format!("/ui/leads/{}", lead.id);
    assert!(!sales.get(&path).await.shows("配信を停止しています"));
    let stop = Suppression {
        email: lead.email,
        reason: SuppressionReason::Bounced,
        detail: Some("550 no such user".to_owned()),
        created_at: Utc::now(),
    };
    let suppressions: &dyn Suppressions = &*app.state.ports.suppressions;
    suppressions.suppress(app.tenant(), &stop).unwrap();
    let page = sales.get(&path).await;
    assert!(page.shows("メールが届かないため配信を停止しています"));
    assert!(page.shows("550 no such user"));
}

// V-25
#[actix_web::test]
async fn a_lead_of_another_organisation_is_nobody() {
    let app = TestApp::new().await;
    let other = TenantId::new();
    let foreign = app.lead_of(other, draft("foreign"));
    let admin = app.sign_in(Role::Admin).await;
    let before = format!("{:?}", app.memory.leads.all(other));
    for path in ["", "/edit", "/timeline", "/score-history"] {
        let answer = admin.get(&format!("/ui/leads/{}{path}", foreign.id)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.shows("foreign"));
    }
    let fields = [("email", "new@example.jp")];
    for path in ["/edit", "/delete"] {
        let fields = if path == "/edit" { &fields[..] } else { &[] };
        let target = format!("/ui/leads/{}{path}", foreign.id);
        let answer = admin.post(&target, fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(format!("{:?}", app.memory.leads.all(other)), before);
    for nobody in [EngagementId::new().to_string(), "1".to_owned()] {
        let answer = admin.get(&format!("/ui/leads/{nobody}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}
