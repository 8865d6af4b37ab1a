//! Lists as files.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use domain::leads::LeadDraft;
use domain::scoring::Band;
use domain::tenancy::Role;
use encoding_rs::SHIFT_JIS;
use test_support::builders::leads::draft;

use crate::app::{Browser, TestApp};
use crate::leads_world::{ATTACKS, QUERIES};

async fn bytes(browser: &Browser<'_>, app: &TestApp, query: &str) -> (StatusCode, Vec<u8>) {
    let session = browser.cookie("ondo_session").unwrap();
    let request = TestRequest::post()
        .uri(&format!("/ui/leads/export?{query}"))
        .insert_header(("x-csrf-token", browser.token()))
        .cookie(actix_web::cookie::Cookie::new("ondo_session", session));
    app.send_bytes(request).await
}

#[actix_web::test]
async fn the_file_holds_exactly_what_the_list_shows() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    for (name, band) in [("hot", Band::Hot), ("cold", Band::Cold)] {
        let lead = app.lead(name);
        app.warm(lead.id, 1, band);
    }
    let page = marketer.get("/ui/leads?band=hot").await;
    let button = "formaction=\"/ui/leads/export?format=csv-utf8&amp;band=hot\"";
    assert!(page.shows(button), "{}", page.body);
    let answer = marketer
        .post("/ui/leads/export?format=csv-utf8&band=hot", &[])
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    let disposition = answer.header("content-disposition").to_owned();
    assert!(disposition.starts_with("attachment; filename=\"leads-20"));
    assert!(answer.body.starts_with("\u{FEFF}\"メールアドレス\""));
    assert!(answer.shows("hot@example.jp") && !answer.shows("cold@example.jp"));
    assert_eq!(app.audited()[0], "leads.exported");
}

#[actix_web::test]
async fn every_format_is_what_it_says() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    app.lead_of(
        app.tenant(),
        LeadDraft {
            name: Some("髙橋 花子".into()),
            ..draft("takahashi")
        },
    );
    let (_, cp932) = bytes(&marketer, &app, "format=csv-cp932").await;
    let (text, _, is_damaged) = SHIFT_JIS.decode(&cp932);
    assert!(!is_damaged && text.contains("髙橋 花子"));
    let (_, workbook) = bytes(&marketer, &app, "format=xlsx").await;
    assert!(workbook.starts_with(b"PK\x03\x04"));
}

#[actix_web::test]
async fn a_long_list_comes_whole() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    for number in 0..1_203 {
        app.lead(&format!("lead{number}"));
    }
    let answer = marketer.post("/ui/leads/export", &[]).await;
    assert_eq!(answer.body.matches("@example.jp").count(), 1_203);
}

// V-29
#[actix_web::test]
async fn no_cell_of_a_file_runs_as_a_formula() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let formulas = ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM(A1)", "＝1"];
    for (number, formula) in formulas.into_iter().chain(ATTACKS).enumerate() {
        app.lead_of(
            app.tenant(),
            LeadDraft {
                name: Some(formula.to_owned()),
                ..draft(&format!("lead{number}"))
            },
        );
    }
    let answer = marketer.post("/ui/leads/export?format=csv-utf8", &[]).await;
    for start in ['=', '+', '-', '@', '＝'] {
        assert!(!answer.shows(&format!("\"{start}")), "{start}");
        assert!(answer.shows(&format!("\"'{start}")), "{start}");
    }
}

// V-13
#[actix_web::test]
async fn the_file_refuses_what_the_list_refuses() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    for query in QUERIES
        .into_iter()
        .chain(["format=../../etc/passwd", "format=sql"])
    {
        let answer = marketer
            .post(&format!("/ui/leads/export?{query}"), &[])
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
    assert!(!app.audited().contains(&"leads.exported".to_owned()));
}
