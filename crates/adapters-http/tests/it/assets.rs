//! Files of the interface and the site tag.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;

use crate::app::TestApp;

#[actix_web::test]
async fn a_file_with_a_hash_in_its_name_is_kept_for_ever() {
    let app = TestApp::new().await;
    let name = web_assets::hashed("app.css").unwrap();
    let path = format!("/assets/{name}");
    let answer = app.send(TestRequest::get().uri(&path)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert!(answer.header("content-type").starts_with("text/css"));
    let etag = answer.header("etag").to_owned();
    let request = TestRequest::get()
        .uri(&path)
        .insert_header(("if-none-match", etag));
    let again = app.send(request).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert_eq!(again.body, "");
}

#[actix_web::test]
async fn a_browser_gets_the_small_form() {
    let app = TestApp::new().await;
    let path = format!("/assets/{}", web_assets::hashed("app.js").unwrap());
    let request = TestRequest::get()
        .uri(&path)
        .insert_header(("accept-encoding", "gzip, br"));
    let answer = app.send(request).await;
    assert_eq!(answer.header("content-encoding"), "br");
    assert_eq!(answer.header("vary"), "Accept-Encoding");
}

// A31
#[actix_web::test]
async fn the_site_tag_is_renewed_within_minutes() {
    let app = TestApp::new().await;
    let answer = app.send(TestRequest::get().uri("/tag.js")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    assert!(answer.header("content-type").starts_with("text/javascript"));
    assert_eq!(
        answer.header("cross-origin-resource-policy"),
        "cross-origin"
    );
}

#[actix_web::test]
async fn nothing_but_our_files_is_served() {
    let app = TestApp::new().await;
    for path in [
        "../Cargo.toml",
        "..%2f..%2fetc/passwd",
        "%2e%2e/x",
        "manifest.json.br",
        "",
    ] {
        let answer = app
            .send(TestRequest::get().uri(&format!("/assets/{path}")))
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}
