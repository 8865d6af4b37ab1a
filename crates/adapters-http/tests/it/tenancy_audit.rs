//! The audit log.

use actix_web::http::StatusCode;
use chrono::{TimeDelta, Utc};
use domain::tenancy::{Actor, AuditAction, AuditEntry, AuditLog, AuditTarget, Role};

use crate::app::TestApp;

const AUDIT: &str = "/ui/settings/audit";

#[actix_web::test]
async fn what_people_do_is_written_down_in_their_language() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let page = admin.get(AUDIT).await;
    assert!(page.shows("組織を登録"));
    assert!(page.shows("利用者を追加"));
    assert!(page.shows("ログイン"));
}

#[actix_web::test]
async fn a_long_log_is_read_page_by_page_without_a_gap() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    for number in 0..120 {
        let target = AuditTarget::one("test", number);
        let time = Utc::now() + TimeDelta::minutes(number);
        let entry = AuditEntry::new(
            Actor::system("test"),
            AuditAction::TENANT_CHANGED,
            target,
            time,
        )
        .with_detail(format!("entry-{number}-"));
        app.tenancy.append(app.tenant(), &entry).unwrap();
    }
    let mut seen = String::new();
    let mut path = AUDIT.to_owned();
    for _ in 0..3 {
        let page = admin.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        seen.push_str(&page.body);
        match page.body.split_once("href=\"/ui/settings/audit?before=") {
            Some((_, rest)) => path = format!("{AUDIT}?before={}", rest.split('"').next().unwrap()),
            None => break,
        }
    }
    for number in 0..120 {
        assert_eq!(
            seen.matches(&format!("entry-{number}-")).count(),
            1,
            "{number}"
        );
    }
}

// V-10
#[actix_web::test]
async fn a_place_that_makes_no_sense_is_refused() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    for query in ["before=x", "before=1.2", "settings[views]=/etc"] {
        let answer = admin.get(&format!("{AUDIT}?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
}
