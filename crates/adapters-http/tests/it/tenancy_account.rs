//! One's own password and language.

use actix_web::http::StatusCode;
use domain::tenancy::Role;

use crate::app::{PASSWORD, TestApp};

const NEW: &str = "a much warmer phrase";

fn change<'a>(current: &'a str, repeated: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("current", current),
        ("password", NEW),
        ("repeated", repeated),
    ]
}

// V-23
#[actix_web::test]
async fn a_new_password_ends_every_other_session() {
    let app = TestApp::new().await;
    app.add_user(Role::Viewer, "sato@example.jp");
    let here = app.sign_in_as("sato@example.jp").await;
    let there = app.sign_in_as("sato@example.jp").await;
    let answer = here
        .post("/ui/settings/account/password", &change(PASSWORD, NEW))
        .await;
    assert_eq!(answer.leads_to(), "/ui/settings/account");
    assert!(
        there
            .get("/ui/settings")
            .await
            .leads_to()
            .starts_with("/login")
    );
    assert_eq!(here.get("/ui/settings").await.status, StatusCode::OK);
}

#[actix_web::test]
async fn the_old_password_is_asked_for() {
    let app = TestApp::new().await;
    let here = app.sign_in(Role::Viewer).await;
    let answer = here
        .post("/ui/settings/account/password", &change("wrong", NEW))
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.shows("現在のパスワードが違います"));
    let answer = here
        .post("/ui/settings/account/password", &change(PASSWORD, "other"))
        .await;
    assert!(answer.shows("新しいパスワードと一致しません"));
}

// D24
#[actix_web::test]
async fn the_language_is_the_person_s_own() {
    let app = TestApp::new().await;
    let here = app.sign_in(Role::Viewer).await;
    let other = app.sign_in(Role::Viewer).await;
    let fields = [("locale", "en"), ("return_to", "/ui/settings/account")];
    let answer = here.post("/ui/settings/account/language", &fields).await;
    assert_eq!(answer.leads_to(), "/ui/settings/account");
    assert!(here.get("/ui/settings").await.shows("<html lang=\"en\">"));
    assert!(other.get("/ui/settings").await.shows("<html lang=\"ja\">"));
    let back = [("locale", ""), ("return_to", "//evil")];
    let answer = here.post("/ui/settings/account/language", &back).await;
    assert_eq!(answer.leads_to(), "/ui/dashboard");
    assert!(here.get("/ui/settings").await.shows("<html lang=\"ja\">"));
    let unknown = here
        .post("/ui/settings/account/language", &[("locale", "xx")])
        .await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}
