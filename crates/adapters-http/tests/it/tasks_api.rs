//! Tasks for programs.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use domain::ids::{LeadId, TaskId, UserId};
use domain::tenancy::{Role, Scope};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

const TASKS: &str = "/api/v1/tasks";

fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", answer.body))
}

fn post(document: &Value) -> TestRequest {
    TestRequest::post().uri(TASKS).set_json(document)
}

fn patch(id: &str, document: &Value) -> TestRequest {
    TestRequest::patch()
        .uri(&format!("{TASKS}/{id}"))
        .set_json(document)
}

fn writer(app: &TestApp) -> String {
    app.token(&[Scope::TasksRead, Scope::TasksWrite])
}

#[actix_web::test]
async fn a_task_is_opened_read_and_completed() {
    let app = TestApp::new().await;
    let token = writer(&app);
    let lead = app.lead("tanaka").id;
    let user = app.add_user(Role::Sales, "sato@example.jp").id;
    let document = json!({
        "title": "架電", "lead_id": lead, "assigned_to": user, "priority": "high",
        "task_type": "proposal", "due_at": "2026-11-24T09:30:00+09:00",
    });
    let created = app.call_api(&token, post(&document)).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    let task = json_of(&created);
    let id = task["id"].as_str().unwrap();
    assert_eq!(created.header("location"), format!("{TASKS}/{id}"));
    assert_eq!(task["due_at"], "2026-11-24T00:30:00Z");
    assert_eq!(
        (&task["status"], &task["completed_at"]),
        (&json!("open"), &Value::Null)
    );

    let change = json!({"status": "completed", "assigned_to": null});
    let changed = app.call_api(&token, patch(id, &change)).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    let changed = json_of(&changed);
    assert_eq!(
        (&changed["title"], &changed["priority"]),
        (&task["title"], &task["priority"])
    );
    assert_eq!(changed["assigned_to"], Value::Null);
    assert!(changed["completed_at"].is_string());
    let audited = app.audited();
    assert_eq!(&audited[..2], ["task.changed", "task.created"]);
}

#[actix_web::test]
async fn a_list_is_walked_page_by_page_and_filtered() {
    let app = TestApp::new().await;
    let token = writer(&app);
    for number in 0..5 {
        let status = if number == 0 { "cancelled" } else { "open" };
        let document = json!({"title": number.to_string(), "status": status});
        app.call_api(&token, post(&document)).await;
    }
    let get = |query: String| {
        let request = TestRequest::get().uri(&format!("{TASKS}?{query}"));
        app.call_api(&token, request)
    };
    let (mut titles, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page = json_of(&get(query).await);
        for task in page["tasks"].as_array().unwrap() {
            titles.push(task["title"].as_str().unwrap().to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("limit=2&cursor={cursor}");
    }
    titles.sort();
    assert_eq!(titles, ["0", "1", "2", "3", "4"]);
    let cancelled = json_of(&get("status=cancelled&status=completed".to_owned()).await);
    assert_eq!(cancelled["tasks"].as_array().unwrap().len(), 1);
    for wrong in ["status=gone", "limit=0", "cursor=x", "sort=title"] {
        let answer = get(wrong.to_owned()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[actix_web::test]
async fn what_a_program_may_not_write_is_refused_by_name() {
    // V-25, V-28
    let app = TestApp::new().await;
    let token = writer(&app);
    let sato = app.add_user(Role::Sales, "sato@example.jp");
    for (document, status, field) in [
        (json!({"title": " "}), 422, "title"),
        (json!({"title": "長".repeat(256)}), 422, "title"),
        (
            json!({"title": "x", "lead_id": LeadId::new()}),
            422,
            "lead_id",
        ),
        (
            json!({"title": "x", "assigned_to": UserId::new()}),
            422,
            "assigned_to",
        ),
        (
            json!({"title": "x", "priority": "highest"}),
            400,
            "priority",
        ),
        (json!({"title": "x", "id": TaskId::new()}), 400, "id"),
        (
            json!({"title": "x", "campaign_id": TaskId::new()}),
            400,
            "campaign_id",
        ),
        (
            json!({"title": "x", "completed_at": "2026-11-24T00:00:00Z"}),
            400,
            "completed_at",
        ),
    ] {
        let answer = app.call_api(&token, post(&document)).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{document}: {}",
            answer.body
        );
        assert_eq!(json_of(&answer)["field"], field, "{document}");
    }
    let hers = json!({"title": "x", "assigned_to": sato.id});
    let created = app.call_api(&token, post(&hers)).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let nobody = patch(&TaskId::new().to_string(), &json!({"title": "x"}));
    assert_eq!(
        app.call_api(&token, nobody).await.status,
        StatusCode::NOT_FOUND
    );
}

#[actix_web::test]
async fn a_reader_writes_nothing() {
    let app = TestApp::new().await;
    let reader = app.token(&[Scope::TasksRead, Scope::LeadsWrite]);
    let answer = app.call_api(&reader, post(&json!({"title": "x"}))).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
