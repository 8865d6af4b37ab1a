//! What people and programs see when something goes wrong.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use domain::tenancy::Role;

use crate::app::TestApp;

#[actix_web::test]
async fn a_person_is_told_in_their_language_what_to_do() {
    let app = TestApp::new().await;
    let japanese = app.send(TestRequest::get().uri("/nowhere")).await;
    assert_eq!(japanese.status, StatusCode::NOT_FOUND);
    assert!(japanese.shows("ページが見つかりません"));
    let request = TestRequest::get()
        .uri("/nowhere")
        .insert_header(("accept-language", "en"));
    assert!(app.send(request).await.shows("There is no such page"));
}

#[actix_web::test]
async fn a_program_gets_a_problem_document() {
    let app = TestApp::new().await;
    let answer = app.send(TestRequest::get().uri("/api/v1/nowhere")).await;
    assert_eq!(answer.header("content-type"), "application/problem+json");
    insta::assert_snapshot!(answer.body, @r#"{"type":"urn:ondo:problem:not-found","title":"There is no such thing","status":404}"#);
}

// V-04, V-10
#[actix_web::test]
async fn what_was_sent_is_never_markup_in_the_answer() {
    let app = TestApp::new().await;
    let answer = app.browser().get("/login?%3Cscript%3E=1").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(!answer.shows("<script>"));
    assert!(answer.shows("&lt;script&gt;"));
}

#[actix_web::test]
async fn htmx_shows_a_failure_in_the_corner_and_keeps_the_page() {
    let app = TestApp::new().await;
    let viewer = app.sign_in(Role::Viewer).await;
    let request = TestRequest::get()
        .uri("/ui/settings/users")
        .insert_header(("hx-request", "true"))
        .insert_header(("hx-request-type", "partial"));
    let answer = viewer.send(request).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.header("hx-reswap"), "none");
    let trigger: serde_json::Value = serde_json::from_str(answer.header("hx-trigger")).unwrap();
    assert_eq!(trigger["toast"]["kind"], "danger");
    assert!(trigger["toast"]["text"].as_str().unwrap().contains("権限"));
}

#[actix_web::test]
async fn whoever_signs_in_again_comes_back_to_the_page_and_not_to_a_part_of_it() {
    let app = TestApp::new().await;
    let leads_to = async |current: &'static str| {
        let request = TestRequest::get()
            .uri("/ui/broadcasts/x/progress?seen=testing")
            .insert_header(("hx-request", "true"))
            .insert_header(("hx-current-url", current));
        app.send(request).await.header("hx-redirect").to_owned()
    };
    assert_eq!(
        leads_to("http://ondo.test/ui/broadcasts/x?a=1#b").await,
        "/login?next=%2Fui%2Fbroadcasts%2Fx%3Fa%3D1"
    );
    // V-02
    assert_eq!(leads_to("https://evil.example//evil").await, "/login");
}

#[actix_web::test]
async fn htmx_leads_a_person_whose_session_is_over_to_sign_in() {
    let app = TestApp::new().await;
    let request = TestRequest::get()
        .uri("/ui/settings/account")
        .insert_header(("hx-request", "true"));
    let answer = app.send(request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        answer.header("hx-redirect"),
        "/login?next=%2Fui%2Fsettings%2Faccount"
    );
}

#[actix_web::test]
async fn a_form_beyond_the_limit_is_not_read() {
    let app = TestApp::new().await;
    let browser = app.browser();
    browser.get("/login").await;
    let big = "x".repeat(app.state.limits.form + 1);
    let answer = browser.post("/login", &[("email", &big)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}
