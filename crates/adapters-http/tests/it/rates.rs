//! Limits on how often one may report.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use adapters_http::RateLimits;
use domain::tenancy::Scope;
use domain::tracking::VisitorId;

use crate::app::TestApp;
use crate::school::{SITE, School, page_view};

const UNLIMITED: RateLimits = RateLimits {
    per_address: 0,
    per_visitor: 0,
    per_tenant: 0,
};

async fn school(rates: RateLimits) -> School {
    School::with(|_, limits| limits.rates = rates).await
}

fn visitor(fill: u8) -> String {
    VisitorId::from_random_bytes([fill; 16]).to_string()
}

// A61
#[actix_web::test]
async fn each_limit_of_page_views_holds_by_itself() {
    let limits = [
        RateLimits {
            per_address: 3,
            ..UNLIMITED
        },
        RateLimits {
            per_visitor: 3,
            ..UNLIMITED
        },
        RateLimits {
            per_tenant: 3,
            ..UNLIMITED
        },
    ];
    for rates in limits {
        let school = school(rates).await;
        let report = page_view(&visitor(1), SITE);
        for _ in 0..3 {
            assert_eq!(school.report(&report).await.status, StatusCode::OK);
        }
        let refused = school.report(&report).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{rates:?}");
        assert_ne!(refused.header("retry-after"), "");
        assert_eq!(school.rows(), 3);
        let other = school.report(&page_view(&visitor(2), SITE)).await;
        let is_of_browser = rates.per_visitor > 0;
        assert_eq!(other.status == StatusCode::OK, is_of_browser, "{rates:?}");
    }
}

#[actix_web::test]
async fn beyond_the_limit_mails_are_answered_and_not_recorded() {
    let rates = RateLimits {
        per_address: 2,
        ..UNLIMITED
    };
    let school = school(rates).await;
    let target = "https://elsewhere.example/";
    for _ in 0..4 {
        let click = school.get(&school.link(target)).await;
        assert_eq!(click.status, StatusCode::FOUND);
        assert_eq!(click.header("location"), target);
    }
    let open = school.get(&school.pixel()).await;
    assert_eq!(open.status, StatusCode::OK);
    assert_eq!(school.rows(), 2);
    let figures = school.app.figures();
    for counted in [
        "ondo_rate_limited_total{endpoint=\"click\"} 2",
        "ondo_rate_limited_total{endpoint=\"open\"} 1",
    ] {
        assert!(figures.contains(counted), "{figures}");
    }
}

#[actix_web::test]
async fn no_limit_is_no_limit() {
    let school = school(UNLIMITED).await;
    let report = page_view(&visitor(1), SITE);
    for _ in 0..700 {
        assert_eq!(school.report(&report).await.status, StatusCode::OK);
    }
}

#[actix_web::test]
async fn a_program_is_told_where_it_stands_and_then_to_wait() {
    let app = TestApp::with(|_, limits| {
        limits.rates = RateLimits {
            per_address: 3,
            per_visitor: 0,
            per_tenant: 600,
        };
    })
    .await;
    let token = app.token(&[Scope::LeadsRead]);
    let read = || TestRequest::get().uri("/api/v1/leads");
    let first = app.call_api(&token, read()).await;
    assert_eq!(first.status, StatusCode::OK);
    let policy = "\"address\";q=3;w=60, \"organisation\";q=600;w=60";
    assert_eq!(first.header("ratelimit-policy"), policy);
    let standing = "\"address\";r=2;t=20, \"organisation\";r=599;t=1";
    assert_eq!(first.header("ratelimit"), standing);
    // Whoever guesses tokens uses up the same limit.
    let guessed = app.call_api("ondo_wrong", read()).await;
    assert_eq!(guessed.status, StatusCode::UNAUTHORIZED);
    app.call_api(&token, read()).await;
    let refused = app.call_api(&token, read()).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_ne!(refused.header("retry-after"), "");
    assert!(
        refused
            .header("ratelimit")
            .starts_with("\"address\";r=0;t=")
    );
    let counted = "ondo_rate_limited_total{endpoint=\"api\"} 1";
    assert!(app.figures().contains(counted));
}
