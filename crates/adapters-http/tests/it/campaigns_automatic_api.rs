//! Campaigns for programs (B53).

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::test::TestRequest;
use chrono::Utc;
use domain::ids::{ApiTokenId, CampaignId, StepId, TemplateId};
use domain::tenancy::{
    Actor, ApiToken, ApiTokenStore, AuditAction, AuditEntry, AuditTarget, NewApiToken, Scope,
    random_256,
};
use serde_json::{Value, json};

use crate::app::TestApp;

const CAMPAIGNS: &str = "/api/v1/automation/campaigns";

/// A program that signs in with these scopes.
struct Program<'a> {
    app: &'a TestApp,
    token: String,
}

impl<'a> Program<'a> {
    fn new(app: &'a TestApp, scopes: &[Scope]) -> Self {
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
        let token = text.reveal();
        Self { app, token }
    }

    fn of_both(app: &'a TestApp) -> Self {
        Self::new(app, &[Scope::CampaignsRead, Scope::CampaignsWrite])
    }

    async fn send(&self, request: TestRequest) -> (u16, Value) {
        let bearer = format!("Bearer {}", self.token);
        let answer = self
            .app
            .send(request.insert_header((AUTHORIZATION, bearer)))
            .await;
        let body = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        (answer.status.as_u16(), body)
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.send(TestRequest::get().uri(path)).await
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(TestRequest::post().uri(path).set_json(body))
            .await
    }

    async fn put(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(TestRequest::put().uri(path).set_json(body)).await
    }
}

/// `create_campaign` as the requirement names it (B16).
fn five_steps(templates: &[TemplateId]) -> Value {
    let days = [0, 1, 2, 4, 7];
    let steps = days
        .iter()
        .zip(templates)
        .enumerate()
        .map(|(index, (days, template))| {
            json!({
                "step_order": index + 1,
                "delay_value": days,
                "delay_unit": "days",
                "email_template_id": template,
                "conditions": [],
            })
        });
    json!({
        "name": "診断フォロー",
        "description": "診断のあと",
        "trigger_type": "assessment_completed",
        "trigger_conditions": {},
        "steps": steps.collect::<Vec<_>>(),
    })
}

// B16, B53
#[actix_web::test]
async fn a_program_makes_activates_fills_pauses_and_reads_a_campaign() {
    let app = TestApp::new().await;
    let templates = app.ready_to_send();
    let lead = app.add_lead("佐藤 葵", "sato@example.jp");
    let program = Program::of_both(&app);
    let (status, made) = program.post(CAMPAIGNS, &five_steps(&templates)).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(
        (&made["status"], &made["trigger_type"]),
        (&json!("draft"), &json!("assessment_completed"))
    );
    assert_eq!(made["steps"][4]["step_order"], 5);
    assert_eq!(made["steps"][4]["delay_unit"], "days");
    let one = format!("{CAMPAIGNS}/{}", made["id"].as_str().unwrap());
    let (status, active) = program.post(&format!("{one}/activate"), &json!({})).await;
    assert_eq!(
        (status, &active["status"]),
        (200, &json!("active")),
        "{active}"
    );
    let people = json!({ "lead_ids": [lead], "emails": ["nobody@example.jp"], "key": "exam-1" });
    let (_, enrolled) = program.post(&format!("{one}/enroll"), &people).await;
    assert_eq!(
        enrolled["enrollments"][0]["result"], "enrolled",
        "{enrolled}"
    );
    assert_eq!(enrolled["enrollments"][1]["reason"], "no_such_lead");
    let (_, again) = program.post(&format!("{one}/enroll"), &people).await;
    assert_eq!(again["enrollments"][0]["result"], "already", "{again}");
    assert_eq!(
        again["enrollments"][0]["enrollment_id"],
        enrolled["enrollments"][0]["enrollment_id"]
    );
    let (_, inside) = program
        .get(&format!("{one}/enrollments?status=active"))
        .await;
    assert_eq!(inside["data"][0]["current_step"], 1, "{inside}");
    let (_, paused) = program.post(&format!("{one}/pause"), &json!({})).await;
    assert_eq!(paused["status"], "paused");
    let (status, _) = program.post(&format!("{one}/pause"), &json!({})).await;
    assert_eq!(status, 409);
    let (_, resumed) = program.post(&format!("{one}/resume"), &json!({})).await;
    assert_eq!(resumed["status"], "active");
    let (_, analytics) = program.get(&format!("{one}/analytics")).await;
    assert_eq!(analytics["enrolled"], 1, "{analytics}");
    assert_eq!(analytics["steps"][0]["waiting"], 1);
    for rate in ["open_rate", "click_through_rate", "conversion_rate"] {
        assert_eq!(analytics[rate], 0.0, "{rate}");
    }
}

#[actix_web::test]
async fn a_campaign_is_listed_written_anew_and_deleted() {
    let app = TestApp::new().await;
    let templates = app.ready_to_send();
    let program = Program::of_both(&app);
    let mut body = five_steps(&templates);
    let (_, made) = program.post(CAMPAIGNS, &body).await;
    let one = format!("{CAMPAIGNS}/{}", made["id"].as_str().unwrap());
    body["name"] = json!("書き換え");
    body["steps"].as_array_mut().unwrap().truncate(2);
    let (status, changed) = program.put(&one, &body).await;
    assert_eq!(
        (status, &changed["name"]),
        (200, &json!("書き換え")),
        "{changed}"
    );
    assert_eq!(
        changed["steps"][1]["id"], made["steps"][1]["id"],
        "steps keep their ids"
    );
    program.post(CAMPAIGNS, &five_steps(&templates)).await;
    let (_, first) = program
        .get(&format!("{CAMPAIGNS}?limit=1&status=draft"))
        .await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let (_, second) = program
        .get(&format!("{CAMPAIGNS}?limit=1&cursor={cursor}"))
        .await;
    assert_eq!(second["data"][0]["id"], made["id"]);
    let (status, _) = program.send(TestRequest::delete().uri(&one)).await;
    assert_eq!(status, 204);
    assert_eq!(program.get(&one).await.0, 404);
}

// B11
#[actix_web::test]
async fn a_flow_with_branches_reads_back_as_it_was_written() {
    let app = TestApp::new().await;
    let templates = app.ready_to_send();
    let program = Program::of_both(&app);
    let (mail, condition) = (StepId::new(), StepId::new());
    let send = |id: StepId, template: TemplateId| json!({"id": id, "action": {"type": "send", "template": template}});
    let test = json!({"type": "clicked", "step": mail});
    let branches = json!({"type": "condition", "test": test, "yes": [send(StepId::new(), templates[1])], "no": []});
    let body = json!({
        "name": "分岐",
        "trigger_type": "score_threshold",
        "trigger_conditions": {"score": 80},
        "exits": [{"custom": "applied"}],
        "flow": [send(mail, templates[0]), {"id": condition, "delay": {"value": 3, "unit": "days"}, "action": branches}],
    });
    let (status, made) = program.post(CAMPAIGNS, &body).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(made["steps"][2]["parent_step_id"], json!(condition));
    assert_eq!(made["steps"][2]["branch"], "yes");
    let again = json!({
        "name": made["name"], "trigger_type": made["trigger_type"],
        "trigger_conditions": made["trigger_conditions"], "exits": made["exits"], "flow": made["flow"],
    });
    let one = format!("{CAMPAIGNS}/{}", made["id"].as_str().unwrap());
    let (status, same) = program.put(&one, &again).await;
    assert_eq!((status, &same["flow"]), (200, &made["flow"]), "{same}");
}

// V-28
#[actix_web::test]
async fn what_cannot_be_is_refused_with_its_field() {
    let app = TestApp::new().await;
    let templates = app.ready_to_send();
    let program = Program::of_both(&app);
    let with = |path: &str, value: Value| {
        let mut body = five_steps(&templates);
        match body.pointer_mut(path) {
            Some(place) => *place = value,
            None => body[&path[1..]] = value,
        }
        body
    };
    let end = || json!({"id": StepId::new(), "action": {"type": "end"}});
    let flow = |flow: Value| {
        let mut body = with("/flow", flow);
        body.as_object_mut().unwrap().remove("steps");
        body
    };
    let many = (0..101).map(|_| end()).collect::<Vec<_>>();
    let deep = (0..7).fold(end(), |inner, _| {
        json!({"id": StepId::new(), "action": {"type": "split", "share_a": 50, "a": [inner], "b": []}})
    });
    for (body, status, field) in [
        (with("/name", json!("")), 422, "name"),
        (
            with("/trigger_type", json!("full_moon")),
            422,
            "trigger_type",
        ),
        (
            with("/trigger_conditions", json!({"x": 1})),
            400,
            "trigger_conditions.x",
        ),
        (
            with("/steps/2/delay_value", json!(-1)),
            400,
            "steps[2].delay_value",
        ),
        (
            with("/steps/2/delay_unit", json!("weeks")),
            400,
            "steps[2].delay_unit",
        ),
        (
            with("/steps/1/step_order", json!(7)),
            422,
            "steps[1].step_order",
        ),
        (
            with("/steps/3/email_template_id", json!(TemplateId::new())),
            422,
            "steps[3].email_template_id",
        ),
        (
            with(
                "/steps/0/conditions",
                json!([{"field": "password", "operator": "equals", "value": 1}]),
            ),
            400,
            "steps[0].conditions[0]",
        ),
        (with("/tenant_id", json!("x")), 400, "tenant_id"),
        (with("/flow", json!([])), 400, "steps"),
        (flow(json!(many)), 422, "flow"),
        (flow(json!([deep])), 422, "flow"),
        (
            flow(json!([{"id": StepId::new(), "action": {"type": "end"}, "sql": "1=1"}])),
            400,
            "flow[0].sql",
        ),
    ] {
        let (answered, problem) = program.post(CAMPAIGNS, &body).await;
        assert_eq!(answered, status, "{problem}");
        assert_eq!(problem["field"], field, "{problem}");
    }
    let (_, list) = program.get(CAMPAIGNS).await;
    assert_eq!(list["data"], json!([]), "a refusal left a draft behind");
}

// V-16
#[actix_web::test]
async fn a_bomb_of_nesting_or_size_is_refused() {
    let app = TestApp::new().await;
    let program = Program::of_both(&app);
    let post = |body: String| {
        TestRequest::post()
            .uri(CAMPAIGNS)
            .insert_header(("content-type", "application/json"))
            .set_payload(body)
    };
    let deep = format!(
        "{{\"flow\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert_eq!(program.send(post(deep)).await.0, 400);
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(300 * 1024));
    assert_eq!(program.send(post(large)).await.0, 413);
}

// B13
#[actix_web::test]
async fn a_campaign_with_problems_is_not_activated_and_says_where() {
    let app = TestApp::new().await;
    let template = app.add_template("案内");
    let program = Program::of_both(&app);
    let (_, made) = program.post(CAMPAIGNS, &five_steps(&[template])).await;
    let one = format!("{CAMPAIGNS}/{}", made["id"].as_str().unwrap());
    let (status, problem) = program.post(&format!("{one}/activate"), &json!({})).await;
    assert_eq!(
        (status, &problem["field"]),
        (422, &json!("sender")),
        "{problem}"
    );
    app.say_who_sends();
    let mut body = five_steps(&[template]);
    body["steps"][0]["delay_value"] = json!(3_651);
    program.put(&one, &body).await;
    let (status, problem) = program.post(&format!("{one}/activate"), &json!({})).await;
    assert_eq!(
        (status, &problem["field"]),
        (422, &json!("steps[0].delay_value")),
        "{problem}"
    );
}

#[actix_web::test]
async fn a_repeat_with_the_same_key_makes_nothing_new() {
    let app = TestApp::new().await;
    let templates = app.ready_to_send();
    let program = Program::of_both(&app);
    let mut ids = Vec::new();
    for key in ["k1", "k1", "k2"] {
        let request = TestRequest::post()
            .uri(CAMPAIGNS)
            .set_json(five_steps(&templates));
        let (_, made) = program
            .send(request.insert_header(("idempotency-key", key)))
            .await;
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
}

// V-26, V-27
#[actix_web::test]
async fn each_scope_opens_its_own_half_and_no_other_organisation() {
    let app = TestApp::new().await;
    let templates = app.ready_to_send();
    let reader = Program::new(&app, &[Scope::CampaignsRead, Scope::BroadcastsWrite]);
    let writer = Program::new(&app, &[Scope::CampaignsWrite]);
    let body = five_steps(&templates);
    let forbidden = StatusCode::FORBIDDEN.as_u16();
    assert_eq!(reader.post(CAMPAIGNS, &body).await.0, forbidden);
    assert_eq!(writer.get(CAMPAIGNS).await.0, forbidden);
    let nowhere = format!("{CAMPAIGNS}/{}", CampaignId::new());
    assert_eq!(reader.get(&nowhere).await.0, 404);
    assert_eq!(reader.get(&format!("{nowhere}/analytics")).await.0, 404);
    assert_eq!(writer.put(&nowhere, &body).await.0, 404);
    for act in ["activate", "pause", "resume", "enroll"] {
        let people = json!({ "emails": ["a@example.jp"] });
        let (status, _) = writer.post(&format!("{nowhere}/{act}"), &people).await;
        assert_eq!(status, 404, "{act}");
    }
}
