//! The secret by which other programs know that a call is ours.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use domain::keys::KeyRing;
use domain::notifications::{OVERLAP, StoredSecrets, WebhookSecret};
use domain::tenancy::{AuditEntry, AuditTarget, random_256};
use serde::Serialize;

use super::SECRET_RENEWED;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Flash, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::State;

const PATH: &str = "/ui/settings/webhooks";

#[derive(Serialize)]
struct Shown {
    /// None where the keys that sealed it are not here.
    secret: Option<String>,
    made_at: DateTime<Utc>,
    /// Until when the one before signs, too.
    previous_until: Option<DateTime<Utc>>,
}

impl Shown {
    fn of(stored: &StoredSecrets, keys: &KeyRing, now: DateTime<Utc>) -> Self {
        let secret = WebhookSecret::opened(&stored.current, keys).ok();
        let previous = stored.previous.as_ref().map(|(_, until)| *until);
        Self {
            secret: secret.map(|secret| secret.text().to_owned()),
            made_at: stored.made_at,
            previous_until: previous.filter(|until| now < *until),
        }
    }
}

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let (tenant, now) = (me.tenant_id(), me.now());
    let shown = blocking(move || {
        let stored = state.ports.webhook_secrets.webhook_secrets(tenant)?;
        Ok::<_, Failure>(stored.map(|stored| Shown::of(&stored, &state.keys, now)))
    })
    .await?;
    Page::of(&request, "notifications/webhooks.html")
        .title("notifications-webhooks-title")
        .nav(Nav::Settings)
        .with("shown", &shown)
        .render()
}

pub(super) async fn renew(me: SignedIn, state: State) -> PageResult {
    let (tenant, actor, now) = (me.tenant_id(), me.actor(), me.now());
    blocking(move || {
        let (secret, random) = (WebhookSecret::new(random_256()), random_256());
        let (nonce, _) = random.split_first_chunk().expect("12 bytes are within 32");
        let sealed = secret.sealed(&state.keys, *nonce);
        let ports = &state.ports;
        let until = now + OVERLAP;
        ports
            .webhook_secrets
            .renew_webhook_secret(tenant, &sealed, until, now)?;
        let target = AuditTarget::all("webhook_secret");
        let entry = AuditEntry::new(actor, SECRET_RENEWED, target, now);
        ports.audit.append(tenant, &entry)
    })
    .await?;
    let flash = Flash::success("notifications-secret-renewed");
    Ok(redirect(PATH, Some(flash)))
}
