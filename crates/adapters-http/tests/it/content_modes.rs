//! The ways in which a template can be written, its versions and its looks.

use actix_web::http::StatusCode;
use domain::content::{TemplateMode, TemplateStore};
use domain::tenancy::Role;

use crate::app::{Browser, TestApp};

const TEMPLATES: &str = "/ui/templates";

fn form<'a>(mode: &'a str, body: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", "春の案内"),
        ("mode", mode),
        ("subject", "{{ name or \"お客\" }}様へ"),
        ("body", body),
        ("text", ""),
    ]
}

fn mjml(inner: &str) -> String {
    format!(
        "<mjml><mj-body><mj-section><mj-column>{inner}</mj-column></mj-section></mj-body></mjml>"
    )
}

async fn keep(browser: &Browser<'_>, mode: &str, body: &str) -> String {
    let made = browser.post(TEMPLATES, &form(mode, body)).await;
    made.leads_to().to_owned()
}

#[actix_web::test]
async fn a_new_template_begins_with_a_mode_or_a_starter() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let choice = marketer.get("/ui/templates/new").await;
    for words in [
        "ビジュアル",
        "コード",
        "テキスト",
        "この雛形から作る",
        "説明会・オープンキャンパスのご案内",
    ] {
        assert!(choice.shows(words), "{words}");
    }
    let framed = marketer.get("/ui/templates/starters/open-campus").await;
    assert!(
        framed.shows("見本 花子様") && framed.shows("2027年にご卒業の方"),
        "{}",
        framed.body
    );
    let editor = marketer.get("/ui/templates/new?starter=open-campus").await;
    assert!(
        editor.shows("data-visual-editor") && editor.shows("&lt;mjml lang"),
        "{}",
        editor.body
    );
    for nowhere in ["?starter=nothing", "?mode=word"] {
        let answer = marketer.get(&format!("/ui/templates/new{nowhere}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}

#[actix_web::test]
async fn only_the_editors_may_style_inline_and_nobody_may_script() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    for (mode, may) in [("visual", true), ("code", true), ("plain", false)] {
        let editor = marketer
            .get(&format!("/ui/templates/new?mode={mode}"))
            .await;
        let policy = editor.header("content-security-policy");
        assert_eq!(
            policy.contains("style-src 'self' 'unsafe-inline'"),
            may,
            "{mode}"
        );
        let (_, scripts) = policy.split_once("script-src ").unwrap();
        let scripts = scripts.split(';').next().unwrap();
        assert!(
            !scripts.contains("unsafe") && scripts.contains("'nonce-"),
            "{scripts}"
        );
    }
}

#[actix_web::test]
async fn a_visual_template_is_sent_as_it_was_previewed() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let body = mjml(
        "<mj-text>{{ name }}様</mj-text><mj-text data-show-if=\"company\">{{ company }}の皆さまへ</mj-text>",
    );
    let unsaved = marketer
        .post("/ui/templates/preview", &form("visual", &body))
        .await;
    assert!(
        unsaved.shows("見本 花子様") && unsaved.shows("見本高等学校の皆さまへ"),
        "{}",
        unsaved.body
    );
    let address = keep(&marketer, "visual", &body).await;
    let lead = app.add_lead("佐藤 次郎", "sato@example.com");
    let seen = marketer
        .get(&format!("{address}/preview?lead={lead}"))
        .await;
    assert!(
        seen.shows("佐藤 次郎様") && !seen.shows("の皆さまへ"),
        "{}",
        seen.body
    );
    let stored = &TemplateStore::list(&*app.memory.mail, app.tenant()).unwrap()[0];
    assert_eq!(stored.manuscript.mode, TemplateMode::Visual);
    assert_eq!(stored.manuscript.body, body);
    assert!(stored.source.html.starts_with("<!doctype html>"));
    let edit = marketer.get(&format!("{address}/edit")).await;
    assert!(
        edit.shows("data-show-if=\"company\"") || edit.shows("data-show-if=&quot;company&quot;")
    );
}

#[actix_web::test]
async fn broken_mjml_is_refused_with_its_place_and_kept_in_the_editor() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let body = "<mjml>\n<mj-body>\n<mj-section>\n</mj-body>\n</mjml>";
    for path in [TEMPLATES, "/ui/templates/preview", "/ui/templates/check"] {
        let answer = marketer.post(path, &form("code", body)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(
            answer.shows("のあたりの書き方が正しくありません"),
            "{}",
            answer.body
        );
    }
    assert_eq!(
        TemplateStore::list(&*app.memory.mail, app.tenant()).unwrap(),
        []
    );
}

#[actix_web::test]
async fn a_plain_template_has_links_and_its_own_text() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let address = keep(
        &marketer,
        "plain",
        "{{ name }}様\n\nhttps://kasuga.example.jp/oc",
    )
    .await;
    let seen = marketer.get(&format!("{address}/preview")).await;
    assert!(seen.shows("<p>見本 花子様</p>"), "{}", seen.body);
    assert!(
        seen.shows("<a href=\"https://kasuga.example.jp/oc\">"),
        "{}",
        seen.body
    );
    let page = marketer.get(&address).await;
    assert!(
        page.shows("見本 花子様\n\nhttps://kasuga.example.jp/oc"),
        "{}",
        page.body
    );
}

#[actix_web::test]
async fn every_save_can_be_looked_at_and_gone_back_to() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let address = keep(&marketer, "visual", &mjml("<mj-text>初版</mj-text>")).await;
    let second = mjml("<mj-text>改訂</mj-text>");
    marketer
        .post(&format!("{address}/edit"), &form("visual", &second))
        .await;
    let list = marketer.get(&format!("{address}/versions")).await;
    assert!(list.shows("#2") && list.shows("#1"), "{}", list.body);
    let first = marketer.get(&format!("{address}/preview?version=1")).await;
    assert!(first.shows("初版") && !first.shows("改訂"));
    let restored = marketer
        .post(&format!("{address}/versions/1/restore"), &[])
        .await;
    assert_eq!(restored.leads_to(), address);
    assert!(
        marketer
            .get(&format!("{address}/preview"))
            .await
            .shows("初版")
    );
    assert!(
        marketer
            .get(&format!("{address}/versions"))
            .await
            .shows("#3")
    );
    let missing = marketer
        .post(&format!("{address}/versions/9/restore"), &[])
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn a_mail_is_seen_in_the_dark_and_measured() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let dark = "<style>@media (prefers-color-scheme: dark) { p { color: white } }</style>";
    let body = format!("{dark}<p>春</p>{}", "<p>案内</p>".repeat(9_000));
    let address = keep(&marketer, "code", &body).await;
    let light = marketer.get(&format!("{address}/preview")).await;
    assert!(light.shows("prefers-color-scheme"));
    let seen = marketer.get(&format!("{address}/preview?dark=1")).await;
    assert!(!seen.shows("prefers-color-scheme") && seen.shows("@media (min-width: 0)"));
    let page = marketer.get(&format!("{address}?dark=1")).await;
    assert!(
        page.shows("/preview?dark=1") && page.shows("102 kBを超えています"),
        "{}",
        page.body
    );
}
