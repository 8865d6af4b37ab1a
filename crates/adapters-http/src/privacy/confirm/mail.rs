//! The mail that asks a person to confirm an address: transactional, tracked by nothing.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::content::TemplateSource;
use domain::delivery::{
    ComposeError, Composition, MailIdentity, OpenSource, OutgoingMail, SenderProfile, SignedLinks,
    compose,
};
use domain::ids::SendId;
use domain::leads::Lead;
use domain::privacy::ConfirmationToken;
use domain::tenancy::{Locale, Tenant};
use domain::tracking::MailRef;

use crate::error::Failure;
use crate::state::AppState;
use crate::texts;

/// Who asks, by the name that the person knows.
pub(super) fn organisation<'a>(profile: &'a SenderProfile, tenant: &'a Tenant) -> &'a str {
    let names = [&profile.organisation, &tenant.name];
    let named = names.into_iter().find(|name| !name.trim().is_empty());
    named.map_or("", String::as_str)
}

/// The mail, or why there can be none: the sender profile is incomplete.
///
/// # Errors
/// If the sender profile cannot be read.
pub(super) fn compose_for(
    state: &AppState,
    tenant: &Tenant,
    lead: &Lead,
    token: ConfirmationToken,
    now: DateTime<Utc>,
) -> Result<Result<OutgoingMail, ComposeError>, Failure> {
    let sender = state.ports.delivery_settings.sender_profile(tenant.id)?;
    let base = state.address.url.as_str().trim_end_matches('/');
    let url = format!("{base}/confirm/{}", token.sign(&state.keys));
    let composition = Composition {
        identity: identity(tenant, lead, now),
        lead,
        sender: &sender,
        source: &source(tenant.locale, &url),
        tracking: false,
        opens: OpenSource::Pixel,
        honeypot: false,
        locale: tenant.locale,
    };
    let links = SignedLinks::new(Arc::new(state.keys.clone()), base);
    let composed = compose(&*state.ports.renderer, &links, &composition);
    Ok(composed.map(|composed| composed.mail))
}

/// A mail of its own, in no log; its refusal link works all the same.
fn identity(tenant: &Tenant, lead: &Lead, now: DateTime<Utc>) -> MailIdentity {
    MailIdentity {
        tenant: tenant.id,
        mail: MailRef {
            send: SendId::new(),
            lead: lead.id,
            queued_at: now,
            source: None,
            event: None,
        },
        at: now,
    }
}

/// Nothing of it is typed by anybody: names come in through merge tags, which escape them (V-09).
fn source(locale: Locale, url: &str) -> TemplateSource {
    let text = |key| texts::text(locale, key, &texts::arguments([]));
    let (hello, button, ignore) = (
        text("privacy-mail-hello"),
        text("privacy-mail-button"),
        text("privacy-mail-ignore"),
    );
    TemplateSource {
        subject: format!("{{{{ organisation }}}}: {}", text("privacy-mail-subject")),
        html: format!(
            "<p>{hello}</p><p><a href=\"{url}\">{button}</a></p><p>{url}</p><p>{ignore}</p>"
        ),
        text: None,
    }
}
