//! The mailbox of the demo.

use actix_web::http::StatusCode;
use domain::tenancy::Role;

use crate::app::TestApp;

async fn demo() -> TestApp {
    let app = TestApp::new().await;
    app.say_who_sends();
    let id = app.add_template("案内");
    let marketer = app.sign_in(Role::Marketer).await;
    let colleague = app
        .add_user(Role::Sales, "tanaka@example.jp")
        .id
        .to_string();
    marketer
        .post(&format!("/ui/templates/{id}/test"), &[("user", &colleague)])
        .await
        .leads_to();
    app
}

#[actix_web::test]
async fn programs_read_the_mails_in_exactly_this_shape() {
    let app = demo().await;
    let answer = app.browser().get("/dev/mailbox.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    let mails: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_str(&answer.body).unwrap();
    assert_eq!(mails.len(), 1);
    let mut names: Vec<&String> = mails[0].keys().collect();
    names.sort();
    assert_eq!(names, ["headers", "html", "id", "subject", "text", "to"]);
    assert_eq!(mails[0]["to"], "tanaka@example.jp");
    assert_eq!(
        mails[0]["headers"]["List-Unsubscribe-Post"],
        "List-Unsubscribe=One-Click"
    );
    assert!(mails[0]["html"].as_str().unwrap().contains("申込"));
}

// V-22
#[actix_web::test]
async fn a_mail_is_read_in_a_sandbox_whose_links_open_elsewhere() {
    let app = demo().await;
    let page = app.browser().get("/dev/mailbox").await;
    assert!(page.shows("【テスト】"), "{}", page.body);
    let sandbox = "sandbox=\"allow-popups allow-popups-to-escape-sandbox\"";
    assert!(page.shows(sandbox) && !page.shows("allow-same-origin"));
    let id = app.memory.outbox.mails()[0].send;
    let mail = app.browser().get(&format!("/dev/mailbox/{id}")).await;
    let policy = mail.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox allow-popups"));
    assert!(
        !policy.contains("script-src") && !policy.contains("allow-same-origin"),
        "{policy}"
    );
    assert!(mail.shows("<base target=\"_blank\">"));
    let none = app.browser().get("/dev/mailbox/nobody").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

// V-34
#[actix_web::test]
async fn an_installation_without_an_outbox_has_no_mailbox() {
    let app = TestApp::with_ports(|ports| ports.outbox = None).await;
    let admin = app.sign_in(Role::Admin).await;
    for path in ["/dev/mailbox", "/dev/mailbox.json", "/dev/mailbox/1"] {
        assert_eq!(
            admin.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}
