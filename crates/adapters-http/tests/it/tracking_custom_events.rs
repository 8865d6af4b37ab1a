//! `POST /api/v1/engagements`: programs report what leads did.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use chrono::{DateTime, Duration, SubsecRound, Utc};
use domain::ids::{LeadId, TenantId};
use domain::tenancy::{Role, Scope};
use domain::tracking::Action;
use serde_json::{Value, json};
use test_support::builders::leads::draft;

use crate::app::{Answer, TestApp};

const PATH: &str = "/api/v1/engagements";

pub(crate) fn post(document: &Value) -> TestRequest {
    TestRequest::post().uri(PATH).set_json(document)
}

pub(crate) fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", answer.body))
}

pub(crate) fn event(email: &str) -> Value {
    json!({"event": "assessment_completed", "email": email})
}

fn minutes_ago(minutes: i64) -> String {
    (Utc::now() - Duration::minutes(minutes)).to_rfc3339()
}

impl TestApp {
    fn custom_events(&self) -> Vec<(String, Option<LeadId>, DateTime<Utc>)> {
        let logged = self.memory.log.logged(self.tenant());
        logged
            .into_iter()
            .map(|(engagement, lead, _)| {
                let Action::Custom { event, .. } = engagement.action else {
                    panic!("{:?}", engagement.action);
                };
                (event.to_string(), lead, engagement.occurred_at)
            })
            .collect()
    }
}

#[actix_web::test]
async fn an_event_is_stored_for_the_lead_that_is_named() {
    let app = TestApp::new().await;
    let token = app.token(&[Scope::EngagementsWrite]);
    let lead = app.lead("sato");
    let at = (Utc::now() - Duration::days(3)).trunc_subsecs(3);
    let named = [
        json!({"lead_id": lead.id}),
        json!({"email": "SATO@Example.jp"}),
    ];
    for mut document in named {
        document["event"] = json!("assessment_completed");
        document["occurred_at"] = json!(at.to_rfc3339());
        document["properties"] = json!({"plan": "無料", "points": 87, "rate": 0.5, "first": true});
        let answer = app.call_api(&token, post(&document)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let told = &json_of(&answer)["engagements"][0];
        assert_eq!(told["stored"], "database");
        assert_eq!(told["new"], true);
        assert_eq!(told["lead_id"], json!(lead.id));
    }
    let expected = ("assessment_completed".to_owned(), Some(lead.id), at);
    assert_eq!(app.custom_events(), [expected.clone(), expected]);
    let sales = app.sign_in(Role::Sales).await;
    let path = format!("/ui/leads/{}?kind=custom", lead.id);
    let page = sales.get(&path).await;
    for text in [
        "カスタムイベント",
        "assessment_completed",
        "plan",
        "無料",
        "87",
        "0.5",
        "はい",
    ] {
        assert!(page.shows(text), "{text}: {}", page.body);
    }
}

// Exactly once: with a key, a repeat is the same engagement, also in another process.
#[actix_web::test]
async fn a_repeat_with_the_key_counts_once() {
    let app = TestApp::new().await;
    let token = app.token(&[Scope::EngagementsWrite]);
    let lead = app.lead("sato");
    let mut own = event("sato@example.jp");
    own["occurred_at"] = json!(minutes_ago(5));
    let mut other = own.clone();
    other["event"] = json!("document_requested");
    let several = json!([own, other]);
    own["idempotency_key"] = json!("crm-4711");
    let mut ids = Vec::new();
    for is_new in [true, false] {
        let one = json_of(&app.call_api(&token, post(&own)).await);
        let request = post(&several).insert_header(("Idempotency-Key", "\"nightly-22\""));
        let two = json_of(&app.call_api(&token, request).await);
        let told = [
            &one["engagements"][0],
            &two["engagements"][0],
            &two["engagements"][1],
        ];
        assert!(told.iter().all(|it| it["new"] == is_new), "{one} {two}");
        ids.push(told.map(|it| it["id"].clone()));
    }
    assert_eq!(ids[0], ids[1]);
    assert_eq!(app.custom_events().len(), 3);
    assert!(app.custom_events().iter().all(|it| it.1 == Some(lead.id)));
    // Without a key each report is an event of its own.
    for _ in 0..2 {
        app.call_api(&token, post(&event("sato@example.jp"))).await;
    }
    assert_eq!(app.custom_events().len(), 5);
}

// V-12, V-28, V-16: nothing of a request that is refused is stored.
#[actix_web::test]
async fn what_is_wrong_is_refused_by_place_and_field_and_nothing_is_stored() {
    let app = TestApp::new().await;
    let token = app.token(&[Scope::EngagementsWrite]);
    let lead = app.lead("sato");
    let with = |field: &str, value: Value| {
        let mut wrong = event("sato@example.jp");
        wrong[field] = value;
        wrong
    };
    let future = (Utc::now() + Duration::minutes(6)).to_rfc3339();
    let long = "あ".repeat(1001);
    let many: serde_json::Map<_, _> = (0..51).map(|n| (format!("p{n}"), json!(1))).collect();
    let wrong = [
        (
            with("event", json!("score;select pg_sleep(5)--")),
            400,
            "event",
        ),
        (with("event", json!({"$ne": ""})), 400, "event"),
        (with("event", json!("Download")), 400, "event"),
        (with("email", json!("x' or 1=1--")), 400, "email"),
        (with("occurred_at", json!("yesterday")), 400, "occurred_at"),
        (with("occurred_at", json!(future)), 422, "occurred_at"),
        (
            with("occurred_at", json!("0001-01-01T00:00:00Z")),
            422,
            "occurred_at",
        ),
        (with("idempotency_key", json!("k")), 422, "occurred_at"),
        (
            with("properties", json!({"a": "b\u{0}"})),
            422,
            "properties",
        ),
        (with("properties", json!({"a": long})), 422, "properties"),
        (
            with("properties", json!({"a\"; drop": 1})),
            422,
            "properties",
        ),
        (with("properties", json!(many)), 422, "properties"),
        (with("properties", json!({"a": [1]})), 400, "properties.a"),
        (with("lead_id", json!(lead.id)), 422, "email"),
        (with("lead_id", json!("1 or 1=1")), 400, "lead_id"),
        (json!({"event": "a"}), 422, "lead_id"),
        (with("tenant_id", json!(TenantId::new())), 400, "tenant_id"),
        (with("id", json!("x")), 400, "id"),
        (with("points", json!(1000)), 400, "points"),
        (with("verdict", json!("none")), 400, "verdict"),
    ];
    for (document, status, field) in wrong {
        let alone = app.call_api(&token, post(&document)).await;
        assert_eq!(alone.status.as_u16(), status, "{document} {}", alone.body);
        assert_eq!(alone.header("content-type"), "application/problem+json");
        let told = json_of(&alone);
        assert_eq!(
            (&told["field"], &told["index"]),
            (&json!(field), &Value::Null),
            "{told}"
        );
        let good = event("sato@example.jp");
        let behind = json!([good, good, document]);
        let several = app.call_api(&token, post(&behind)).await;
        assert_eq!(several.status.as_u16(), status, "{}", several.body);
        let told = json_of(&several);
        assert_eq!(
            (&told["field"], &told["index"]),
            (&json!(field), &json!(2)),
            "{told}"
        );
    }
    assert_eq!(app.custom_events(), []);
}

#[actix_web::test]
async fn a_request_has_one_to_five_hundred_events() {
    let app = TestApp::new().await;
    let token = app.token(&[Scope::EngagementsWrite]);
    app.lead("sato");
    for (count, status) in [(0, 400), (1, 200), (500, 200), (501, 400)] {
        let events = vec![event("sato@example.jp"); count];
        let answer = app.call_api(&token, post(&json!(events))).await;
        assert_eq!(answer.status.as_u16(), status, "{count} {}", answer.body);
    }
    assert_eq!(app.custom_events().len(), 501);
    for body in ["", "7", "\"x\"", "[7]", "{} {}", "null", "[[]]"] {
        let request = TestRequest::post()
            .uri(PATH)
            .insert_header(("content-type", "application/json"))
            .set_payload(body);
        let answer = app.call_api(&token, request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
}

// V-16
#[actix_web::test]
async fn a_body_beyond_the_limit_is_refused_before_it_is_read() {
    let app = TestApp::new().await;
    let token = app.token(&[Scope::EngagementsWrite]);
    let json = || {
        TestRequest::post()
            .uri(PATH)
            .insert_header(("content-type", "application/json"))
    };
    let large = json().set_payload(vec![b' '; 256 * 1024 + 1]);
    let declared = json().insert_header(("content-length", "1000000000000"));
    for request in [large, declared] {
        let answer = app.call_api(&token, request).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let form = TestRequest::post().uri(PATH).set_payload("event=a");
    let answer = app.call_api(&token, form).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

// V-25: a lead of somebody else is no lead, and one such event keeps all others out.
#[actix_web::test]
async fn a_lead_that_is_not_there_or_not_ours_keeps_the_whole_request_out() {
    let app = TestApp::new().await;
    let token = app.token(&[Scope::EngagementsWrite]);
    app.lead("sato");
    let foreign = app.lead_of(TenantId::new(), draft("foreign"));
    let strangers = [
        (json!({"event": "a", "lead_id": foreign.id}), "lead_id"),
        (json!({"event": "a", "lead_id": LeadId::new()}), "lead_id"),
        (event("foreign@example.jp"), "email"),
    ];
    for (stranger, field) in strangers {
        let several = json!([event("sato@example.jp"), stranger]);
        let answer = app.call_api(&token, post(&several)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let told = json_of(&answer);
        assert_eq!((&told["field"], &told["index"]), (&json!(field), &json!(1)));
        assert_eq!(told["detail"], "there is no such lead");
    }
    assert_eq!(app.custom_events(), []);
}

#[actix_web::test]
async fn only_a_token_with_the_scope_may_report() {
    let app = TestApp::new().await;
    app.lead("sato");
    let others = Scope::ALL
        .into_iter()
        .filter(|scope| *scope != Scope::EngagementsWrite);
    let token = app.token(&others.collect::<Vec<_>>());
    let document = event("sato@example.jp");
    let answer = app.call_api(&token, post(&document)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let nobody = app.send(post(&document)).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let reporter = app.token(&[Scope::EngagementsWrite]);
    let read = TestRequest::get().uri("/api/v1/leads");
    assert_eq!(
        app.call_api(&reporter, read).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(app.custom_events(), []);
}
