//! Building campaigns, activating them, and watching them.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use chrono::Utc;
use domain::campaigns::{
    Campaign, CampaignStatus, CampaignStore, EnrollmentStatus, EnrollmentStore,
};
use domain::ids::{CampaignId, TemplateId, TenantId};
use domain::tenancy::Role;
use serde_json::{Value, json};

use crate::app::{Answer, Browser, TestApp};

impl TestApp {
    /// A campaign as it is stored.
    pub(crate) fn campaign(&self, id: CampaignId) -> Campaign {
        self.found(id).unwrap()
    }

    fn found(&self, id: CampaignId) -> Option<Campaign> {
        CampaignStore::find(&*self.memory.mail, self.tenant(), id).unwrap()
    }

    /// Everything that keeps the assessment recipe from being activated is there.
    pub(crate) fn ready_to_send(&self) -> Vec<TemplateId> {
        self.say_who_sends();
        let names = [
            "お礼",
            "詳しいレポート",
            "導入事例",
            "個別相談のご案内",
            "期間限定のご案内",
        ];
        names.map(|name| self.add_template(name)).into()
    }
}

/// Makes a draft from a recipe, as a person does.
pub(crate) async fn from_recipe(browser: &Browser<'_>, recipe: &str) -> CampaignId {
    let answer = browser.post("/ui/campaigns", &[("recipe", recipe)]).await;
    let target = answer.leads_to().to_owned();
    let id = target.strip_prefix("/ui/campaigns/").unwrap();
    id.strip_suffix("/edit").unwrap().parse().unwrap()
}

/// The document that the builder's page carries.
pub(crate) async fn context(browser: &Browser<'_>, id: CampaignId) -> Value {
    let page = browser.get(&format!("/ui/campaigns/{id}/edit")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let (_, rest) = page.body.split_once("data-campaign=\"").unwrap();
    let (text, _) = rest.split_once('"').unwrap();
    let text = text
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&#x2F;", "/")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    serde_json::from_str(&text).unwrap()
}

pub(crate) async fn put(browser: &Browser<'_>, id: CampaignId, body: &Value) -> Answer {
    let request = TestRequest::put()
        .uri(&format!("/ui/campaigns/{id}/definition"))
        .insert_header(("x-csrf-token", browser.token()))
        .set_json(body);
    browser.send(request).await
}

fn said(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", answer.body))
}

// B10, B67
#[actix_web::test]
async fn an_empty_list_offers_recipes_that_become_drafts() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let empty = marketer.get("/ui/campaigns").await;
    for text in [
        "シナリオがまだありません",
        "診断フォロー",
        "資料請求フォロー",
        "休眠掘り起こし",
    ] {
        assert!(empty.shows(text), "{text}");
    }
    for recipe in ["assessment", "request", "dormant"] {
        let id = from_recipe(&marketer, recipe).await;
        assert_eq!(app.campaign(id).status, CampaignStatus::Draft);
    }
    let list = marketer.get("/ui/campaigns").await;
    assert!(list.shows("診断完了時"));
    assert!(list.shows("作成を続ける"));
    let found = marketer.get("/ui/campaigns?q=%E8%A8%BA%E6%96%AD").await;
    assert!(found.shows("診断フォロー") && !found.shows("手動で追加"));
    let none = marketer.get("/ui/campaigns?status=active").await;
    assert!(none.shows("条件に合うシナリオがありません"));
    assert_eq!(
        marketer.get("/ui/campaigns?status=warm").await.status,
        StatusCode::BAD_REQUEST
    );
}

#[actix_web::test]
async fn what_is_built_is_saved_and_says_what_is_missing() {
    let app = TestApp::new().await;
    let template = app.add_template("ご案内");
    let marketer = app.sign_in(Role::Marketer).await;
    let id = from_recipe(&marketer, "assessment").await;
    let mut context = context(&marketer, id).await;
    assert_eq!(context["definition"]["steps"].as_array().unwrap().len(), 5);
    let problems = context["problems"].as_array().unwrap();
    // Five templates that are not chosen, five items of the sender.
    assert_eq!(problems.len(), 10, "{problems:?}");
    context["definition"]["name"] = json!("診断のあと");
    context["definition"]["steps"][0]["action"]["template"] = json!(template);
    let body = json!({ "definition": context["definition"], "seen": context["seen"] });
    let saved = put(&marketer, id, &body).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    assert_eq!(said(&saved)["problems"].as_array().unwrap().len(), 9);
    assert_eq!(app.campaign(id).definition.name, "診断のあと");
    let mut again = body;
    again["seen"] = said(&saved)["seen"].clone();
    assert_eq!(put(&marketer, id, &again).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn whoever_saves_second_is_told_and_overwrites_nothing() {
    let app = TestApp::new().await;
    let (first, second) = (
        app.sign_in(Role::Marketer).await,
        app.sign_in(Role::Marketer).await,
    );
    let id = from_recipe(&first, "request").await;
    let (mut one, mut two) = (context(&first, id).await, context(&second, id).await);
    let body =
        |context: &Value| json!({ "definition": context["definition"], "seen": context["seen"] });
    one["definition"]["name"] = json!("一人目");
    two["definition"]["name"] = json!("二人目");
    assert_eq!(put(&first, id, &body(&one)).await.status, StatusCode::OK);
    let late = put(&second, id, &body(&two)).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
    assert_eq!(app.campaign(id).definition.name, "一人目");
}

// V-28
#[actix_web::test]
async fn what_is_no_definition_is_refused_and_nothing_is_lost() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let id = from_recipe(&marketer, "assessment").await;
    let before = app.campaign(id);
    let context = context(&marketer, id).await;
    let with = |field: &str, value: Value| {
        let mut definition = context["definition"].clone();
        definition[field] = value;
        json!({ "definition": definition, "seen": context["seen"] })
    };
    let condition = json!([{"field": "industry", "operator": "equals", "value": ""}]);
    let deep = (0..200).fold(json!([]), |inner, _| {
        json!([{"id": TemplateId::new(), "action": {"type": "split", "share_a": 50, "a": inner, "b": []}}])
    });
    for (field, value, status) in [
        ("name", json!("　"), 422),
        ("name", json!("長".repeat(256)), 422),
        ("entry", condition, 400),
        ("trigger", json!({"type": "full_moon"}), 400),
        ("tenant_id", json!("x"), 400),
        ("steps", deep, 400),
        ("description", json!("大".repeat(100_000)), 413),
    ] {
        let answer = put(&marketer, id, &with(field, value)).await;
        assert_eq!(answer.status.as_u16(), status, "{field}: {}", answer.body);
    }
    assert_eq!(app.campaign(id), before);
}

// V-04
#[actix_web::test]
async fn a_name_cannot_break_out_of_the_page() {
    let app = TestApp::new().await;
    app.add_template("</script><script>alert(1)</script>\"'>");
    let marketer = app.sign_in(Role::Marketer).await;
    let id = from_recipe(&marketer, "assessment").await;
    let mut context = context(&marketer, id).await;
    let evil = "</script><script>alert(1)</script>\" onload=\"x";
    context["definition"]["name"] = json!(evil);
    context["definition"]["steps"][0]["name"] = json!(evil);
    let body = json!({ "definition": context["definition"], "seen": context["seen"] });
    assert_eq!(put(&marketer, id, &body).await.status, StatusCode::OK);
    for path in ["", "/edit", "/activate", "/people", "/enroll"] {
        let page = marketer.get(&format!("/ui/campaigns/{id}{path}")).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.body.contains("<script>alert"), "{path}");
        assert!(!page.body.contains("\" onload=\"x"), "{path}");
    }
}

// B13
#[actix_web::test]
async fn a_campaign_is_activated_once_nothing_is_missing() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let id = from_recipe(&marketer, "assessment").await;
    let look = format!("/ui/campaigns/{id}/activate");
    let page = marketer.get(&look).await;
    assert!(page.shows("まだ有効化できません") && page.shows("/ui/settings/sender"));
    assert_eq!(marketer.post(&look, &[]).await.leads_to(), look);
    assert_eq!(app.campaign(id).status, CampaignStatus::Draft);

    app.ready_to_send();
    let id = from_recipe(&marketer, "assessment").await;
    let look = format!("/ui/campaigns/{id}/activate");
    assert!(!marketer.get(&look).await.shows("まだ有効化できません"));
    let answer = marketer.post(&look, &[]).await;
    assert_eq!(answer.leads_to(), format!("/ui/campaigns/{id}"));
    let active = app.campaign(id);
    assert_eq!((active.status, active.version), (CampaignStatus::Active, 1));
    let again = marketer.get(&look).await;
    assert!(again.shows("編集内容を誰に適用しますか") && again.shows("いま中にいる人も"));
    marketer.post(&look, &[("move_along", "true")]).await;
    assert_eq!(app.campaign(id).version, 2);
}

// complaint 11
#[actix_web::test]
async fn a_campaign_is_paused_resumed_and_completed() {
    let app = TestApp::new().await;
    app.ready_to_send();
    let marketer = app.sign_in(Role::Marketer).await;
    let id = from_recipe(&marketer, "assessment").await;
    let way = |act: &str| format!("/ui/campaigns/{id}/{act}");
    marketer.post(&way("resume"), &[]).await;
    assert_eq!(
        app.campaign(id).status,
        CampaignStatus::Draft,
        "checks cannot be skipped"
    );
    marketer.post(&way("activate"), &[]).await;
    marketer.post(&way("pause"), &[]).await;
    assert_eq!(app.campaign(id).status, CampaignStatus::Paused);
    assert!(
        marketer
            .get(&way("")[..way("").len() - 1])
            .await
            .shows("止めていた時間だけ")
    );
    marketer.post(&way("resume"), &[]).await;
    assert_eq!(app.campaign(id).status, CampaignStatus::Active);
    marketer.post(&way("complete"), &[]).await;
    assert_eq!(app.campaign(id).status, CampaignStatus::Completed);
}

#[actix_web::test]
async fn a_draft_is_copied_and_deleted_and_what_ran_is_kept() {
    let app = TestApp::new().await;
    app.ready_to_send();
    let marketer = app.sign_in(Role::Marketer).await;
    let id = from_recipe(&marketer, "request").await;
    let copied = marketer
        .post(&format!("/ui/campaigns/{id}/copy"), &[])
        .await;
    let copy: CampaignId = copied
        .leads_to()
        .split('/')
        .nth(3)
        .unwrap()
        .parse()
        .unwrap();
    let (old, new) = (app.campaign(id), app.campaign(copy));
    assert_ne!(
        old.definition.flow.steps[0].id,
        new.definition.flow.steps[0].id
    );
    assert_eq!(
        old.definition.flow.placed().len(),
        new.definition.flow.placed().len()
    );
    let answer = marketer
        .post(&format!("/ui/campaigns/{id}/delete"), &[])
        .await;
    assert_eq!(answer.leads_to(), "/ui/campaigns");
    assert_eq!(app.found(id), None);
}

// B14, B17, B59
#[actix_web::test]
async fn a_person_is_put_in_followed_stopped_and_taken_out() {
    let app = TestApp::new().await;
    app.ready_to_send();
    let marketer = app.sign_in(Role::Marketer).await;
    let id = from_recipe(&marketer, "assessment").await;
    let lead = app.add_lead("佐藤 葵", "sato@example.jp");
    let enroll = format!("/ui/campaigns/{id}/enroll");
    let put_in = || marketer.post(&enroll, &[]);
    assert_eq!(put_in().await.status, StatusCode::BAD_REQUEST);
    let lead_text = lead.to_string();
    let early = marketer.post(&enroll, &[("lead", &lead_text)]).await;
    assert_eq!(early.leads_to(), enroll, "a draft lets nobody in");
    marketer
        .post(&format!("/ui/campaigns/{id}/activate"), &[])
        .await;
    assert!(
        marketer
            .get(&format!("{enroll}?q=%E4%BD%90%E8%97%A4"))
            .await
            .shows("佐藤 葵")
    );
    let person = marketer.post(&enroll, &[("lead", &lead_text)]).await;
    let person = person.leads_to().to_owned();
    let again = marketer.post(&enroll, &[("lead", &lead_text)]).await;
    assert_eq!(again.leads_to(), person, "nobody is in it twice");
    assert!(marketer.get(&person).await.shows("1. お礼"));
    let people = format!("/ui/campaigns/{id}/people");
    assert!(marketer.get(&people).await.shows("佐藤 葵"));
    assert!(
        !marketer
            .get(&format!("{people}?status=completed"))
            .await
            .shows("佐藤 葵")
    );
    let status = || {
        let all = EnrollmentStore::of_lead(&*app.memory.mail, app.tenant(), lead).unwrap();
        all[0].enrollment.status
    };
    marketer.post(&format!("{person}/pause"), &[]).await;
    assert_eq!(status(), EnrollmentStatus::Paused);
    assert!(
        marketer
            .get(&person)
            .await
            .shows("この人だけ一時停止中です")
    );
    marketer.post(&format!("{person}/resume"), &[]).await;
    assert_eq!(status(), EnrollmentStatus::Active);
    let of_lead = marketer.get(&format!("/ui/leads/{lead}")).await;
    assert!(of_lead.shows("診断フォロー") && of_lead.shows("進行中"));
    marketer.post(&format!("{person}/remove"), &[]).await;
    assert_eq!(status(), EnrollmentStatus::Exited);
    assert!(marketer.get(&person).await.shows("途中で終了しました"));
}

// V-26
#[actix_web::test]
async fn a_campaign_of_another_organisation_does_not_exist() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let id = from_recipe(&marketer, "assessment").await;
    let foreign = Campaign {
        id: CampaignId::new(),
        ..app.campaign(id)
    };
    CampaignStore::create(&*app.memory.mail, TenantId::new(), &foreign).unwrap();
    let context = context(&marketer, id).await;
    let body = json!({ "definition": context["definition"], "seen": Utc::now() });
    assert_eq!(
        put(&marketer, foreign.id, &body).await.status,
        StatusCode::NOT_FOUND
    );
    for path in ["", "/edit", "/activate", "/people", "/enroll"] {
        let page = marketer
            .get(&format!("/ui/campaigns/{}{path}", foreign.id))
            .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
    }
    for act in ["activate", "pause", "resume", "complete", "delete", "copy"] {
        let path = format!("/ui/campaigns/{}/{act}", foreign.id);
        assert_eq!(
            marketer.post(&path, &[]).await.status,
            StatusCode::NOT_FOUND,
            "{act}"
        );
    }
    assert!(
        !marketer
            .get("/ui/campaigns")
            .await
            .body
            .contains(&foreign.id.to_string())
    );
}
