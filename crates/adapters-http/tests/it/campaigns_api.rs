//! Broadcasts for programs.

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::test::TestRequest;
use chrono::{DateTime, TimeDelta, Utc};
use domain::campaigns::{
    AbTests, BroadcastStatus, BroadcastStore, BroadcastWork, Variant, choose_winner,
};
use domain::ids::{ApiTokenId, BroadcastId};
use domain::tenancy::{
    Actor, ApiToken, ApiTokenStore, AuditAction, AuditEntry, AuditTarget, NewApiToken, Scope,
    random_256,
};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

const BROADCASTS: &str = "/api/v1/broadcasts";

fn token(app: &TestApp, scopes: &[Scope]) -> String {
    let token = ApiToken {
        id: ApiTokenId::new(),
        name: "CRM".to_owned(),
        scopes: scopes.to_vec(),
        created_by: None,
        created_at: Utc::now(),
        last_used_at: None,
        expires_at: None,
        revoked_at: None,
    };
    let target = AuditTarget::one("api_token", token.id);
    let action = AuditAction::API_TOKEN_CREATED;
    let audit = AuditEntry::new(Actor::system("test"), action, target, Utc::now());
    let (new, text) = NewApiToken::issue(app.tenant(), token, random_256());
    ApiTokenStore::create(&*app.tenancy, app.tenant(), &new, &audit).unwrap();
    text.reveal()
}

async fn get(app: &TestApp, token: &str, path: &str) -> (StatusCode, Value) {
    let request = TestRequest::get().uri(path);
    answered(
        app.send(request.insert_header((AUTHORIZATION, format!("Bearer {token}"))))
            .await,
    )
}

async fn post(app: &TestApp, token: &str, path: &str, body: &Value) -> (StatusCode, Value) {
    answered(app.send(request(token, path, body)).await)
}

fn request(token: &str, path: &str, body: &Value) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .insert_header((AUTHORIZATION, format!("Bearer {token}")))
        .set_json(body)
}

fn answered(answer: Answer) -> (StatusCode, Value) {
    let body = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", answer.body));
    (answer.status, body)
}

#[actix_web::test]
async fn a_program_makes_starts_and_reads_a_broadcast() {
    let app = TestApp::new().await;
    app.say_who_sends();
    let template = app.add_template("案内");
    let token = token(&app, &[Scope::BroadcastsRead, Scope::BroadcastsWrite]);
    let body = json!({
        "name": "7月の案内",
        "template_id": template,
        "audience": { "bands": ["hot"], "graduation_year": 2027 },
        "start": true,
    });
    let (status, made) = post(&app, &token, BROADCASTS, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert_eq!(
        (&made["status"], &made["tracking"]),
        (&json!("preparing"), &json!(true))
    );
    assert_eq!(made["audience"]["mailable_only"], true);
    let id = made["id"].as_str().unwrap();
    let (status, read) = get(&app, &token, &format!("{BROADCASTS}/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(read["counts"]["sends"]["queued"], 0);
    for count in [
        "sent",
        "unique_opens",
        "machine_opens",
        "unique_clicks",
        "machine_clicks",
        "unsubscribes",
    ] {
        assert_eq!(read["counts"][count], 0, "{count}");
    }
    let (_, list) = get(&app, &token, &format!("{BROADCASTS}?limit=1")).await;
    assert_eq!(list["data"][0]["id"], *id);
    assert_eq!(list["next_cursor"], Value::Null);
    assert_eq!(
        app.broadcast(id.parse().unwrap()).unwrap().status,
        BroadcastStatus::Preparing
    );
}

#[actix_web::test]
async fn a_list_goes_on_where_its_cursor_says() {
    let app = TestApp::new().await;
    let ids = ["一", "二", "三"].map(|name| app.add_broadcast(name).to_string());
    let token = token(&app, &[Scope::BroadcastsRead]);
    let mut seen = Vec::new();
    let mut path = format!("{BROADCASTS}?limit=2");
    loop {
        let (_, list) = get(&app, &token, &path).await;
        let rows = list["data"].as_array().unwrap();
        seen.extend(
            rows.iter()
                .map(|row| row["id"].as_str().unwrap().to_owned()),
        );
        match list["next_cursor"].as_str() {
            Some(cursor) => path = format!("{BROADCASTS}?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    seen.reverse();
    assert_eq!(seen, ids);
}

// V-28
#[actix_web::test]
async fn what_cannot_be_is_refused_with_its_field() {
    let app = TestApp::new().await;
    let template = app.add_template("案内");
    let token = token(&app, &[Scope::BroadcastsWrite]);
    let refused = [
        (json!({ "name": "", "template_id": template }), 422, "name"),
        (
            json!({ "name": "a", "template_id": BroadcastId::new() }),
            422,
            "template_id",
        ),
        (
            json!({ "name": "a", "template_id": template, "status": "sending" }),
            400,
            "status",
        ),
        (
            json!({ "name": "a", "template_id": template, "tenant_id": "x" }),
            400,
            "tenant_id",
        ),
        (
            json!({ "name": "a", "template_id": template, "audience": { "sql": "1=1" } }),
            400,
            "audience.sql",
        ),
        (
            json!({ "name": "a", "template_id": template, "start": true }),
            422,
            "sender",
        ),
        (
            json!({ "name": "a", "template_id": template, "audience": { "listed_for": BroadcastId::new() } }),
            422,
            "audience.listed_for",
        ),
        (
            json!({ "name": "a", "template_id": template, "hourly_limit": 0 }),
            422,
            "hourly_limit",
        ),
        (
            json!({ "name": "a", "template_id": template, "scheduled_at": "2020-01-01T00:00:00Z" }),
            422,
            "scheduled_at",
        ),
        (
            json!({ "name": "a", "template_id": template, "scheduled_at": "2999-01-01T00:00:00Z", "start": true }),
            422,
            "scheduled_at",
        ),
        (
            json!({ "name": "a", "template_id": template, "ab_test": ab_test(9) }),
            422,
            "ab_test",
        ),
        (
            json!({ "name": "a", "template_id": template, "tracking": false, "ab_test": ab_test(20) }),
            422,
            "ab_test",
        ),
    ];
    for (body, status, field) in refused {
        let (answered, problem) = post(&app, &token, BROADCASTS, &body).await;
        assert_eq!(answered.as_u16(), status, "{problem}");
        assert_eq!(problem["field"], field, "{problem}");
    }
    let left = BroadcastStore::list(&*app.memory.mail, app.tenant(), 0, 10).unwrap();
    assert_eq!(left, [], "a refusal left a draft behind");
}

fn ab_test(share: u8) -> Value {
    json!({
        "b": { "subject": "別の件名" },
        "share_percent": share,
        "metric": "clicks",
        "wait_hours": 2,
    })
}

// B7
#[actix_web::test]
async fn a_program_schedules_a_test_and_reads_its_winner() {
    let app = TestApp::new().await;
    app.say_who_sends();
    let template = app.add_template("案内");
    let token = token(&app, &[Scope::BroadcastsRead, Scope::BroadcastsWrite]);
    let at = Utc::now() + TimeDelta::hours(1);
    let body = json!({
        "name": "7月の案内",
        "template_id": template,
        "hourly_limit": 500,
        "ab_test": ab_test(20),
        "scheduled_at": at,
    });
    let (status, made) = post(&app, &token, BROADCASTS, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert_eq!(made["status"], "scheduled");
    assert_eq!(made["hourly_limit"], 500);
    assert_eq!(made["ab_test"], ab_test(20));
    assert_eq!(made["ab_outcome"], Value::Null);
    let read = made["scheduled_at"].as_str().unwrap();
    assert_eq!(read.parse::<DateTime<Utc>>().unwrap(), at);

    let id: BroadcastId = made["id"].as_str().unwrap().parse().unwrap();
    let (mail, tenant) = (&app.memory.mail, app.tenant());
    assert!(mail.start_scheduled(tenant, id, at).unwrap());
    assert!(mail.begin_test(tenant, id, at).unwrap());
    let broadcast = app.broadcast(id).unwrap();
    assert!(choose_winner(&**mail, tenant, &broadcast, Variant::B, at).unwrap());
    let (_, read) = get(&app, &token, &format!("{BROADCASTS}/{id}")).await;
    assert_eq!(read["status"], "testing");
    let outcome = &read["ab_outcome"];
    assert_eq!(
        (&outcome["winner"], &outcome["by"]),
        (&json!("b"), &json!("staff"))
    );
    assert_eq!(
        outcome["b"],
        json!({ "sent": 0, "opened": 0, "clicked": 0 })
    );
}

// V-28
#[actix_web::test]
async fn a_test_with_anything_unknown_is_refused() {
    let app = TestApp::new().await;
    let template = app.add_template("案内");
    let token = token(&app, &[Scope::BroadcastsWrite]);
    for (field, value) in [
        ("winner", json!("a")),
        ("metric", json!("score")),
        ("b", json!({ "sql": "1=1" })),
    ] {
        let mut test = ab_test(20);
        test[field] = value;
        let body = json!({ "name": "a", "template_id": template, "ab_test": test });
        let (status, problem) = post(&app, &token, BROADCASTS, &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{field}: {problem}");
    }
}

#[actix_web::test]
async fn a_repeat_with_the_same_key_makes_nothing_new() {
    let app = TestApp::new().await;
    let template = app.add_template("案内");
    let token = token(&app, &[Scope::BroadcastsWrite]);
    let body = json!({ "name": "7月の案内", "template_id": template });
    let mut ids = Vec::new();
    for key in ["k1", "k1", "k2"] {
        let request = request(&token, BROADCASTS, &body).insert_header(("idempotency-key", key));
        let (status, made) = answered(app.send(request).await);
        assert_eq!(status, StatusCode::CREATED);
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
}

#[actix_web::test]
async fn a_repeat_starts_what_the_first_call_only_made() {
    let app = TestApp::new().await;
    app.say_who_sends();
    let template = app.add_template("案内");
    let token = token(&app, &[Scope::BroadcastsWrite]);
    let mut statuses = Vec::new();
    // As if the process had died between making and starting it.
    for start in [false, true, true] {
        let body = json!({ "name": "7月の案内", "template_id": template, "start": start });
        let request = request(&token, BROADCASTS, &body).insert_header(("idempotency-key", "k"));
        let (status, made) = answered(app.send(request).await);
        assert_eq!(status, StatusCode::CREATED);
        statuses.push(made["status"].as_str().unwrap().to_owned());
    }
    assert_eq!(statuses, ["draft", "preparing", "preparing"]);
}

#[actix_web::test]
async fn each_scope_opens_its_own_half() {
    let app = TestApp::new().await;
    let template = app.add_template("案内");
    let reader = token(&app, &[Scope::BroadcastsRead, Scope::LeadsWrite]);
    let writer = token(&app, &[Scope::BroadcastsWrite]);
    let body = json!({ "name": "a", "template_id": template });
    assert_eq!(
        post(&app, &reader, BROADCASTS, &body).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        get(&app, &writer, BROADCASTS).await.0,
        StatusCode::FORBIDDEN
    );
    let id = app.add_broadcast("下書き");
    let start = format!("{BROADCASTS}/{id}/start");
    let (status, problem) = post(&app, &writer, &start, &json!({})).await;
    assert_eq!(
        (status, &problem["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("sender"))
    );
}
