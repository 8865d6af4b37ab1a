//! The page on which a person refuses more mail, and the one-click address of RFC 8058.
//!
//! Looking at it changes nothing, whoever looks (scanners do): only a POST acts. It needs no cookie
//! and no token of a form, because mail programs post it by themselves, and is never redirected.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use chrono::Utc;
use domain::delivery::{UnsubscribePorts, unsubscribe};
use domain::ids::TenantId;
use domain::tracking::MailRef;
use domain::tracking::token::UnsubscribeToken;

use crate::blocking::blocking;
use crate::body;
use crate::error::{Failure, PageResult};
use crate::pages::Page;
use crate::pages::format::masked_address;
use crate::state::{AppState, State};

/// `List-Unsubscribe=One-Click`, as a form of either kind, with room to spare.
const BODY_LIMIT: usize = 64 * 1024;

/// Whom a link speaks about, as far as the page shows it.
struct Recipient {
    organisation: String,
    address: Option<String>,
}

/// Changes nothing.
pub(super) async fn show(
    request: HttpRequest,
    state: State,
    token: web::Path<String>,
) -> PageResult {
    let Some((tenant, mail)) = opened(&state, &token) else {
        return unknown(&request).render();
    };
    match blocking(move || recipient(&state, tenant, &mail)).await? {
        Some(recipient) => page(&request, "ask", Some(&recipient)).render(),
        None => unknown(&request).render(),
    }
}

/// Takes effect before the answer. What the body says is not asked: whoever can post to this
/// address got the mail, and a refusal must never fail for a formality.
pub(super) async fn submit(
    request: HttpRequest,
    state: State,
    token: web::Path<String>,
    payload: web::Payload,
) -> PageResult {
    body::read(payload.into_inner(), BODY_LIMIT).await?;
    let Some((tenant, mail)) = opened(&state, &token) else {
        return unknown(&request).render();
    };
    let refused = blocking(move || {
        let Some(recipient) = recipient(&state, tenant, &mail)? else {
            return Ok(None);
        };
        let ports = UnsubscribePorts {
            leads: &*state.ports.leads,
            suppressions: &*state.ports.suppressions,
            intake: &*state.ports.intake,
        };
        unsubscribe(&ports, tenant, &mail, Utc::now())?;
        Ok::<_, Failure>(Some(recipient))
    })
    .await?;
    match refused {
        Some(recipient) => page(&request, "done", Some(&recipient)).render(),
        None => unknown(&request).render(),
    }
}

fn opened(state: &AppState, token: &str) -> Option<(TenantId, MailRef)> {
    let token = UnsubscribeToken::verify(token, &state.keys).ok()?;
    Some((token.tenant, token.mail))
}

fn recipient(
    state: &AppState,
    tenant: TenantId,
    mail: &MailRef,
) -> Result<Option<Recipient>, Failure> {
    let Some(tenant) = state.ports.tenants.find(tenant)? else {
        return Ok(None);
    };
    let profile = state.ports.delivery_settings.sender_profile(tenant.id)?;
    let lead = state.ports.leads.find(tenant.id, mail.lead)?;
    let named = [profile.organisation, tenant.name.clone()];
    let recipient = Recipient {
        organisation: named
            .into_iter()
            .find(|name| !name.trim().is_empty())
            .unwrap_or_default(),
        address: lead.map(|lead| masked_address(lead.email.as_str())),
    };
    Ok(Some(recipient))
}

/// A link that is not ours: the same page, with nothing about anybody on it (V-33).
fn unknown(request: &HttpRequest) -> Page {
    page(request, "unknown", None).status(StatusCode::NOT_FOUND)
}

fn page(request: &HttpRequest, step: &str, recipient: Option<&Recipient>) -> Page {
    Page::of(request, "delivery/unsubscribe.html")
        .title("delivery-unsubscribe")
        .with("step", step)
        .with("organisation", &recipient.map(|it| &it.organisation))
        .with("address", &recipient.and_then(|it| it.address.as_ref()))
        .header("Referrer-Policy", "no-referrer")
}
