//! Adding, editing and deleting a lead.

use actix_web::http::StatusCode;
use domain::ids::UserId;
use domain::leads::{AttributeDefinition, AttributeKind, LeadListing, LeadStore};
use domain::tenancy::Role;
use test_support::builders::leads::{address, tags};

use crate::app::TestApp;

fn define(app: &TestApp, key: &str, kind: AttributeKind) {
    let attribute = AttributeDefinition {
        key: key.to_owned(),
        label: key.to_uppercase(),
        kind,
        created_at: chrono::Utc::now(),
    };
    app.memory
        .leads
        .define_attributes(app.tenant(), &[attribute])
        .unwrap();
}

#[actix_web::test]
async fn a_lead_is_added_as_it_was_typed() {
    let app = TestApp::new().await;
    define(&app, "budget", AttributeKind::Number);
    let sales = app.sign_in(Role::Sales).await;
    assert!(sales.get("/ui/leads/new").await.shows("BUDGET"));
    let owner = app.add_user(Role::Sales, "owner@example.jp").id;
    let owner_id = owner.to_string();
    let fields = [
        ("email", "ＳＡＴＯ@example.jp"),
        ("name", "佐藤 花子"),
        ("graduation_year", "２０２７年度"),
        ("owner", owner_id.as_str()),
        ("tags", "資料請求、OC"),
        ("attribute_key", "budget"),
        ("attribute_value", "1,200"),
    ];
    let answer = sales.post("/ui/leads/new", &fields).await;
    let email = address("sato");
    let found = app.memory.leads.find_by_email(app.tenant(), &email);
    let lead = found.unwrap().unwrap();
    assert_eq!(answer.leads_to(), format!("/ui/leads/{}", lead.id));
    assert_eq!(lead.name.as_deref(), Some("佐藤 花子"));
    assert_eq!(lead.graduation_year, Some(2027));
    assert_eq!(lead.owner, Some(owner));
    assert_eq!(lead.tags, tags(&["OC", "資料請求"]));
    assert_eq!(lead.attributes["budget"].to_string(), "1200");
    assert_eq!(app.audited()[0], "lead.created");
    let page = sales.get(answer.leads_to()).await;
    assert!(page.shows("リードを追加しました") && page.shows("owner@example.jp"));
    let again = sales.post("/ui/leads/new", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.shows("すでに登録されています"));
}

#[actix_web::test]
async fn what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost() {
    let app = TestApp::new().await;
    let sales = app.sign_in(Role::Sales).await;
    let stranger = UserId::new().to_string();
    let fields = [
        ("email", "sato@example.jp"),
        ("name", "佐藤"),
        ("graduation_year", "来年"),
        ("owner", stranger.as_str()),
    ];
    let answer = sales.post("/ui/leads/new", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.shows("数字で入力してください"));
    assert!(answer.shows("利用者として登録されていません"));
    assert!(answer.shows("value=\"佐藤\"") && answer.shows("value=\"来年\""));
    let answer = sales.post("/ui/leads/new", &[("name", "佐藤")]).await;
    assert!(answer.shows("メールアドレスがありません"));
    assert!(app.memory.leads.all(app.tenant()).is_empty());
}

#[actix_web::test]
async fn an_edit_replaces_what_was_shown() {
    let app = TestApp::new().await;
    define(&app, "budget", AttributeKind::Number);
    define(&app, "visited", AttributeKind::Boolean);
    let sales = app.sign_in(Role::Sales).await;
    let lead = app.lead("sato");
    let path = format!("/ui/leads/{}/edit", lead.id);
    assert!(sales.get(&path).await.shows("value=\"sato@example.jp\""));
    let fields = [
        ("email", "hanako@example.jp"),
        ("name", ""),
        ("company", "青山商事"),
        ("attribute_key", "budget"),
        ("attribute_value", ""),
        ("attribute_key", "visited"),
        ("attribute_value", "true"),
    ];
    let answer = sales.post(&path, &fields).await;
    assert_eq!(answer.leads_to(), format!("/ui/leads/{}", lead.id));
    let edited = app.stored_lead(lead.id);
    assert_eq!(edited.email, address("hanako"));
    assert_eq!(edited.name, None);
    assert_eq!(edited.company.as_deref(), Some("青山商事"));
    assert_eq!(edited.attributes.len(), 1);
    assert_eq!(app.audited()[0], "lead.changed");
    let page = sales.get(answer.leads_to()).await;
    assert!(page.shows("VISITED") && page.shows("はい"));
    app.lead("taken");
    let answer = sales.post(&path, &[("email", "taken@example.jp")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

// V-28
#[actix_web::test]
async fn no_form_reaches_ids_scores_or_dates() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let lead = app.lead("sato");
    let path = format!("/ui/leads/{}/edit", lead.id);
    for field in [
        "id",
        "tenant_id",
        "score",
        "engagement_score",
        "band",
        "created_at",
    ] {
        let fields = [("email", "evil@example.jp"), (field, "1")];
        for path in ["/ui/leads/new", path.as_str()] {
            let answer = admin.post(path, &fields).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {field}");
        }
    }
    assert_eq!(app.memory.leads.all(app.tenant()), [lead]);
}

#[actix_web::test]
async fn a_deletion_says_what_it_takes_along_and_is_written_down() {
    let app = TestApp::new().await;
    let sales = app.sign_in(Role::Sales).await;
    let lead = app.lead("sato");
    let path = format!("/ui/leads/{}", lead.id);
    let page = sales.get(&path).await;
    assert!(page.shows("「sato」を削除しますか"));
    assert!(page.shows("元に戻せません"));
    let answer = sales.post(&format!("{path}/delete"), &[]).await;
    assert_eq!(answer.leads_to(), "/ui/leads");
    assert_eq!(sales.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.audited()[0], "lead.deleted");
    assert!(app.memory.leads.all(app.tenant()).is_empty());
}
