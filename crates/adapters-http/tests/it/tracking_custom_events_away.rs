//! `POST /api/v1/engagements` while the database is away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use chrono::{DateTime, Utc};
use domain::ids::{ApiTokenId, TenantId};
use domain::leads::MockLeadStore;
use domain::store::{StoreError, StoreResult};
use domain::tenancy::{ApiToken, ApiTokenStore, AuditEntry, NewApiToken, Role, Scope, SecretHash};
use domain::tracking::{Action, EventName, Subject};
use serde_json::{Value, json};
use test_support::builders::leads::address;
use test_support::in_memory::InMemoryTenancy;

use crate::app::TestApp;
use crate::intakes::{Says, Stubborn};
use crate::tracking_custom_events::{event, json_of, post};

/// Tokens that cannot be verified while the storage is away.
struct Tokens {
    tenancy: Arc<InMemoryTenancy>,
    is_away: AtomicBool,
}

impl ApiTokenStore for Tokens {
    fn list(&self, tenant: TenantId) -> StoreResult<Vec<ApiToken>> {
        ApiTokenStore::list(&*self.tenancy, tenant)
    }

    fn create(&self, tenant: TenantId, token: &NewApiToken, audit: &AuditEntry) -> StoreResult<()> {
        ApiTokenStore::create(&*self.tenancy, tenant, token, audit)
    }

    fn find_by_secret(
        &self,
        tenant: TenantId,
        secret: &SecretHash,
    ) -> StoreResult<Option<ApiToken>> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(StoreError::unavailable("away"));
        }
        self.tenancy.find_by_secret(tenant, secret)
    }

    fn touch(&self, tenant: TenantId, token: ApiTokenId, now: DateTime<Utc>) -> StoreResult<()> {
        ApiTokenStore::touch(&*self.tenancy, tenant, token, now)
    }

    fn revoke(&self, tenant: TenantId, token: ApiTokenId, audit: &AuditEntry) -> StoreResult<bool> {
        ApiTokenStore::revoke(&*self.tenancy, tenant, token, audit)
    }
}

/// An application whose storage can go away, with a spool that takes everything.
async fn with_spool() -> (TestApp, Arc<Tokens>, Arc<Stubborn>) {
    let mut shared = None;
    let intake = Arc::new(Stubborn::new(Says::InSpool));
    let spool = intake.clone();
    let app = TestApp::with_memory(|memory, ports| {
        let tokens = Arc::new(Tokens {
            tenancy: memory.tenancy.clone(),
            is_away: AtomicBool::new(false),
        });
        ports.api_tokens = tokens.clone();
        ports.intake = spool;
        shared = Some(tokens);
    })
    .await;
    (app, shared.unwrap(), intake)
}

#[actix_web::test]
async fn with_the_storage_away_events_are_spooled_by_address_for_tokens_known_lately() {
    let (app, tokens, intake) = with_spool().await;
    let known = app.token(&[Scope::EngagementsWrite, Scope::LeadsRead]);
    let unknown = app.token(&[Scope::EngagementsWrite]);
    let reader = app.token(&[Scope::LeadsRead]);
    let lead = app.lead("sato");
    let read = || TestRequest::get().uri("/api/v1/leads");
    for token in [&known, &reader] {
        assert_eq!(app.call_api(token, read()).await.status, StatusCode::OK);
    }
    tokens.is_away.store(true, Ordering::SeqCst);
    let answer = app
        .call_api(
            &known,
            post(&json!([event("sato@example.jp"), {
                "event": "b", "lead_id": lead.id,
            }])),
        )
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    let told = json_of(&answer);
    let receipts = told["engagements"].as_array().unwrap();
    assert!(
        receipts
            .iter()
            .all(|it| it["stored"] == "spool" && it["new"].is_null())
    );
    assert_eq!(receipts[0]["lead_id"], Value::Null);
    assert_eq!(receipts[1]["lead_id"], json!(lead.id));
    let given = intake.given();
    let expected = Action::Custom {
        subject: Subject::Address(address("sato")),
        event: EventName::parse("assessment_completed").unwrap(),
        properties: domain::tracking::Properties::default(),
    };
    assert_eq!(
        (given[0].tenant, &given[0].action),
        (app.tenant(), &expected)
    );
    // Neither for a token that was not seen before, nor without the scope, nor anywhere else.
    let document = event("sato@example.jp");
    let refused = app.call_api(&unknown, post(&document)).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_ne!(refused.header("retry-after"), "");
    let refused = app.call_api(&reader, post(&document)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let refused = app.call_api(&known, read()).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(intake.given().len(), 2);
}

#[actix_web::test]
async fn a_token_that_was_revoked_is_not_remembered() {
    let (app, tokens, intake) = with_spool().await;
    let token = app.token(&[Scope::EngagementsWrite]);
    app.lead("sato");
    let document = event("sato@example.jp");
    let taken = app.call_api(&token, post(&document)).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED);
    let id = ApiTokenStore::list(&*app.tenancy, app.tenant()).unwrap()[0].id;
    let admin = app.sign_in(Role::Admin).await;
    let path = format!("/ui/settings/api-tokens/{id}/revoke");
    admin.post(&path, &[]).await.leads_to();
    tokens.is_away.store(true, Ordering::SeqCst);
    let refused = app.call_api(&token, post(&document)).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(intake.given().len(), 1);
}

#[actix_web::test]
async fn a_lead_that_cannot_be_looked_up_is_found_later() {
    let intake = Arc::new(Stubborn::new(Says::InSpool));
    let spool = intake.clone();
    let app = TestApp::with(|ports, _| {
        let mut leads = MockLeadStore::new();
        leads
            .expect_find_by_email()
            .returning(|_, _| Err(StoreError::unavailable("away")));
        ports.leads = Arc::new(leads);
        ports.intake = spool;
    })
    .await;
    let token = app.token(&[Scope::EngagementsWrite]);
    let answer = app.call_api(&token, post(&event("sato@example.jp"))).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    assert_eq!(intake.given().len(), 1);
}

#[actix_web::test]
async fn what_is_not_known_to_be_durable_is_not_acknowledged() {
    for (says, status, stored) in [
        (Says::NotKept, StatusCode::SERVICE_UNAVAILABLE, Value::Null),
        (Says::Nothing, StatusCode::SERVICE_UNAVAILABLE, Value::Null),
        (Says::Buried, StatusCode::ACCEPTED, json!("set_aside")),
    ] {
        let intake = Arc::new(Stubborn::new(says));
        let app = TestApp::with(|ports, limits| {
            ports.intake = intake;
            limits.answer_deadline = Duration::from_millis(5);
        })
        .await;
        let token = app.token(&[Scope::EngagementsWrite]);
        app.lead("sato");
        let answer = app.call_api(&token, post(&event("sato@example.jp"))).await;
        assert_eq!(answer.status, status, "{says:?} {}", answer.body);
        assert_eq!(json_of(&answer)["engagements"][0]["stored"], stored);
        let waits = !answer.header("retry-after").is_empty();
        assert_eq!(waits, status == StatusCode::SERVICE_UNAVAILABLE);
    }
}
