//! The endpoints that mails call: links and pixels.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use chrono::{Duration, Utc};
use domain::tracking::token::ClickToken;
use domain::tracking::{MachineVerdict, PageUrl, VisitorId};

use crate::school::{BROWSER, SITE, School, tid_of};

// A16, A18, A27, A28, A63
#[actix_web::test]
async fn a_click_raises_the_score_and_lands_with_tid() {
    let school = School::new().await;
    let answer = school
        .get(&school.link("https://school.example/apply?x=1"))
        .await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let location = answer.header("location");
    assert!(
        location.starts_with("https://school.example/apply?x=1&tid="),
        "{location}"
    );
    assert!(VisitorId::parse(&tid_of(location)).is_some());
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(school.score(), 5);
}

// V-02, V-03
#[actix_web::test]
async fn the_signed_target_is_followed_to_the_letter_and_parameters_are_dropped() {
    let school = School::new().await;
    let target = "https://elsewhere.example/a?b=c&d=%E3%81%82#e";
    for extra in [
        "?url=https://evil.example",
        "?next=//evil.example",
        "?return=https://evil.example&utm_source=x&redirect_uri=evil",
    ] {
        let answer = school.get(&format!("{}{extra}", school.link(target))).await;
        assert_eq!(answer.status, StatusCode::FOUND);
        assert_eq!(answer.header("location"), target);
    }
}

// V-17, A58
#[actix_web::test]
async fn a_forged_link_leads_nowhere_and_leaves_no_row() {
    let school = School::new().await;
    let link = school.link("https://school.example/");
    let dot = link.rfind('.').unwrap();
    let other = {
        let school = School::new().await;
        let target = "https://school.example/";
        let keys = domain::keys::KeyRing::new(
            [1; 32],
            vec![domain::keys::MasterKey::new("k1", [9; 32], None).unwrap()],
        );
        ClickToken {
            tenant: school.app.tenant(),
            mail: school.mail.clone(),
            link_index: 0,
            target: PageUrl::parse(target).unwrap(),
            expires_at: Utc::now() + Duration::days(90),
        }
        .sign(&keys.unwrap())
    };
    let forged = [
        format!("{}A", &link[..link.len() - 2]),
        link[..=dot].to_owned(),
        link[..=dot + 16].to_owned(),
        format!("{link}="),
        format!("{link}AA"),
        format!("/t/c/{other}"),
        "/t/c/x".to_owned(),
        school.pixel().replace("/t/o/", "/t/c/"),
    ];
    for path in forged {
        let answer = school.get(&path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.header("location"), "");
        assert!(answer.shows("このリンクは使えません"));
    }
    assert_eq!(school.rows(), 0);
}

// A21, C33
#[actix_web::test]
async fn an_expired_link_shows_the_expired_page() {
    let school = School::new().await;
    let token = school.click_token("https://school.example/", Utc::now() - Duration::seconds(1));
    let answer = school.get(&format!("/t/c/{token}")).await;
    assert_eq!(answer.status, StatusCode::GONE);
    assert!(answer.shows("有効期限"));
    assert!(!answer.shows("school.example"));
    assert_eq!(school.rows(), 0);
}

// H1, H2: recorded, sent on, never scored, never given a tid.
#[actix_web::test]
async fn a_machine_is_sent_on_without_tid_and_scores_nothing() {
    let school = School::new().await;
    let link = school.link("https://school.example/");
    let requests = [
        TestRequest::with_uri(&link).method(actix_web::http::Method::HEAD),
        TestRequest::get().uri(&link),
        TestRequest::get()
            .uri(&link)
            .insert_header(("user-agent", "curl/8.5")),
        TestRequest::get()
            .uri(&link)
            .insert_header(("user-agent", BROWSER))
            .insert_header(("sec-purpose", "prefetch;prerender")),
    ];
    for request in requests {
        let answer = school.app.send(request).await;
        assert_eq!(answer.status, StatusCode::FOUND);
        assert_eq!(answer.header("location"), "https://school.example/");
    }
    assert_eq!(school.score(), 0);
    let logged = school.log.logged(school.app.tenant());
    assert_eq!(logged.len(), 4);
    assert!(
        logged
            .iter()
            .all(|(_, _, verdict)| matches!(verdict, MachineVerdict::Certain(_)))
    );
}

// C8, C18, C19, D12
#[actix_web::test]
async fn the_pixel_is_a_gif_for_good_and_bad_tokens_alike() {
    let school = School::new().await;
    let path = school.pixel();
    for (path, status) in [
        (path.clone(), StatusCode::OK),
        (format!("{path}.gif"), StatusCode::OK),
        ("/t/o/x".to_owned(), StatusCode::NOT_FOUND),
        (
            school.link(SITE).replace("/t/c/", "/t/o/"),
            StatusCode::NOT_FOUND,
        ),
    ] {
        let request = TestRequest::get()
            .uri(&path)
            .insert_header(("user-agent", BROWSER));
        let answer = school.app.send_bytes(request).await;
        assert_eq!(answer.0, status, "{path}");
        assert_eq!(answer.1.len(), 43);
        assert!(answer.1.starts_with(b"GIF89a"));
    }
    assert_eq!(school.score(), 1);
    assert!(
        school
            .get(&path)
            .await
            .header("cache-control")
            .contains("no-store")
    );
}
