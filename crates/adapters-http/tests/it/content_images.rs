//! Pictures of mails: taken in from staff, served to everybody (V-31).

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use domain::content::MAX_IMAGE_BYTES;
use domain::ids::TenantId;
use domain::tenancy::Role;

use crate::app::{Answer, Browser, TestApp};

const IMAGES: &str = "/ui/templates/images";
const GIF: &[u8] = b"GIF89a\x02\x00\x03\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x02\x00\x03\x00\x00\x02\x02D\x01\x00;";

fn form(field: &str, name: &str, bytes: &[u8]) -> TestRequest {
    let head = format!(
        "--edge\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
         content-type: image/png\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--edge--\r\n"].concat();
    TestRequest::post()
        .uri(IMAGES)
        .insert_header(("content-type", "multipart/form-data; boundary=edge"))
        .set_payload(body)
}

async fn upload(browser: &Browser<'_>, name: &str, bytes: &[u8]) -> Answer {
    let request = form("file", name, bytes).insert_header(("x-csrf-token", browser.token()));
    browser.send(request).await
}

/// The path of an uploaded picture.
fn path_of(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let (_, path) = answer.body.split_once("http://ondo.test").unwrap();
    path.split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn an_uploaded_picture_is_served_to_whoever_reads_the_mail() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let answer = upload(&marketer, "春.gif", GIF).await;
    let path = path_of(&answer);
    assert!(answer.shows("\"width\":2") && answer.shows("\"height\":3"));
    let seen = app.browser().get(&path).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert_eq!(seen.header("content-type"), "image/gif");
    assert_eq!(seen.header("x-content-type-options"), "nosniff");
    assert_eq!(
        seen.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert!(seen.header("content-security-policy").ends_with("sandbox"));
    assert_eq!(seen.header("set-cookie"), "");
    assert!(marketer.get(IMAGES).await.shows(&path));
    assert_eq!(path_of(&upload(&marketer, "again.gif", GIF).await), path);
}

// V-31
#[actix_web::test]
async fn what_is_no_picture_is_not_kept_whatever_it_is_called() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let before = app.stored();
    let attacks: [&[u8]; 4] = [
        b"<!doctype html><script>alert(document.cookie)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
        b"",
    ];
    for bytes in attacks {
        let answer = upload(&marketer, "a.png", bytes).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bytes:?}");
        assert!(answer.shows("PNG、JPEG、GIF、WebP"), "{}", answer.body);
    }
    let large = [GIF, &vec![0; MAX_IMAGE_BYTES]].concat();
    let answer = upload(&marketer, "a.gif", &large).await;
    assert!(answer.shows("2 MB"), "{}", answer.body);
    assert_eq!(app.stored(), before);
}

// V-31: what is a picture and a page at once is only ever served as the picture.
#[actix_web::test]
async fn a_picture_that_is_also_a_page_is_served_as_a_picture() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let both = [GIF, b"<!doctype html><script>alert(1)</script>"].concat();
    let path = path_of(&upload(&marketer, "page.html", &both).await);
    assert!(!path.contains("html"), "{path}");
    let seen = app.browser().get(&path).await;
    assert_eq!(seen.header("content-type"), "image/gif");
    assert_eq!(seen.header("x-content-type-options"), "nosniff");
    assert!(seen.header("content-security-policy").contains("sandbox"));
}

#[actix_web::test]
async fn a_picture_has_one_address_under_its_own_tenant() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let path = path_of(&upload(&marketer, "春.gif", GIF).await);
    let (tenant, key) = (app.tenant().to_string(), path.rsplit('/').next().unwrap());
    for wrong in [
        path.replace(&tenant, &TenantId::new().to_string()),
        path.replace(key, &key.to_uppercase()),
        format!("/media/{tenant}/..%2f..%2fetc%2fpasswd"),
        format!("/media/x/{key}"),
    ] {
        let answer = app.browser().get(&wrong).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

// V-20
#[actix_web::test]
async fn another_site_uploads_nothing() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let viewer = app.sign_in(Role::Viewer).await;
    let before = app.stored();
    let bare = marketer.send(form("file", "a.gif", GIF)).await;
    assert_eq!(bare.status, StatusCode::FORBIDDEN);
    let forged = form("file", "a.gif", GIF)
        .insert_header(("x-csrf-token", marketer.token()))
        .insert_header(("origin", "https://evil.example"));
    assert_eq!(marketer.send(forged).await.status, StatusCode::FORBIDDEN);
    let refused = upload(&viewer, "a.gif", GIF).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let strange = form("other", "a.gif", GIF).insert_header(("x-csrf-token", marketer.token()));
    assert_eq!(marketer.send(strange).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(app.stored(), before);
}
