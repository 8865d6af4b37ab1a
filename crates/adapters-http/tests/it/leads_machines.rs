//! People and machines are told apart on every screen that shows what was opened, clicked or read.

use std::sync::Arc;

use domain::analytics::{Dashboard, MockReports, Totals};
use domain::delivery::SendHistory;
use domain::tenancy::{Role, Scope};
use domain::tracking::{Engagement, MachineReason, MachineVerdict};
use test_support::builders::tracking::{HOME, click, mail, open};

use crate::app::TestApp;

fn suspected(engagement: Engagement, reason: MachineReason) -> Engagement {
    Engagement {
        verdict: MachineVerdict::Suspected(reason),
        ..engagement
    }
}

#[actix_web::test]
async fn the_timeline_can_be_narrowed_to_what_machines_did() {
    let app = TestApp::new().await;
    let (tenant, lead) = (app.tenant(), app.lead("sato"));
    app.happened(lead.id, click(tenant, &mail(lead.id, 1), 0, HOME, 0), 5);
    let scanned = open(tenant, &mail(lead.id, 2), 0);
    let scanned = suspected(scanned, MachineReason::AppleMailPrivacy);
    app.happened(lead.id, scanned, 4);
    let sales = app.sign_in(Role::Sales).await;
    let path = format!("/ui/leads/{}/timeline?kind=", lead.id);
    let machines = sales.get(&format!("{path}machine")).await;
    assert_eq!(machines.body.matches("timeline-item").count(), 1);
    assert!(machines.shows("自動アクセスの疑い"));
    assert!(machines.shows("メールプライバシー保護"));
    let all = sales.get(&format!("{path}all")).await;
    assert_eq!(all.body.matches("timeline-item").count(), 2);
    assert_eq!(all.body.matches("data-machine").count(), 1);
}

#[actix_web::test]
async fn what_machines_did_is_found_behind_any_number_of_people() {
    let app = TestApp::new().await;
    let (tenant, lead) = (app.tenant(), app.lead("sato"));
    for number in 0..40 {
        let scanned = open(tenant, &mail(lead.id, number), 0);
        let scanned = suspected(scanned, MachineReason::Provider);
        app.happened(lead.id, scanned, 2000 + i64::from(number));
        let opened = open(tenant, &mail(lead.id, number), 0);
        app.happened(lead.id, opened, i64::from(number));
    }
    let sales = app.sign_in(Role::Sales).await;
    let path = format!("/ui/leads/{}/timeline?kind=machine", lead.id);
    let first = sales.get(&path).await;
    assert_eq!(first.body.matches("timeline-item").count(), 30);
    let (_, rest) = first.body.split_once("before=").unwrap();
    let cursor = rest.split(['"', '#']).next().unwrap();
    let second = sales.get(&format!("{path}&before={cursor}")).await;
    assert_eq!(second.body.matches("timeline-item").count(), 10);
    assert!(!second.shows("before="));
}

#[actix_web::test]
async fn the_dashboard_shows_machines_apart_and_says_what_they_are() {
    let app = TestApp::with_ports(|ports| {
        let mut reports = MockReports::new();
        reports.expect_dashboard().returning(|_, _| {
            Ok(Dashboard {
                current: Totals {
                    sends: 100,
                    unique_opens: 40,
                    unique_clicks: 8,
                    clicks: 9,
                    machine_opens: 3131,
                    machine_clicks: 4242,
                    page_views: 17,
                    machine_page_views: 5353,
                    ..Totals::default()
                },
                ..Dashboard::default()
            })
        });
        ports.reports = Arc::new(reports);
    })
    .await;
    let viewer = app.sign_in(Role::Admin).await;
    let page = viewer.get("/ui/dashboard").await;
    for text in [
        "<dd class=\"kpi-value\">8 <small class=\"text-secondary\">8.00%</small></dd>",
        "自動アクセス 3,131",
        "自動アクセス 4,242",
        "<dd class=\"kpi-value\">17</dd>",
        "自動アクセス 5,353",
        "人ではない動きです",
    ] {
        assert!(page.shows(text), "{text}: {}", page.body);
    }
}

#[actix_web::test]
async fn a_broadcast_shows_machines_apart_wherever_it_is_shown() {
    let app = TestApp::new().await;
    let lead = app.lead("sato").id;
    let id = app.sending("7月の案内", &[lead]);
    let mail = &app.memory.mail;
    let sends = mail.of_broadcast(app.tenant(), id, None, None, 1).unwrap();
    let marketer = app.sign_in(Role::Marketer).await;
    let path = format!("/ui/broadcasts/{id}");
    let sends_path = format!("{path}/sends");
    for quiet in ["/ui/broadcasts", &sends_path] {
        assert!(
            !marketer.get(quiet).await.shows("自動アクセス 0"),
            "{quiet}"
        );
    }
    (0..2).for_each(|_| mail.read_by_machine(app.tenant(), sends[0].key.id));
    for loud in ["/ui/broadcasts", &path, &sends_path] {
        let page = marketer.get(loud).await;
        let told = page.body.matches("自動アクセス 2").count();
        assert_eq!(told, 2, "{loud}: {}", page.body);
    }
    let token = app.token(&[Scope::BroadcastsRead]);
    let request = actix_web::test::TestRequest::get().uri(&format!("/api/v1/broadcasts/{id}"));
    let answer = app.call_api(&token, request).await;
    let said = "\"unique_opens\":0,\"machine_opens\":2,\"unique_clicks\":0,\"machine_clicks\":2";
    assert!(answer.shows(said), "{}", answer.body);
}

#[actix_web::test]
async fn programs_read_verdict_and_reason_of_each_engagement() {
    let app = TestApp::new().await;
    let (tenant, lead) = (app.tenant(), app.lead("sato"));
    let token = app.token(&[Scope::LeadsRead]);
    let scanned = click(tenant, &mail(lead.id, 1), 0, HOME, 0);
    let scanned = suspected(scanned, MachineReason::SecurityVendor);
    app.happened(lead.id, scanned, 4);
    let path = format!("/api/v1/leads/{}/engagements", lead.id);
    let request = actix_web::test::TestRequest::get().uri(&path);
    let answer = app.call_api(&token, request).await;
    assert!(answer.shows("\"machine\":\"suspected\",\"machine_reason\":\"security_vendor\""));
    assert!(answer.shows("\"points\":0"));
}
