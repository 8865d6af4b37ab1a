//! The people who may sign in.

use actix_web::http::StatusCode;
use domain::tenancy::{Role, UserStore};

use crate::app::{PASSWORD, TestApp};

const USERS: &str = "/ui/settings/users";

fn person<'a>(name: &'a str, email: &'a str, role: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("name", name), ("email", email), ("role", role)]
}

#[actix_web::test]
async fn a_new_person_can_sign_in_with_the_first_password() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    assert_eq!(
        admin.get("/ui/settings/users/new").await.status,
        StatusCode::OK
    );
    let mut fields = person("佐藤 <b>花子</b>", "sato@example.jp", "sales");
    fields.push(("password", PASSWORD));
    assert_eq!(admin.post(USERS, &fields).await.leads_to(), USERS);
    let list = admin.get(USERS).await;
    assert!(
        list.shows("佐藤 &lt;b&gt;花子&lt;/b&gt; さんを追加しました"),
        "{}",
        list.body
    );
    assert!(
        !admin.get(USERS).await.shows("追加しました"),
        "the message is shown twice"
    );
    app.sign_in_as("sato@example.jp").await;
}

#[actix_web::test]
async fn an_address_is_used_once() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let mut fields = person("佐藤", "AOKI@example.jp", "sales");
    fields.push(("password", PASSWORD));
    let answer = admin.post(USERS, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.shows("このメールアドレスはすでに使われています"));
    assert!(answer.shows("value=\"佐藤\""));
}

// V-23
#[actix_web::test]
async fn a_new_role_or_a_closed_account_ends_the_sessions() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let user = app.add_user(Role::Sales, "sato@example.jp");
    let path = format!("{USERS}/{}", user.id);
    for (role, is_active) in [("viewer", true), ("viewer", false)] {
        let sato = app.sign_in_as("sato@example.jp").await;
        let mut fields = person("佐藤", "sato@example.jp", role);
        fields.extend(is_active.then_some(("is_active", "true")));
        assert_eq!(admin.post(&path, &fields).await.leads_to(), USERS);
        assert!(
            sato.get("/ui/settings")
                .await
                .leads_to()
                .starts_with("/login")
        );
    }
    let browser = app.browser();
    browser.get("/login").await;
    let fields = [("email", "sato@example.jp"), ("password", PASSWORD)];
    assert_eq!(
        browser.post("/login", &fields).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[actix_web::test]
async fn the_last_administrator_stays() {
    let app = TestApp::new().await;
    let admin = app.sign_in_as("aoki@example.jp").await;
    let id = UserStore::list(&*app.tenancy, app.tenant()).unwrap()[0].id;
    let mut fields = person("青木 一", "aoki@example.jp", "viewer");
    fields.push(("is_active", "true"));
    let answer = admin.post(&format!("{USERS}/{id}"), &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.shows("最後の管理者です"));
}

// V-23
#[actix_web::test]
async fn a_forgotten_password_is_replaced_and_old_sessions_end() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let user = app.add_user(Role::Sales, "sato@example.jp");
    let sato = app.sign_in_as("sato@example.jp").await;
    let path = format!("{USERS}/{}/password", user.id);
    let short = admin.post(&path, &[("password", "short")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.shows("10文字以上にしてください"));
    let answer = admin
        .post(&path, &[("password", "an entirely new phrase")])
        .await;
    assert_eq!(answer.leads_to(), USERS);
    assert!(
        sato.get("/ui/settings")
            .await
            .leads_to()
            .starts_with("/login")
    );
}

// V-25
#[actix_web::test]
async fn somebody_who_is_not_there_is_not_found() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    for id in ["01993000-0000-7000-8000-000000000001", "x", "1"] {
        let path = format!("{USERS}/{id}");
        assert_eq!(admin.get(&path).await.status, StatusCode::NOT_FOUND, "{id}");
        let fields = person("x", "x@example.jp", "admin");
        assert_eq!(
            admin.post(&path, &fields).await.status,
            StatusCode::NOT_FOUND,
            "{id}"
        );
    }
}

// V-28
#[actix_web::test]
async fn a_form_brings_only_its_own_fields() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let user = app.add_user(Role::Sales, "sato@example.jp");
    for field in ["id", "tenant_id", "password_hash", "created_at"] {
        let mut fields = person("佐藤", "sato@example.jp", "sales");
        fields.push((field, "x"));
        let answer = admin.post(&format!("{USERS}/{}", user.id), &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{field}");
        assert!(answer.shows(field));
    }
}
