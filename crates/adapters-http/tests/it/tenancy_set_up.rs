//! The first run.

use actix_web::http::StatusCode;
use domain::tenancy::{TenantStore, UserStore};

use crate::app::{ORIGIN, PASSWORD, TestApp};

fn fields(password: &str) -> [(&str, &str); 4] {
    [
        ("organisation", "青葉予備校"),
        ("name", "青木 一"),
        ("email", "aoki@example.jp"),
        ("password", password),
    ]
}

#[actix_web::test]
async fn the_first_person_becomes_the_administrator_and_is_signed_in() {
    let app = TestApp::empty(ORIGIN).await;
    let browser = app.browser();
    assert_eq!(browser.get("/").await.leads_to(), "/setup");
    assert_eq!(browser.get("/login").await.leads_to(), "/setup");
    browser.get("/setup").await;
    let answer = browser.post("/setup", &fields(PASSWORD)).await;
    assert_eq!(answer.leads_to(), "/ui/settings");
    assert!(
        browser
            .get("/ui/settings/users")
            .await
            .shows("aoki@example.jp")
    );
    assert_eq!(browser.get("/").await.leads_to(), "/ui/dashboard");
}

// V-34
#[actix_web::test]
async fn afterwards_the_page_is_gone() {
    let app = TestApp::new().await;
    let browser = app.browser();
    assert_eq!(browser.get("/setup").await.status, StatusCode::NOT_FOUND);
    browser.get("/login").await;
    let answer = browser.post("/setup", &fields(PASSWORD)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(TenantStore::list(&*app.tenancy).unwrap().len(), 1);
    assert_eq!(
        UserStore::list(&*app.tenancy, app.tenant()).unwrap().len(),
        1
    );
}

#[actix_web::test]
async fn what_is_wrong_is_said_at_its_field_and_nothing_is_lost() {
    let app = TestApp::empty(ORIGIN).await;
    let browser = app.browser();
    browser.get("/setup").await;
    let short = browser.post("/setup", &fields("short")).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.shows("10文字以上にしてください"));
    assert!(short.shows("value=\"青葉予備校\""));
    assert!(!short.shows("value=\"short\""));
    let empty = [
        ("organisation", " "),
        ("name", ""),
        ("email", "x"),
        ("password", PASSWORD),
    ];
    let answer = browser.post("/setup", &empty).await;
    assert!(answer.shows("メールアドレスの形が正しくありません"));
    assert_eq!(answer.body.matches("入力してください。").count(), 2);
    assert!(TenantStore::list(&*app.tenancy).unwrap().is_empty());
}
