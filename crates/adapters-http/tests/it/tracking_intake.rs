//! The tracking endpoints when the log does not have it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::http::StatusCode;
use domain::ids::{SiteId, TenantId};
use domain::store::{StoreError, StoreResult};
use domain::tracking::{Action, Origin, RegisteredSite, Site, SiteStore};
use serde_json::Value;

use crate::intakes::{Says, Stubborn};
use crate::school::{SITE, School, page_view};

const TARGET: &str = "https://school.example/apply";

async fn school_that_says(says: Says) -> (School, Arc<Stubborn>) {
    let intake = Arc::new(Stubborn::new(says));
    let shared = intake.clone();
    let school = School::with(move |ports, limits| {
        ports.intake = shared;
        // What never comes is not waited for.
        limits.click_deadline = Duration::from_millis(5);
        limits.answer_deadline = Duration::from_millis(5);
    });
    (school.await, intake)
}

// D13: whatever becomes of the record, a good link leads where it leads.
#[actix_web::test]
async fn a_visitor_goes_on_and_a_picture_shows_whatever_becomes_of_the_record() {
    for says in [Says::InSpool, Says::Buried, Says::NotKept, Says::Nothing] {
        let (school, intake) = school_that_says(says).await;
        let click = school.get(&school.link(TARGET)).await;
        assert_eq!(click.status, StatusCode::FOUND, "{says:?}");
        assert_eq!(click.header("location"), TARGET, "{says:?}");
        let open = school.get(&school.pixel()).await;
        assert_eq!(open.status, StatusCode::OK, "{says:?}");
        assert_eq!(open.header("content-type"), "image/gif");
        assert_eq!(intake.given().len(), 2, "{says:?}");
    }
}

#[actix_web::test]
async fn a_page_view_is_acknowledged_when_it_is_durable_and_only_then() {
    let expected = [
        (Says::InSpool, StatusCode::OK, ""),
        (Says::Buried, StatusCode::OK, ""),
        (Says::NotKept, StatusCode::SERVICE_UNAVAILABLE, "7"),
        (Says::Nothing, StatusCode::SERVICE_UNAVAILABLE, "5"),
    ];
    for (says, status, wait) in expected {
        let (school, intake) = school_that_says(says).await;
        let answer = school.report(&page_view("", SITE)).await;
        assert_eq!(answer.status, status, "{says:?} {}", answer.body);
        assert_eq!(answer.header("retry-after"), wait, "{says:?}");
        assert_eq!(answer.header("access-control-allow-origin"), SITE);
        let given = intake.given();
        assert!(matches!(given[0].action, Action::PageView { .. }));
    }
}

#[actix_web::test]
async fn whoever_feeds_it_is_told_whether_it_can_take_engagements_in() {
    for (says, status) in [
        (Says::InSpool, StatusCode::OK),
        (Says::NotKept, StatusCode::SERVICE_UNAVAILABLE),
    ] {
        let (school, _) = school_that_says(says).await;
        let answer = school.get("/readyz").await;
        assert_eq!(answer.status, status);
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(told["ready"], status == StatusCode::OK);
        assert_eq!(told["database"], "away");
        assert_eq!(told["spool"]["engagements"], 1234);
        assert_eq!(told["queued"], 3);
        assert_eq!(school.get("/healthz").await.status, StatusCode::OK);
        let metrics = school.get("/metrics").await;
        assert_eq!(metrics.status, StatusCode::NOT_FOUND, "V-34");
    }
}

/// Sites that are known until the storage goes away.
struct Sites {
    tenant: TenantId,
    is_away: AtomicBool,
}

impl SiteStore for Sites {
    fn all_sites(&self) -> StoreResult<Vec<(Origin, RegisteredSite)>> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(StoreError::unavailable("away"));
        }
        let site = RegisteredSite {
            tenant: self.tenant,
            id: SiteId::new(),
            key: domain::tracking::SiteKey::from_random_bytes([1; 12]),
        };
        Ok(vec![(Origin::parse_address(SITE).unwrap(), site)])
    }

    fn sites_of_origin(&self, _: &Origin) -> StoreResult<Vec<RegisteredSite>> {
        panic!("no request asks the storage whose site it is");
    }

    fn sites(&self, _: TenantId) -> StoreResult<Vec<Site>> {
        unreachable!()
    }

    fn register_site(&self, _: TenantId, _: &Site) -> StoreResult<()> {
        unreachable!()
    }

    fn remove_site(&self, _: TenantId, _: SiteId) -> StoreResult<bool> {
        unreachable!()
    }
}

#[actix_web::test]
async fn with_the_storage_away_known_sites_go_on_reporting() {
    let sites = Arc::new(Sites {
        tenant: TenantId::new(),
        is_away: AtomicBool::new(false),
    });
    let intake = Arc::new(Stubborn::new(Says::InSpool));
    let shared = (sites.clone(), intake.clone());
    let school = School::with(move |ports, _| {
        ports.sites = shared.0;
        ports.intake = shared.1;
    })
    .await;
    sites.is_away.store(true, Ordering::SeqCst);
    assert!(school.app.state.reload_sites().is_err());
    let answer = school.report(&page_view("", SITE)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(intake.given()[0].tenant, sites.tenant);
    let foreign = school
        .report_from("https://evil.example", &page_view("", SITE))
        .await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn before_the_sites_are_known_a_tag_is_asked_to_come_again() {
    let sites = Arc::new(Sites {
        tenant: TenantId::new(),
        is_away: AtomicBool::new(true),
    });
    let app = crate::app::TestApp::with_ports(move |ports| ports.sites = sites).await;
    let request = actix_web::test::TestRequest::post()
        .uri("/t/pv")
        .insert_header(("origin", SITE))
        .set_payload(page_view("", SITE).to_string());
    let answer = app.send(request).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_ne!(answer.header("retry-after"), "");
}
