//! Refusing more mail: by a person and by their mail program (RFC 8058, B68).

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use chrono::{DateTime, Utc};
use domain::delivery::{SuppressionReason, Suppressions};
use domain::ids::{LeadId, SendId};
use domain::tracking::token::{ClickToken, OpenToken, UnsubscribeToken};
use domain::tracking::{MailRef, PageUrl};
use test_support::builders::delivery::address;

use crate::app::{Answer, TestApp};

const URLENCODED: (&str, &str) = (
    "application/x-www-form-urlencoded",
    "List-Unsubscribe=One-Click",
);
const MULTIPART: (&str, &str) = (
    "multipart/form-data; boundary=b",
    "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n",
);

fn mail_to(lead: LeadId) -> MailRef {
    MailRef {
        send: SendId::new(),
        lead,
        queued_at: DateTime::from_timestamp(1_790_000_000, 0).unwrap(),
        source: None,
        event: None,
    }
}

fn link(app: &TestApp, lead: LeadId) -> String {
    let token = UnsubscribeToken {
        tenant: app.tenant(),
        mail: mail_to(lead),
    };
    format!("/u/{}", token.sign(&app.state.keys))
}

async fn post(app: &TestApp, path: &str, (kind, body): (&str, &'static str)) -> Answer {
    let request = TestRequest::post()
        .uri(path)
        .insert_header(("content-type", kind));
    app.send(request.set_payload(body)).await
}

fn reason(app: &TestApp) -> Option<SuppressionReason> {
    let found = Suppressions::find(
        &*app.memory.mail,
        app.tenant(),
        &address("sato@example.com"),
    );
    found.unwrap().map(|suppression| suppression.reason)
}

#[actix_web::test]
async fn looking_at_the_page_changes_nothing() {
    let app = TestApp::new().await;
    let lead = app.add_lead("佐藤 花子", "sato@example.com");
    let path = link(&app, lead);
    let before = app.stored();
    for _ in 0..3 {
        let page = app.browser().get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.shows("青葉予備校") && page.shows("s***@example.com"),
            "{}",
            page.body
        );
        assert!(
            !page.shows("sato@example.com"),
            "the address stands on an open page"
        );
        assert_eq!(page.header("set-cookie"), "");
    }
    let head = app
        .send(TestRequest::with_uri(&path).method(Method::HEAD))
        .await;
    assert_eq!(head.status, StatusCode::OK);
    assert_eq!(app.stored(), before);
    assert_eq!(reason(&app), None);
}

// RFC 8058 §3.2: without cookies, in either kind of form, and never redirected.
#[actix_web::test]
async fn one_click_refuses_at_once_in_either_kind_of_form() {
    for body in [URLENCODED, MULTIPART] {
        let app = TestApp::new().await;
        let lead = app.add_lead("佐藤 花子", "sato@example.com");
        let path = link(&app, lead);
        let done = post(&app, &path, body).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert_eq!(reason(&app), Some(SuppressionReason::Unsubscribed));
        let again = post(&app, &path, body).await;
        assert_eq!(
            (again.status, again.body),
            (done.status, done.body),
            "a repeat is told apart"
        );
    }
}

#[actix_web::test]
async fn who_is_gone_meanwhile_gets_the_same_answer() {
    let app = TestApp::new().await;
    let answer = post(&app, &link(&app, LeadId::new()), URLENCODED).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.shows("配信停止を受け付けました"));
}

// V-17, V-27, V-33
#[actix_web::test]
async fn a_link_that_is_not_ours_tells_nothing_and_does_nothing() {
    let app = TestApp::new().await;
    let lead = app.add_lead("佐藤 花子", "sato@example.com");
    let (tenant, keys) = (app.tenant(), &app.state.keys);
    let expires_at = Utc::now() + chrono::TimeDelta::days(1);
    let click = ClickToken {
        tenant,
        mail: mail_to(lead),
        link_index: 0,
        target: PageUrl::parse("https://kasuga.example.jp/").unwrap(),
        expires_at,
    };
    let open = OpenToken {
        tenant,
        mail: mail_to(lead),
        expires_at,
    };
    let good = link(&app, lead);
    let foreign = [
        format!("/u/{}", click.sign(keys)),
        format!("/u/{}", open.sign(keys)),
        good[..good.len() - 1].to_owned(),
        format!("{}.", good.rsplit_once('.').unwrap().0),
        format!("{good}A"),
        "/u/x".to_owned(),
        "/u/01993000-0000-7000-8000-000000000001".to_owned(),
    ];
    let before = app.stored();
    let unknown = app.browser().get("/u/nobody").await;
    for path in &foreign {
        let page = app.browser().get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(page.body, unknown.body, "{path}");
        let answer = post(&app, path, URLENCODED).await;
        assert_eq!(
            (answer.status, &answer.body),
            (page.status, &page.body),
            "{path}"
        );
    }
    assert_eq!(app.stored(), before);
    let known = app.browser().get(&good).await;
    let heading = "<h1 class=\"h2 text-center\">メールの配信設定・停止</h1>";
    assert!(known.shows(heading) && unknown.shows(heading));
    assert!(!unknown.shows("青葉予備校"));
}
