//! Signing in and out.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use domain::tenancy::Role;

use crate::app::{PASSWORD, TestApp};

const HOME: &str = "/ui/dashboard";

#[actix_web::test]
async fn whoever_signs_in_comes_to_the_page_they_asked_for() {
    let app = TestApp::new().await;
    app.add_user(Role::Viewer, "sato@example.jp");
    let browser = app.browser();
    let asked = browser.get("/ui/settings/account?x=1").await;
    let page = browser.get(asked.leads_to()).await;
    assert!(
        page.shows("value=\"/ui/settings/account?x=1\""),
        "{}",
        page.body
    );
    let fields = [
        ("email", "Sato@Example.jp "),
        ("password", PASSWORD),
        ("next", "/ui/settings/account"),
    ];
    let answer = browser.post("/login", &fields).await;
    assert_eq!(answer.leads_to(), "/ui/settings/account");
    assert!(
        browser
            .get("/ui/settings/account")
            .await
            .shows("sato@example.jp")
    );
}

// V-02
#[actix_web::test]
async fn an_evil_next_leads_home() {
    let app = TestApp::new().await;
    app.add_user(Role::Viewer, "sato@example.jp");
    for next in [
        "https://evil",
        "//evil",
        "/\\evil",
        "/%09/evil",
        "https:evil",
    ] {
        let browser = app.browser();
        browser.get("/login").await;
        let fields = [
            ("email", "sato@example.jp"),
            ("password", PASSWORD),
            ("next", next),
        ];
        assert_eq!(
            browser.post("/login", &fields).await.leads_to(),
            HOME,
            "{next}"
        );
    }
}

// V-19
#[actix_web::test]
async fn no_trick_is_a_password() {
    let app = TestApp::new().await;
    app.add_user(Role::Viewer, "sato@example.jp");
    let tricks = [
        "",
        "0",
        "0e462097431906509019562988736854",
        "null",
        "true",
        "{\"$ne\":\"\"}",
    ];
    for trick in tricks {
        let browser = app.browser();
        browser.get("/login").await;
        let fields = [("email", "sato@example.jp"), ("password", trick)];
        let answer = browser.post("/login", &fields).await;
        let refused = [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS];
        assert!(
            refused.contains(&answer.status),
            "{trick}: {}",
            answer.status
        );
        assert_eq!(browser.cookie("ondo_session"), None);
    }
    let browser = app.browser();
    browser.get("/login").await;
    let array = [("email", "sato@example.jp"), ("password[$ne]", "")];
    assert_eq!(
        browser.post("/login", &array).await.status,
        StatusCode::BAD_REQUEST
    );
    let request = TestRequest::post()
        .uri("/login")
        .insert_header(("x-csrf-token", browser.token()))
        .set_json(serde_json::json!({"email": "sato@example.jp", "password": {"$ne": ""}}));
    assert_eq!(
        browser.send(request).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
}

// V-24
#[actix_web::test]
async fn an_unknown_address_is_answered_like_a_wrong_password() {
    let app = TestApp::new().await;
    app.add_user(Role::Viewer, "known@example.jp");
    let browser = app.browser();
    let mut answers = Vec::new();
    for address in ["known@example.jp", "other@example.jp"] {
        browser.get("/login").await;
        let answer = browser
            .post("/login", &[("email", address), ("password", "wrong")])
            .await;
        let policy = answer.header("content-security-policy").to_owned();
        let nonce = policy
            .split_once("'nonce-")
            .unwrap()
            .1
            .split_once('\'')
            .unwrap()
            .0;
        let body = answer.body.replace(nonce, "").replace(address, "");
        answers.push((answer.status, answer.body.len(), body));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn a_planted_session_is_not_the_one_that_is_opened() {
    let app = TestApp::new().await;
    app.add_user(Role::Viewer, "sato@example.jp");
    let attacker = app.sign_in(Role::Viewer).await;
    let planted = attacker.cookie("ondo_session").unwrap();
    let browser = app.browser();
    browser.plant("ondo_session", &planted);
    browser.get("/login").await;
    browser
        .post(
            "/login",
            &[("email", "sato@example.jp"), ("password", PASSWORD)],
        )
        .await;
    assert_ne!(browser.cookie("ondo_session"), Some(planted));
    assert!(
        !attacker
            .get("/ui/settings/account")
            .await
            .shows("sato@example.jp")
    );
}

#[actix_web::test]
async fn after_signing_out_the_old_cookie_opens_nothing() {
    let app = TestApp::new().await;
    let browser = app.sign_in(Role::Viewer).await;
    let old = browser.cookie("ondo_session").unwrap();
    assert_eq!(browser.post("/logout", &[]).await.leads_to(), "/login");
    assert_eq!(browser.cookie("ondo_session"), None);
    assert!(browser.get("/login").await.shows("ログアウトしました"));
    browser.plant("ondo_session", &old);
    assert!(
        browser
            .get("/ui/settings")
            .await
            .leads_to()
            .starts_with("/login")
    );
}

// A61
#[actix_web::test]
async fn guessing_is_slowed_down_with_a_time_to_wait() {
    let app = TestApp::new().await;
    app.add_user(Role::Viewer, "sato@example.jp");
    let browser = app.browser();
    browser.get("/login").await;
    let mut last = None;
    for _ in 0..20 {
        let fields = [("email", "sato@example.jp"), ("password", "wrong")];
        last = Some(browser.post("/login", &fields).await);
    }
    let last = last.unwrap();
    assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
    let fields = [("email", "sato@example.jp"), ("password", PASSWORD)];
    let right = browser.post("/login", &fields).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
}

#[actix_web::test]
async fn the_session_cookie_is_out_of_reach_of_scripts() {
    let app = TestApp::new().await;
    app.add_user(Role::Viewer, "sato@example.jp");
    let browser = app.browser();
    browser.get("/login").await;
    let fields = [("email", "sato@example.jp"), ("password", PASSWORD)];
    let answer = browser.post("/login", &fields).await;
    let cookies: Vec<&str> = answer
        .headers
        .get_all("set-cookie")
        .map(|it| it.to_str().unwrap())
        .collect();
    let session = cookies
        .iter()
        .find(|it| it.starts_with("ondo_session="))
        .unwrap();
    assert!(
        session.contains("; HttpOnly; SameSite=Lax; Path=/"),
        "{session}"
    );
}
