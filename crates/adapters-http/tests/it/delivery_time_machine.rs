//! The clock of a demo.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use adapters_http::{Ports, TimeMachine};
use chrono::{DateTime, TimeDelta, Utc};
use domain::store::StoreResult;
use domain::tenancy::Role;

use crate::app::{ORIGIN, TestApp};

/// Half past nine in the morning of 1 April 2027 in Tokyo, until somebody puts it forward.
#[derive(Default)]
struct Machine(AtomicI64);

impl Machine {
    fn now(&self) -> DateTime<Utc> {
        let beginning: DateTime<Utc> = "2027-04-01T00:30:00Z".parse().unwrap();
        beginning + self.ahead()
    }
}

impl TimeMachine for Machine {
    fn advance(&self, by: TimeDelta) -> StoreResult<DateTime<Utc>> {
        self.0.fetch_add(by.num_seconds(), Ordering::SeqCst);
        Ok(self.now())
    }

    fn ahead(&self) -> TimeDelta {
        TimeDelta::seconds(self.0.load(Ordering::SeqCst))
    }
}

async fn demo() -> (TestApp, Arc<Machine>) {
    let machine = Arc::new(Machine::default());
    let installed = Arc::clone(&machine);
    let app = TestApp::with_ports(move |ports: &mut Ports| {
        let clock = Arc::clone(&installed);
        ports.clock = Arc::new(move || clock.now());
        ports.time_machine = Some(installed);
    });
    (app.await, machine)
}

fn jump(far: &str) -> TestRequest {
    TestRequest::post()
        .uri("/dev/clock")
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(format!("advance={far}"))
}

#[actix_web::test]
async fn the_whole_installation_follows_the_clock() {
    let (app, machine) = demo().await;
    let admin = app.sign_in(Role::Admin).await;
    let page = app.browser().get("/dev/mailbox").await;
    assert!(page.shows("2027/04/01(木) 09:30"), "{}", page.body);
    assert!(page.shows("value=\"PT1H\""), "{}", page.body);
    let answer = app.send(jump("PT1H")).await;
    assert_eq!(answer.leads_to(), "/dev/mailbox");
    assert_eq!(machine.now().to_rfc3339(), "2027-04-01T01:30:00+00:00");
    let page = app.browser().get("/dev/mailbox").await;
    assert!(page.shows("2027/04/01(木) 10:30"), "{}", page.body);
    assert_eq!(admin.get("/ui/leads").await.status, StatusCode::OK);
    // V-23: nobody was there for a week.
    app.send(jump("P7D")).await.leads_to();
    assert!(
        admin
            .get("/ui/leads")
            .await
            .leads_to()
            .starts_with("/login")
    );
}

#[actix_web::test]
async fn time_never_goes_back() {
    let (app, machine) = demo().await;
    let before = machine.now();
    for far in ["-P1D", "P-1D", "P0D", "PT0S", "P32D", "yesterday", ""] {
        let answer = app.send(jump(far)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{far}");
    }
    assert_eq!(machine.now(), before);
}

// V-20
#[actix_web::test]
async fn pages_of_others_do_not_put_the_clock_forward() {
    let (app, machine) = demo().await;
    let before = machine.now();
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let answer = app.send(jump("P1D").insert_header((name, value))).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    assert_eq!(machine.now(), before);
    let own = jump("P1D").insert_header(("origin", ORIGIN));
    app.send(own).await.leads_to();
    assert_eq!(machine.now(), before + TimeDelta::days(1));
}

// V-34
#[actix_web::test]
async fn an_installation_that_is_no_demo_cannot_travel() {
    let app = TestApp::new().await;
    let bare = TestRequest::post().uri("/dev/clock");
    for request in [jump("P1D"), jump("nonsense"), bare] {
        assert_eq!(app.send(request).await.status, StatusCode::NOT_FOUND);
    }
    let mailbox = app.browser().get("/dev/mailbox").await;
    assert!(!mailbox.shows("/dev/clock"), "{}", mailbox.body);
}
