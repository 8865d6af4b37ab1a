//! A school with a site, a lead and a mail: what the tests of the tracking endpoints start from.

use std::sync::Arc;
use std::time::Duration as StdDuration;

use actix_web::http::header::ORIGIN;
use actix_web::test::TestRequest;
use adapters_http::{Limits, Ports};
use chrono::{DateTime, Duration, SubsecRound, Utc};
use domain::ids::{LeadId, SendId, SiteId};
use domain::scoring::ScoringRules;
use domain::scoring::preset::TEMPERATURE;
use domain::tracking::token::{ClickToken, OpenToken};
use domain::tracking::{MailRef, Origin, PageUrl, Site, SiteKey, SiteStore};
use serde_json::{Value, json};
use test_support::in_memory::{DirectIntake, InMemoryEngagementLog};

use crate::app::{Answer, TestApp};

pub(crate) const SITE: &str = "https://school.example";
pub(crate) const BROWSER: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0 Safari/537.36";
pub(crate) const KEY: [u8; 12] = [0xAB; 12];

/// An organisation with one site and one lead who got one mail.
pub(crate) struct School {
    pub(crate) app: TestApp,
    pub(crate) log: Arc<InMemoryEngagementLog>,
    pub(crate) mail: MailRef,
}

impl School {
    pub(crate) async fn new() -> Self {
        Self::with(|_, _| {}).await
    }

    /// The same with other ports and limits.
    pub(crate) async fn with(change: impl FnOnce(&mut Ports, &mut Limits)) -> Self {
        let log = Arc::new(InMemoryEngagementLog::default());
        let (of_engagements, sites) = (log.clone(), log.clone());
        let app = TestApp::with(move |ports, limits| {
            ports.intake = Arc::new(DirectIntake::new(of_engagements));
            ports.sites = sites;
            // No test depends on how quick this machine is, unless it says so.
            limits.click_deadline = StdDuration::from_secs(10);
            change(ports, limits);
        })
        .await;
        log.apply_preset(app.tenant(), &TEMPERATURE, Utc::now())
            .unwrap();
        let lead = LeadId::new();
        log.add_lead(app.tenant(), lead);
        let site = Site {
            id: SiteId::new(),
            name: "学校サイト".to_owned(),
            origin: Origin::parse_address(SITE).unwrap(),
            key: SiteKey::from_random_bytes(KEY),
            last_received_at: None,
            created_at: Utc::now(),
        };
        log.register_site(app.tenant(), &site).unwrap();
        app.state.reload_sites().unwrap();
        let mail = MailRef {
            send: SendId::new(),
            lead,
            queued_at: Utc::now().trunc_subsecs(0),
            source: None,
            event: None,
        };
        Self { app, log, mail }
    }

    pub(crate) fn click_token(&self, target: &str, expires_at: DateTime<Utc>) -> String {
        let token = ClickToken {
            tenant: self.app.tenant(),
            mail: self.mail.clone(),
            link_index: 0,
            target: PageUrl::parse(target).unwrap(),
            expires_at,
        };
        token.sign(&self.app.state.keys)
    }

    pub(crate) fn link(&self, target: &str) -> String {
        let token = self.click_token(target, Utc::now() + Duration::days(90));
        format!("/t/c/{token}")
    }

    pub(crate) fn pixel(&self) -> String {
        let token = OpenToken {
            tenant: self.app.tenant(),
            mail: self.mail.clone(),
            expires_at: Utc::now() + Duration::days(90),
        };
        format!("/t/o/{}", token.sign(&self.app.state.keys))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = TestRequest::get().uri(path);
        self.app
            .send(request.insert_header(("user-agent", BROWSER)))
            .await
    }

    pub(crate) async fn report(&self, body: &Value) -> Answer {
        self.report_from(SITE, body).await
    }

    pub(crate) async fn report_from(&self, origin: &str, body: &Value) -> Answer {
        let request = TestRequest::post()
            .uri("/t/pv")
            .insert_header((ORIGIN, origin))
            .insert_header(("content-type", "text/plain;charset=UTF-8"))
            .insert_header(("user-agent", BROWSER))
            .set_payload(body.to_string());
        self.app.send(request).await
    }

    pub(crate) fn score(&self) -> i32 {
        self.log
            .lead(self.app.tenant(), self.mail.lead)
            .unwrap()
            .score
    }

    pub(crate) fn rows(&self) -> usize {
        self.log.logged(self.app.tenant()).len()
    }
}

pub(crate) fn page_view(tid: &str, url: &str) -> Value {
    json!({"tid": tid, "url": url, "referrer": "", "ts": Utc::now().timestamp_millis()})
}

pub(crate) fn tid_of(location: &str) -> String {
    location.split_once("tid=").unwrap().1.to_owned()
}
