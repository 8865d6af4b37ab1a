//! What holds for every route, now and later: the tests go through the table of routes.

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use adapters_http::Access;
use adapters_http::routes::{self, Route};
use domain::tenancy::Role;

use crate::app::{Answer, Browser, ORIGIN, TestApp};

/// A path of this route; ids are of things that do not exist.
fn example_path(route: &Route) -> String {
    let mut path = String::new();
    let mut rest = route.path;
    while let Some((before, after)) = rest.split_once('{') {
        let (_, after) = after.split_once('}').unwrap();
        path.push_str(before);
        path.push_str("01993000-0000-7000-8000-000000000001");
        rest = after;
    }
    path + rest
}

fn is_of_people(route: &Route) -> bool {
    matches!(
        route.access,
        Access::Visitor | Access::SignedIn | Access::Needs(_)
    )
}

fn changing_routes_of_people() -> Vec<Route> {
    let routes: Vec<Route> = routes::all()
        .into_iter()
        .filter(|route| is_of_people(route) && route.method != Method::GET)
        .collect();
    assert!(routes.len() > 8, "the table of routes is empty");
    routes
}

fn request(route: &Route) -> TestRequest {
    TestRequest::with_uri(&example_path(route)).method(route.method.clone())
}

fn form(route: &Route, body: &str) -> TestRequest {
    request(route)
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(body.to_owned())
}

// V-20, V-21
#[actix_web::test]
async fn a_change_without_the_token_of_this_session_is_refused_everywhere() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let other = app.sign_in(Role::Admin).await;
    let stranger = app.browser();
    stranger.get("/login").await;
    admin.get("/login").await;
    let visit_token = admin.token();
    admin.get("/ui/settings/account").await;
    let before = app.stored();
    for route in changing_routes_of_people() {
        let own = match route.access {
            Access::Visitor => visit_token.clone(),
            Access::Open | Access::SignedIn | Access::Needs(_) | Access::Api(_) => admin.token(),
        };
        for forged in forgeries(&route, &own, &[other.token(), stranger.token()]) {
            let answer = admin.send(forged).await;
            assert_eq!(
                answer.status,
                StatusCode::FORBIDDEN,
                "{} {}",
                route.method,
                route.path
            );
        }
    }
    assert_eq!(app.stored(), before, "a refused request changed something");
}

/// What another site, or a page of another session, can make a browser send.
fn forgeries(route: &Route, own: &str, foreign: &[String]) -> Vec<TestRequest> {
    let with_own = format!("csrf_token={own}");
    let mut forged = vec![
        request(route),
        form(route, ""),
        form(route, "csrf_token="),
        form(route, &format!("csrf_token={}", &own[..own.len() - 1])),
        form(route, &format!("x-csrf-token={own}")),
        form(route, &with_own).insert_header(("origin", "https://evil.example")),
        form(route, &with_own).insert_header(("origin", "null")),
        form(route, &with_own).insert_header(("origin", format!("{ORIGIN}.evil.example"))),
        form(route, &with_own).insert_header(("sec-fetch-site", "cross-site")),
        form(route, &with_own).insert_header(("content-type", "text/plain")),
        request(route)
            .insert_header(("content-type", "text/plain"))
            .insert_header(("x-csrf-token", own)),
        request(route).insert_header(("x-csrf-token", "")),
    ];
    forged.extend(
        foreign
            .iter()
            .map(|token| form(route, &format!("csrf_token={token}"))),
    );
    forged
}

#[actix_web::test]
async fn a_change_with_the_token_passes_the_guard_everywhere() {
    // One address may sign in sixty times at once.
    for routes in changing_routes_of_people().chunks(50) {
        let app = TestApp::new().await;
        for route in routes {
            let admin = app.sign_in(Role::Admin).await;
            assert_passes_the_guard(&admin, route).await;
        }
    }
}

async fn assert_passes_the_guard(admin: &Browser<'_>, route: &Route) {
    if route.access == Access::Visitor {
        admin.get("/login").await;
    }
    for origin in [ORIGIN, "http://localhost:8080"] {
        let request = form(route, &format!("csrf_token={}", admin.token()))
            .insert_header(("host", "localhost:8080"))
            .insert_header(("origin", origin))
            .insert_header(("sec-fetch-site", "same-origin"));
        let answer = admin.send(request).await;
        assert_ne!(
            answer.status,
            StatusCode::FORBIDDEN,
            "{} {}",
            route.method,
            route.path
        );
        if route.path == "/logout" {
            break;
        }
    }
}

// V-25
#[actix_web::test]
async fn nobody_comes_in_without_signing_in() {
    let app = TestApp::new().await;
    for route in routes::all() {
        let answer = app.send(request(&route)).await;
        match route.access {
            Access::SignedIn | Access::Needs(_) => {
                assert!(answer.leads_to().starts_with("/login"), "{}", route.path);
                assert_eq!(answer.body, "");
            }
            Access::Api(_) => {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", route.path);
                assert_eq!(answer.header("content-type"), "application/problem+json");
            }
            Access::Open | Access::Visitor => {}
        }
    }
}

// V-25
#[actix_web::test]
async fn every_role_reaches_exactly_what_it_may() {
    let app = TestApp::new().await;
    for role in Role::ALL {
        let person = app.sign_in(role).await;
        for route in routes::all() {
            let Access::Needs(permission) = route.access else {
                continue;
            };
            let answer = person
                .request(route.method.clone(), &example_path(&route))
                .await;
            let refused = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(refused, !role.allows(permission), "{role:?} {}", route.path);
        }
    }
}

// V-27
#[actix_web::test]
async fn a_session_opens_nothing_of_programs() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let session = admin.cookie("ondo_session").unwrap();
    for route in routes::all() {
        if let Access::Api(_) = route.access {
            let bearer = format!("Bearer {session}");
            let answer = admin
                .send(request(&route).insert_header(("authorization", bearer)))
                .await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", route.path);
        }
    }
}

// V-21
#[actix_web::test]
async fn looking_changes_nothing() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let before = app.stored();
    for route in routes::all() {
        if route.method == Method::GET && is_of_people(&route) {
            let answer = admin.get(&example_path(&route)).await;
            assert!(
                !answer.status.is_server_error(),
                "{} {}",
                route.path,
                answer.body
            );
        }
    }
    assert_eq!(app.stored(), before);
}

#[actix_web::test]
async fn every_answer_carries_the_headers_that_close_it() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let mut answers: Vec<(String, Answer)> = Vec::new();
    for route in routes::all() {
        answers.push((route.path.to_owned(), app.send(request(&route)).await));
        answers.push((route.path.to_owned(), look(&admin, &route).await));
    }
    answers.push(("nowhere".to_owned(), admin.get("/nowhere").await));
    for (path, answer) in answers {
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_ne!(answer.header("referrer-policy"), "", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src '"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-eval"), "{path}: {policy}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
}

async fn look(browser: &Browser<'_>, route: &Route) -> Answer {
    browser
        .request(route.method.clone(), &example_path(route))
        .await
}

#[actix_web::test]
async fn a_page_is_closed_to_frames_and_foreign_scripts() {
    let app = TestApp::new().await;
    let answer = app.browser().get("/login").await;
    let policy = answer.header("content-security-policy").to_owned();
    let nonce = policy
        .split_once("'nonce-")
        .unwrap()
        .1
        .split_once('\'')
        .unwrap()
        .0;
    assert!(answer.shows(nonce), "the page does not know its nonce");
    insta::assert_snapshot!(policy.replace(nonce, "N"), @"default-src 'self'; script-src 'self' 'nonce-N'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    let again = app.browser().get("/login").await;
    assert!(
        !again.header("content-security-policy").contains(nonce),
        "the nonce is used twice"
    );
}

#[actix_web::test]
async fn over_tls_browsers_are_told_to_stay_there() {
    let app = TestApp::empty("https://ondo.example.jp").await;
    let answer = app.browser().get("/setup").await;
    assert_eq!(
        answer.header("strict-transport-security"),
        "max-age=31536000"
    );
    assert!(
        answer
            .header("set-cookie")
            .starts_with("__Host-ondo_visit=")
    );
    assert!(answer.header("set-cookie").contains("; Secure"));
}

#[actix_web::test]
async fn a_known_address_with_another_method_says_so() {
    let app = TestApp::new().await;
    let answer = app.send(TestRequest::delete().uri("/login")).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let answer = app.send(TestRequest::get().uri("/logout")).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[test]
fn no_two_routes_are_the_same() {
    let mut seen = std::collections::BTreeSet::new();
    for route in routes::all() {
        let key = format!("{} {}", route.method, route.path);
        assert!(seen.insert(key.clone()), "{key} is there twice");
    }
}

// A71
#[test]
fn the_endpoints_of_the_specification_are_there() {
    let there: Vec<(Method, &str)> = routes::all()
        .iter()
        .map(|route| (route.method.clone(), route.path))
        .collect();
    for asked in [
        (Method::GET, "/t/c/{token}"),
        (Method::GET, "/t/o/{token}"),
        (Method::POST, "/t/pv"),
        (Method::POST, "/webhooks/sendgrid/{key}"),
        (Method::GET, "/ui/dashboard"),
        (Method::GET, "/ui/leads/hot"),
        (Method::GET, "/ui/leads/{id}"),
    ] {
        assert!(there.contains(&asked), "{asked:?}");
    }
}
