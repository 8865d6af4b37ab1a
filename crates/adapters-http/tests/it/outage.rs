//! What people and programs see while the database is away.

use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use adapters_http::{Access, routes};
use chrono::{DateTime, Utc};
use domain::analytics::MockReports;
use domain::ids::TenantId;
use domain::leads::MockLeadListing;
use domain::store::{StoreError, StoreResult};
use domain::tenancy::{
    AuditEntry, NewSession, Role, Scope, SecretHash, Session, SessionSecret, SessionStore,
};

use crate::app::{Browser, TestApp};
use crate::intakes::{Says, Stubborn};

async fn without_database(says: Says) -> TestApp {
    TestApp::with(move |ports, _| {
        let mut reports = MockReports::new();
        reports
            .expect_dashboard()
            .returning(|_, _| Err(StoreError::unavailable("away")));
        let mut listing = MockLeadListing::new();
        listing
            .expect_walk()
            .returning(|_, _, _, _, _| Err(StoreError::unavailable("away")));
        ports.reports = Arc::new(reports);
        ports.lead_listing = Arc::new(listing);
        ports.intake = Arc::new(Stubborn::new(says));
    })
    .await
}

// F: a stopped database is no stopped product, and the page says what still works.
#[actix_web::test]
async fn a_page_says_that_recording_goes_on_how_much_is_kept_and_asks_again() {
    let app = without_database(Says::InSpool).await;
    let admin = app.sign_in(Role::Admin).await;
    let page = admin.get("/ui/dashboard").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.header("retry-after"), "5");
    assert_eq!(page.header("refresh"), "10");
    for text in [
        "データベースに接続できません",
        "クリックや閲覧の記録は続いています。1,234 件を一時保管中で、復旧後に自動で反映されます。",
    ] {
        assert!(page.shows(text), "{text}: {}", page.body);
    }
    let english = TestRequest::get().uri("/ui/dashboard");
    let flash = admin.post("/ui/settings/account/language", &[("locale", "en")]);
    flash.await.leads_to();
    let page = admin.send(english).await;
    assert!(
        page.shows("The database cannot be reached"),
        "{}",
        page.body
    );
    assert!(page.shows("1,234 are kept for now"), "{}", page.body);
}

#[actix_web::test]
async fn a_page_does_not_promise_what_does_not_hold() {
    let app = without_database(Says::NotKept).await;
    let admin = app.sign_in(Role::Admin).await;
    let page = admin.get("/ui/dashboard").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!page.shows("記録は続いています"));
    assert!(page.shows("一時保管もできない状態です"));
}

#[actix_web::test]
async fn part_of_a_page_leaves_the_page_and_tells_in_its_corner() {
    let app = without_database(Says::InSpool).await;
    let admin = app.sign_in(Role::Admin).await;
    let request = TestRequest::get()
        .uri("/ui/dashboard")
        .insert_header(("hx-request", "true"))
        .insert_header(("hx-request-type", "partial"));
    let part = admin.send(request).await;
    assert_eq!(part.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(part.header("hx-reswap"), "none");
    assert_eq!(part.header("refresh"), "");
}

#[actix_web::test]
async fn a_program_is_told_when_to_come_again() {
    let app = without_database(Says::InSpool).await;
    let token = app.token(&[Scope::LeadsRead]);
    let request = TestRequest::get().uri("/api/v1/leads");
    let answer = app.call_api(&token, request).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("retry-after"), "5");
}

/// Session storage that is asked and does not answer well.
struct Sessions<F>(F);

impl<F: Fn() -> StoreResult<Option<Session>> + Send + Sync> SessionStore for Sessions<F> {
    fn find(&self, _: TenantId, _: &SecretHash) -> StoreResult<Option<Session>> {
        (self.0)()
    }

    fn open(&self, _: TenantId, _: &NewSession, _: &str, _: &AuditEntry) -> StoreResult<bool> {
        unreachable!()
    }

    fn touch(
        &self,
        _: TenantId,
        _: &SecretHash,
        _: DateTime<Utc>,
        _: DateTime<Utc>,
    ) -> StoreResult<()> {
        unreachable!()
    }

    fn end(&self, _: TenantId, _: &SecretHash) -> StoreResult<bool> {
        unreachable!()
    }

    fn delete_expired(&self, _: TenantId, _: DateTime<Utc>) -> StoreResult<usize> {
        unreachable!()
    }
}

async fn without_sessions(
    find: impl Fn() -> StoreResult<Option<Session>> + Send + Sync + 'static,
) -> TestApp {
    TestApp::with(move |ports, _| {
        ports.sessions = Arc::new(Sessions(find));
        ports.intake = Arc::new(Stubborn::new(Says::InSpool));
    })
    .await
}

fn with_session(app: &TestApp) -> Browser<'_> {
    let browser = app.browser();
    let secret = SessionSecret::new(app.tenant(), [7; 32]);
    browser.plant("ondo_session", &secret.cookie_value());
    browser
}

#[actix_web::test]
async fn every_page_says_so_even_where_nobody_can_be_recognised() {
    let app = without_sessions(|| Err(StoreError::unavailable("away"))).await;
    let browser = with_session(&app);
    let mut pages = 0;
    for route in routes::all() {
        let is_page = matches!(route.access, Access::SignedIn | Access::Needs(_));
        if route.method != Method::GET || !is_page || route.path.contains('{') {
            continue;
        }
        let page = browser.get(route.path).await;
        assert_eq!(
            page.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{}",
            route.path
        );
        assert!(page.shows("データベースに接続できません"), "{}", route.path);
        assert!(page.shows("1,234 件を一時保管中"), "{}", route.path);
        pages += 1;
    }
    assert!(pages > 15, "the table of routes is empty");
}

#[actix_web::test]
async fn a_database_that_hangs_is_answered_like_one_that_is_away() {
    let (release, hang) = std::sync::mpsc::channel::<()>();
    let hang = std::sync::Mutex::new(hang);
    let app = without_sessions(move || {
        hang.lock().unwrap().recv().unwrap_or_default();
        Ok(None)
    })
    .await;
    let page = with_session(&app).get("/ui/dashboard").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.shows("データベースに接続できません"));
    drop(release);
}
