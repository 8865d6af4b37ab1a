//! What SendGrid reports: proved before it is read, stored before it is acknowledged.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use domain::campaigns::{BroadcastStore, BroadcastWork};
use domain::delivery::{
    DeliverySettings, MailProvider, ProviderSettings, Sealed, SendGridSettings, SendHistory,
    SendState, SuppressionReason, Suppressions,
};
use domain::ids::{LeadId, SendId, TenantId};
use domain::store::{StoreError, StoreResult};
use domain::tenancy::{AuditEntry, NewTenant, Tenant, TenantSettings, TenantStore};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use test_support::builders::delivery::{address, broadcast_content, broadcast_send};

use crate::app::{Answer, TestApp};

const SIGNATURE: &str = "X-Twilio-Email-Event-Webhook-Signature";
const TIMESTAMP: &str = "X-Twilio-Email-Event-Webhook-Timestamp";
/// What stands before the point in the DER form of a P-256 key (RFC 5480).
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// SendGrid, with a key of its own.
struct SendGrid {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl SendGrid {
    fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        Self { key, random }
    }

    /// The "Verification Key" that its page shows.
    fn verification_key(&self) -> String {
        BASE64_STANDARD.encode([&P256_PREFIX, self.key.public_key().as_ref()].concat())
    }

    fn sign(&self, timestamp: &str, body: &str) -> String {
        let signed = [timestamp, body].concat();
        let signature = self.key.sign(&self.random, signed.as_bytes()).unwrap();
        BASE64_STANDARD.encode(signature)
    }
}

/// An installation with one mail on its way to sato@example.com.
struct Scene {
    app: TestApp,
    sendgrid: SendGrid,
    send: SendId,
    path: String,
}

impl Scene {
    async fn new() -> Self {
        let scene = Self::of(TestApp::new().await);
        scene.expect_proof(Some(scene.sendgrid.verification_key()), None);
        scene
    }

    fn of(app: TestApp) -> Self {
        let lead = app.add_lead("佐藤 花子", "sato@example.com");
        let send = queued(&app, lead);
        let key = TenantStore::list(&*app.tenancy).unwrap()[0]
            .webhook_key
            .clone();
        Self {
            app,
            sendgrid: SendGrid::new(),
            send,
            path: format!("/webhooks/sendgrid/{key}"),
        }
    }

    fn expect_proof(&self, public_key: Option<String>, secret: Option<&str>) {
        let seal = |text: &str| Sealed(self.app.state.keys.seal([3; 12], text.as_bytes()));
        let settings = SendGridSettings {
            webhook_public_key: public_key,
            webhook_secret: secret.map(seal),
            ..SendGridSettings::default()
        };
        let settings = ProviderSettings {
            provider: MailProvider::SendGrid(settings),
            ..ProviderSettings::default()
        };
        let mail = &self.app.memory.mail;
        mail.save_provider(self.app.tenant(), &settings, Utc::now())
            .unwrap();
    }

    /// One event of the mail, as SendGrid writes it, with the line break at its end.
    fn event(&self, event: &str, more: &str) -> String {
        let at = Utc::now().timestamp();
        format!(
            "[{{\"email\":\"sato@example.com\",\"event\":\"{event}\",\"timestamp\":{at},\
             \"sg_event_id\":\"{event}-1\",\"ondo_send\":\"{}\",\"ondo_tenant\":\"{}\"{more}}}]\r\n",
            self.send,
            self.app.tenant()
        )
    }

    async fn post(&self, body: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = TestRequest::post()
            .uri(&self.path)
            .insert_header(("content-type", "application/json"));
        for header in headers {
            request = request.insert_header(*header);
        }
        self.app.send(request.set_payload(body.to_owned())).await
    }

    async fn post_signed(&self, body: &str) -> Answer {
        let timestamp = Utc::now().timestamp().to_string();
        let signature = self.sendgrid.sign(&timestamp, body);
        let headers = [
            (SIGNATURE, signature.as_str()),
            (TIMESTAMP, timestamp.as_str()),
        ];
        self.post(body, &headers).await
    }

    fn state(&self) -> SendState {
        let found = SendHistory::find(&*self.app.memory.mail, self.app.tenant(), self.send);
        found.unwrap().unwrap().state
    }

    /// Everything that a post can change.
    fn stored(&self) -> String {
        let mail = &self.app.memory.mail;
        let send = SendHistory::find(&**mail, self.app.tenant(), self.send).unwrap();
        format!("{} {send:?}", self.app.stored())
    }
}

fn queued(app: &TestApp, lead: LeadId) -> SendId {
    let (mail, tenant, now) = (&app.memory.mail, app.tenant(), Utc::now());
    let broadcast = app.add_broadcast("案内");
    let started_at = DateTime::from_timestamp(now.timestamp(), 0).unwrap();
    let content = broadcast_content(broadcast);
    assert!(
        mail.start(tenant, broadcast, &[content], started_at)
            .unwrap()
    );
    let send = broadcast_send(broadcast, started_at, lead);
    assert!(
        mail.queue_sends(tenant, broadcast, None, &[send], now)
            .unwrap()
    );
    assert!(mail.finish_preparing(tenant, broadcast).unwrap());
    assert_eq!(
        BroadcastStore::totals(&**mail, tenant, broadcast)
            .unwrap()
            .all(),
        1
    );
    send.cause.key().id
}

// A23, A44
#[actix_web::test]
async fn a_bounce_settles_the_mail_and_stops_the_address() {
    let scene = Scene::new().await;
    let reason = "<script>alert(1)</script>";
    let body = scene.event(
        "bounce",
        &format!(",\"type\":\"bounce\",\"reason\":\"{reason}\""),
    );
    let answer = scene.post_signed(&body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.body, "");
    assert_eq!(scene.state(), SendState::Bounced);
    let (mail, tenant) = (&scene.app.memory.mail, scene.app.tenant());
    let stopped = Suppressions::find(&**mail, tenant, &address("sato@example.com")).unwrap();
    let stopped = stopped.unwrap();
    assert_eq!(stopped.reason, SuppressionReason::Bounced);
    // V-06: kept as it was said; what shows it escapes it.
    assert_eq!(stopped.detail.as_deref(), Some(reason));
}

// A57
#[actix_web::test]
async fn a_post_that_does_not_prove_itself_leaves_no_trace() {
    let scene = Scene::new().await;
    let body = scene.event("delivered", "");
    let now = Utc::now().timestamp().to_string();
    let good = scene.sendgrid.sign(&now, &body);
    let stranger = SendGrid::new().sign(&now, &body);
    let later = (Utc::now().timestamp() + 1).to_string();
    let changed = body.replace("delivered", "delivereD");
    let again = serde_json::from_str::<serde_json::Value>(&body)
        .unwrap()
        .to_string();
    let cut = good[..good.len() - 8].to_owned();
    let posts: [(&str, Vec<(&str, &str)>); 9] = [
        (&changed, vec![(SIGNATURE, &good), (TIMESTAMP, &now)]),
        (&again, vec![(SIGNATURE, &good), (TIMESTAMP, &now)]),
        (&body, vec![(SIGNATURE, &stranger), (TIMESTAMP, &now)]),
        (&body, vec![(SIGNATURE, &good), (TIMESTAMP, &later)]),
        (&body, vec![(SIGNATURE, &cut), (TIMESTAMP, &now)]),
        (&body, vec![(SIGNATURE, ""), (TIMESTAMP, &now)]),
        (&body, vec![(SIGNATURE, &good)]),
        (&body, vec![(TIMESTAMP, &now)]),
        (&body, vec![]),
    ];
    let before = scene.stored();
    for (body, headers) in posts {
        let answer = scene.post(body, &headers).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{headers:?}");
    }
    assert_eq!(scene.stored(), before);
    assert_eq!(scene.post_signed(&body).await.status, StatusCode::OK);
}

// A57
#[actix_web::test]
async fn without_a_key_and_with_an_empty_secret_nothing_is_believed() {
    let scene = Scene::new().await;
    let body = scene.event("delivered", "");
    let before = scene.stored();
    let proofs = [
        (None, None),
        (Some(String::new()), Some("")),
        (None, Some("  ")),
    ];
    for (key, secret) in proofs {
        scene.expect_proof(key, secret);
        for headers in [
            &[][..],
            &[("X-Ondo-Webhook-Secret", "")],
            &[("Authorization", "Bearer ")],
        ] {
            let answer = scene.post(&body, headers).await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{secret:?} {headers:?}"
            );
        }
    }
    scene.expect_proof(Some(scene.sendgrid.verification_key()), None);
    assert_eq!(scene.stored(), before);
}

#[actix_web::test]
async fn a_shared_secret_is_a_proof_too() {
    let scene = Scene::new().await;
    scene.expect_proof(None, Some("a-long-shared-secret"));
    let body = scene.event("delivered", "");
    let basic = BASE64_STANDARD.encode("ondo:a-long-shared-secret");
    let wrong = scene
        .post(&body, &[("Authorization", "Bearer a-long-shared-secreT")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let right = scene
        .post(&body, &[("Authorization", &format!("Basic {basic}"))])
        .await;
    assert_eq!(right.status, StatusCode::OK);
    assert_eq!(scene.state(), SendState::Delivered);
}

// F-15
#[actix_web::test]
async fn a_post_that_comes_a_hundred_times_counts_once() {
    let scene = Scene::new().await;
    let body = scene.event("spamreport", "");
    assert_eq!(scene.post_signed(&body).await.status, StatusCode::OK);
    let once = scene.stored();
    assert!(!scene.app.memory.log.logged(scene.app.tenant()).is_empty());
    for _ in 0..100 {
        assert_eq!(scene.post_signed(&body).await.status, StatusCode::OK);
    }
    let logged = scene.app.memory.log.logged(scene.app.tenant());
    assert_eq!(logged.len(), 1);
    assert_eq!(without_times(&scene.stored()), without_times(&once));
}

/// When a repeat came in is the only thing that may differ.
fn without_times(stored: &str) -> String {
    stored
        .split("received_at")
        .map(|part| part.split_once(',').map_or(part, |it| it.1))
        .collect()
}

// A24
#[actix_web::test]
async fn a_click_of_the_provider_is_kept_and_scores_nothing() {
    let scene = Scene::new().await;
    let body = scene.event("click", ",\"url\":\"https://kasuga.example.jp/apply\"");
    assert_eq!(scene.post_signed(&body).await.status, StatusCode::OK);
    let tenant = scene.app.tenant();
    let logged = scene.app.memory.log.logged(tenant);
    assert_eq!(logged.len(), 1);
    let lead = logged[0]
        .1
        .map(|lead| scene.app.memory.log.lead(tenant, lead));
    assert_eq!(lead.flatten().map_or(0, |lead| lead.engagement_score), 0);
}

#[actix_web::test]
async fn what_is_too_large_or_for_nobody_is_not_read() {
    let scene = Scene::new().await;
    let huge = " ".repeat(2 * 1024 * 1024 + 1);
    assert_eq!(
        scene.post_signed(&huge).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let request = TestRequest::post()
        .uri("/webhooks/sendgrid/nobody")
        .set_payload("[]");
    let answer = scene.app.send(request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let no_list = scene.post_signed("{}").await;
    assert_eq!(no_list.status, StatusCode::BAD_REQUEST);
}

/// Tenants in a storage that is away.
struct Away;

impl TenantStore for Away {
    fn is_set_up(&self) -> StoreResult<bool> {
        Ok(true)
    }

    fn create_first(&self, _: &NewTenant) -> StoreResult<bool> {
        Err(StoreError::unavailable("away"))
    }

    fn create(&self, _: &NewTenant) -> StoreResult<()> {
        Err(StoreError::unavailable("away"))
    }

    fn find(&self, _: TenantId) -> StoreResult<Option<Tenant>> {
        Err(StoreError::unavailable("away"))
    }

    fn find_by_webhook_key(&self, _: &str) -> StoreResult<Option<Tenant>> {
        Err(StoreError::unavailable("away"))
    }

    fn list(&self) -> StoreResult<Vec<Tenant>> {
        Err(StoreError::unavailable("away"))
    }

    fn change_settings(
        &self,
        _: TenantId,
        _: &TenantSettings,
        _: &AuditEntry,
    ) -> StoreResult<bool> {
        Err(StoreError::unavailable("away"))
    }
}

#[actix_web::test]
async fn while_the_storage_is_away_the_provider_is_asked_to_come_again() {
    let app = TestApp::with_ports(|ports| ports.tenants = Arc::new(Away)).await;
    let scene = Scene::of(app);
    let answer = scene.post_signed("[]").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_ne!(answer.header("retry-after"), "");
}
