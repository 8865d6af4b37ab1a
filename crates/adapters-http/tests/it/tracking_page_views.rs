//! The endpoint that the site tag calls.

use actix_web::http::StatusCode;
use actix_web::http::header::ORIGIN;
use actix_web::test::TestRequest;
use chrono::{Duration, Utc};
use domain::ids::LeadId;
use domain::tracking::{SiteKey, VisitorId};
use serde_json::json;

use crate::school::{KEY, SITE, School, page_view, tid_of};

// A3, A26, A30, A64, A73
#[actix_web::test]
async fn a_page_view_with_that_tid_raises_the_score_of_the_lead() {
    let school = School::new().await;
    let landed = school.get(&school.link("https://school.example/")).await;
    let tid = tid_of(landed.header("location"));
    let answer = school
        .report(&page_view(&tid, "https://school.example/exam"))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(school.score(), 3 + 3);
}

// V-01
#[actix_web::test]
async fn a_guessed_tid_gets_the_same_answer_and_finds_nobody() {
    let school = School::new().await;
    let landed = school.get(&school.link("https://school.example/")).await;
    let tid = tid_of(landed.header("location"));
    let known = school.report(&page_view(&tid, SITE)).await;
    let before = school.score();
    let last = tid.as_bytes()[tid.len() - 1];
    let neighbour = if last == b'0' { '1' } else { '0' };
    let guesses = [
        "12345".to_owned(),
        format!("{}{neighbour}", &tid[..tid.len() - 1]),
        "00000000-0000-0000-0000-000000000000".to_owned(),
        "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d".to_owned(),
        tid.to_uppercase(),
        String::new(),
    ];
    for guess in guesses {
        let answer = school
            .report(&page_view(&guess, "https://school.example/apply"))
            .await;
        assert_eq!(
            (answer.status, &answer.body),
            (known.status, &known.body),
            "{guess}"
        );
    }
    assert_eq!(school.score(), before);
    let of_lead = |(_, lead, _): &(_, Option<LeadId>, _)| lead.is_some();
    assert_eq!(
        school
            .log
            .logged(school.app.tenant())
            .iter()
            .filter(|row| of_lead(row))
            .count(),
        2
    );
}

// A35, A59
#[actix_web::test]
async fn only_a_registered_site_may_report() {
    let school = School::new().await;
    let wrong = [
        "null",
        "https://evil.example",
        "https://school.example.evil.example",
        "https://evilschool.example",
        "http://school.example",
        "https://school.example:8443",
        "https://SCHOOL.example",
        "https://school.example.",
        "https://school.example/",
        "https://xn--schol-jua.example",
    ];
    for origin in wrong {
        let answer = school.report_from(origin, &page_view("", SITE)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
    }
    let none = TestRequest::post()
        .uri("/t/pv")
        .set_payload(page_view("", SITE).to_string());
    assert_eq!(school.app.send(none).await.status, StatusCode::FORBIDDEN);
    let two = TestRequest::post()
        .uri("/t/pv")
        .append_header((ORIGIN, SITE))
        .append_header((ORIGIN, "https://evil.example"))
        .set_payload(page_view("", SITE).to_string());
    assert_eq!(school.app.send(two).await.status, StatusCode::FORBIDDEN);
    let foreign_page = school
        .report(&page_view("", "https://evil.example/apply"))
        .await;
    assert_eq!(foreign_page.status, StatusCode::FORBIDDEN);
    assert_eq!(school.rows(), 0);
}

#[actix_web::test]
async fn a_site_key_must_be_that_of_the_site() {
    let school = School::new().await;
    let mut body = page_view("", SITE);
    body["sid"] = json!("cdcdcdcdcdcdcdcdcdcdcdcd");
    assert_eq!(school.report(&body).await.status, StatusCode::FORBIDDEN);
    body["sid"] = json!(SiteKey::from_random_bytes(KEY).as_str());
    assert_eq!(school.report(&body).await.status, StatusCode::OK);
}

// A35
#[actix_web::test]
async fn the_registered_site_may_read_the_answer_and_ask_before() {
    let school = School::new().await;
    let answer = school.report(&page_view("", SITE)).await;
    assert_eq!(answer.header("access-control-allow-origin"), SITE);
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    assert_eq!(answer.header("vary"), "Origin");
    let ask = |origin: &'static str| {
        TestRequest::with_uri("/t/pv")
            .method(actix_web::http::Method::OPTIONS)
            .insert_header((ORIGIN, origin))
            .insert_header(("access-control-request-method", "POST"))
    };
    let allowed = school.app.send(ask(SITE)).await;
    assert_eq!(allowed.status, StatusCode::NO_CONTENT);
    assert_eq!(allowed.header("access-control-allow-origin"), SITE);
    assert_eq!(allowed.header("access-control-allow-methods"), "POST");
    let refused = school.app.send(ask("https://evil.example")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.header("access-control-allow-origin"), "");
}

#[actix_web::test]
async fn what_is_no_report_is_refused_with_a_reason() {
    let school = School::new().await;
    let big = json!({"tid": "", "url": SITE, "title": "x".repeat(9 * 1024)});
    assert_eq!(
        school.report(&big).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let mut unknown = page_view("", SITE);
    unknown["email"] = json!("a@example.jp");
    let answer = school.report(&unknown).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.shows("email"));
    // V-04
    let script = school
        .report(&page_view("", "javascript:alert(1)//x"))
        .await;
    assert_eq!(script.status, StatusCode::BAD_REQUEST);
    assert!(script.shows("\"field\":\"url\""));
    let zipped = TestRequest::post()
        .uri("/t/pv")
        .insert_header((ORIGIN, SITE))
        .insert_header(("content-encoding", "gzip"))
        .set_payload("x");
    assert_eq!(
        school.app.send(zipped).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    assert_eq!(school.rows(), 0);
}

#[actix_web::test]
async fn a_clock_that_talks_nonsense_loses_no_page_view() {
    let school = School::new().await;
    for ts in [
        json!("soon"),
        json!(null),
        json!(0),
        json!(-1),
        json!(9e99),
        json!({"a": 1}),
    ] {
        let answer = school
            .report(&json!({"tid": "", "url": SITE, "ts": ts}))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{ts}");
    }
    let now = Utc::now();
    let logged = school.log.logged(school.app.tenant());
    assert_eq!(logged.len(), 6);
    assert!(
        logged
            .iter()
            .all(|(view, ..)| now - view.occurred_at < Duration::minutes(1))
    );
}

#[actix_web::test]
async fn the_same_report_sent_again_is_stored_once() {
    let school = School::new().await;
    let mut body = page_view("", SITE);
    body["eid"] = json!("2f0c0bb2-7b57-4d44-9a09-0d7a0c8b9d11");
    for ts in [json!(1), json!(null), json!(Utc::now().timestamp_millis())] {
        body["ts"] = ts;
        assert_eq!(school.report(&body).await.status, StatusCode::OK);
    }
    assert_eq!(school.rows(), 1, "whatever the browser's clock says");
}

// A36, A61
#[actix_web::test]
async fn a_browser_that_reports_too_fast_is_asked_to_wait() {
    let school = School::new().await;
    let tid = VisitorId::from_random_bytes([7; 16]).to_string();
    let mut refused = None;
    for _ in 0..200 {
        let answer = school.report(&page_view(&tid, SITE)).await;
        if answer.status != StatusCode::OK {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("nobody reads two hundred pages at once");
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_ne!(refused.header("retry-after"), "");
    let other = page_view(&VisitorId::from_random_bytes([8; 16]).to_string(), SITE);
    assert_eq!(school.report(&other).await.status, StatusCode::OK);
}
