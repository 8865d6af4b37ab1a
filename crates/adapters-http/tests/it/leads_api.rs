//! Leads for programs.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use chrono::Utc;
use domain::ids::{TenantId, UserId};
use domain::leads::{AttributeDefinition, AttributeKind, LeadListing};
use domain::scoring::Band;
use domain::tenancy::{Role, Scope};
use serde_json::{Value, json};
use test_support::builders::leads::{address, draft};
use test_support::builders::tracking::{HOME, click, mail, open};

use crate::app::{Answer, TestApp};

const LEADS: &str = "/api/v1/leads";

fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", answer.body))
}

fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path)
}

fn post(document: Value) -> TestRequest {
    TestRequest::post().uri(LEADS).set_json(document)
}

fn patch(id: impl std::fmt::Display, document: Value) -> TestRequest {
    let path = format!("{LEADS}/{id}");
    TestRequest::patch().uri(&path).set_json(document)
}

#[actix_web::test]
async fn a_lead_is_created_completed_and_read_in_full() {
    let app = TestApp::new().await;
    let token = app.token(&[Scope::LeadsRead, Scope::LeadsWrite]);
    let attribute = AttributeDefinition {
        key: "budget".into(),
        label: "予算".into(),
        kind: AttributeKind::Number,
        created_at: Utc::now(),
    };
    app.memory
        .leads
        .define_attributes(app.tenant(), &[attribute])
        .unwrap();
    let document = json!({
        "email": "Sato@Example.jp", "name": "佐藤 花子", "graduation_year": 2027,
        "attributes": {"budget": 1200}, "tags": ["資料請求"],
    });
    let created = app.call_api(&token, post(document)).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    let lead = json_of(&created);
    let path = created.header("location").to_owned();
    assert_eq!(path, format!("{LEADS}/{}", lead["id"].as_str().unwrap()));
    let more = json!({"email": "sato@example.jp", "company": "青山商事"});
    let completed = app.call_api(&token, post(more)).await;
    assert_eq!(completed.status, StatusCode::OK);
    let read = json_of(&app.call_api(&token, get(&path)).await);
    assert_eq!(read["email"], "sato@example.jp");
    assert_eq!(read["name"], "佐藤 花子");
    assert_eq!(read["company"], "青山商事");
    assert_eq!(read["attributes"], json!({"budget": 1200.0}));
    assert_eq!(read["band"], "cold");
    let id = lead["id"].as_str().unwrap();
    let edit = json!({"name": null, "grade": "3", "attributes": {"budget": null}});
    let patched = json_of(&app.call_api(&token, patch(id, edit)).await);
    assert_eq!(patched["name"], Value::Null);
    assert_eq!(patched["grade"], "3");
    assert_eq!(patched["company"], "青山商事");
    assert_eq!(patched["attributes"], json!({}));
    let removal = TestRequest::delete().uri(&path);
    let removed = app.call_api(&token, removal).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let gone = app.call_api(&token, get(&path)).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let done = [
        "lead.deleted",
        "lead.changed",
        "lead.changed",
        "lead.created",
    ];
    assert_eq!(app.audited()[..4], done);
}

#[actix_web::test]
async fn a_list_is_read_page_by_page_each_lead_once() {
    let app = TestApp::new().await;
    let token = app.token(&[Scope::LeadsRead]);
    for number in 0..7 {
        let lead = app.lead(&format!("lead{number}"));
        let band = if number < 5 { Band::Hot } else { Band::Cold };
        app.warm(lead.id, 1, band);
    }
    let mut seen = Vec::new();
    let mut path = format!("{LEADS}?band=hot&limit=2");
    loop {
        let page = json_of(&app.call_api(&token, get(&path)).await);
        let leads = page["leads"].as_array().unwrap();
        seen.extend(leads.iter().map(|lead| lead["email"].to_string()));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("{LEADS}?band=hot&limit=2&cursor={cursor}");
    }
    assert_eq!(seen.len(), 5);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
    let by_email = app
        .call_api(&token, get(&format!("{LEADS}?email=LEAD3@example.jp")))
        .await;
    assert_eq!(json_of(&by_email)["leads"].as_array().unwrap().len(), 1);
    let words = app.call_api(&token, get(&format!("{LEADS}?q=lead6"))).await;
    assert_eq!(json_of(&words)["leads"][0]["email"], "lead6@example.jp");
}

// B54
#[actix_web::test]
async fn engagements_and_the_history_of_the_score_are_read_by_cursor() {
    let app = TestApp::new().await;
    let token = app.token(&[Scope::LeadsRead]);
    let (tenant, lead) = (app.tenant(), app.lead("sato"));
    for number in 0..3 {
        let opened = open(tenant, &mail(lead.id, number), 0);
        app.happened(lead.id, opened, 10 + i64::from(number));
    }
    let clicked = click(tenant, &mail(lead.id, 1), 0, HOME, 0);
    app.happened(lead.id, clicked, 5);
    for (part, name) in [("engagements", "engagements"), ("score-history", "history")] {
        let path = format!("{LEADS}/{}/{part}?limit=3", lead.id);
        let first = json_of(&app.call_api(&token, get(&path)).await);
        assert_eq!(first[name].as_array().unwrap().len(), 3, "{first}");
        let cursor = first["next_cursor"].as_str().unwrap();
        let path = format!("{path}&cursor={cursor}");
        let second = json_of(&app.call_api(&token, get(&path)).await);
        assert_eq!(second[name].as_array().unwrap().len(), 1);
        assert_eq!(second["next_cursor"], Value::Null);
    }
    let path = format!("{LEADS}/{}/score-history", lead.id);
    let history = json_of(&app.call_api(&token, get(&path)).await);
    let lines = history["history"].as_array().unwrap();
    let sum: i64 = lines
        .iter()
        .map(|line| line["points"].as_i64().unwrap())
        .sum();
    assert_eq!(history["score"], sum);
    let path = format!("{LEADS}/{}/engagements?type=click", lead.id);
    let clicks = json_of(&app.call_api(&token, get(&path)).await);
    assert_eq!(clicks["engagements"][0]["points"], 3);
    assert_eq!(clicks["engagements"][0]["machine"], "none");
}

// V-28
#[actix_web::test]
async fn unknown_fields_and_queries_are_refused_by_name() {
    let app = TestApp::new().await;
    let token = app.token(&[Scope::LeadsRead, Scope::LeadsWrite]);
    let lead = app.lead("sato");
    for field in [
        "id",
        "tenant_id",
        "role",
        "is_admin",
        "engagement_score",
        "score",
        "created_at",
    ] {
        let document = json!({"email": "evil@example.jp", field: 1});
        for request in [post(document.clone()), patch(lead.id, document)] {
            let answer = app.call_api(&token, request).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{field}");
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(json_of(&answer)["field"], field);
        }
    }
    let path = format!("{LEADS}/{}", lead.id);
    for query in [
        "sort=score",
        "limit=0",
        "limit=201",
        "cursor=1",
        "band=x",
        "email=x",
        "q=%00",
    ] {
        let answer = app.call_api(&token, get(&format!("{LEADS}?{query}"))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
    for query in ["cursor=1", "limit=x", "type=x", "before=1"] {
        let answer = app
            .call_api(&token, get(&format!("{path}/engagements?{query}")))
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
    assert_eq!(app.memory.leads.all(app.tenant()), [lead]);
}

#[actix_web::test]
async fn values_that_cannot_be_stored_are_refused_by_field() {
    let app = TestApp::new().await;
    let token = app.token(&[Scope::LeadsWrite]);
    let lead = app.lead("sato");
    app.lead("taken");
    let foreign = UserId::new().to_string();
    let faults = [
        (json!({"name": "a\u{0}b"}), "name"),
        (json!({"graduation_year": 26}), "graduation_year"),
        (json!({"owner": foreign}), "owner"),
        (json!({"attributes": {"color": "red"}}), "attributes.color"),
    ];
    for (mut document, field) in faults {
        let edited = app.call_api(&token, patch(lead.id, document.clone())).await;
        document["email"] = json!("new@example.jp");
        let created = app.call_api(&token, post(document)).await;
        for answer in [edited, created] {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert_eq!(json_of(&answer)["field"], field);
        }
    }
    let taken = patch(lead.id, json!({"email": "taken@example.jp"}));
    let answer = app.call_api(&token, taken).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(json_of(&answer)["field"], "email");
    assert_eq!(app.stored_lead(lead.id).email, address("sato"));
}

// V-25, V-27
#[actix_web::test]
async fn a_token_reaches_its_own_organisation_and_scope_only() {
    let app = TestApp::new().await;
    let foreign = app.lead_of(TenantId::new(), draft("foreign"));
    let reader = app.token(&[Scope::LeadsRead]);
    let writer = app.token(&[Scope::LeadsWrite]);
    let path = format!("{LEADS}/{}", foreign.id);
    for part in ["", "/engagements", "/score-history"] {
        let answer = app.call_api(&reader, get(&format!("{path}{part}"))).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{part}");
    }
    let edit = patch(foreign.id, json!({"name": "x"}));
    assert_eq!(
        app.call_api(&writer, edit).await.status,
        StatusCode::NOT_FOUND
    );
    let removal = TestRequest::delete().uri(&path);
    assert_eq!(
        app.call_api(&writer, removal).await.status,
        StatusCode::NOT_FOUND
    );
    let all = json_of(&app.call_api(&reader, get(LEADS)).await);
    assert_eq!(all["leads"], json!([]));
    let document = json!({"email": "a@example.jp"});
    let answer = app.call_api(&reader, post(document)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(
        app.call_api(&writer, get(LEADS)).await.status,
        StatusCode::FORBIDDEN
    );
    let viewer = app.sign_in(Role::Admin).await;
    assert_eq!(viewer.get(LEADS).await.status, StatusCode::UNAUTHORIZED);
}
