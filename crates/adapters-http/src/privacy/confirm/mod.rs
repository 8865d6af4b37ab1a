//! The page on which a person confirms an address (double opt-in).
//!
//! Looking at it confirms nothing and changes no row, whoever looks: the button does it by POST,
//! with the token alone. That a browser showed the page is told by its script, by POST too, so that
//! the drop-off can be measured without counting scanners.

mod asking;
mod mail;

pub(crate) use asking::{Asked, Wanted, ask};

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, SubsecRound, Utc};
use domain::privacy::{Confirmation, ConfirmationToken};
use domain::tenancy::Tenant;
use domain::tracking::Network;
use serde::Serialize;

use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::Page;
use crate::ports::Ports;
use crate::security::client_ip::client_ip;
use crate::state::{AppState, State};

/// The question that a link speaks about.
struct Known {
    tenant: Tenant,
    organisation: String,
    question: Confirmation,
    address: String,
}

#[derive(Serialize)]
struct View<'a> {
    organisation: &'a str,
    address: &'a str,
    source: &'a str,
    shown_text: Option<&'a str>,
    /// `ask`, `done` or `expired`.
    step: &'static str,
}

/// Changes nothing.
pub(super) async fn show(
    request: HttpRequest,
    state: State,
    token: web::Path<String>,
) -> PageResult {
    let now = state.now();
    let Some(opened) = opened(&state, &token, now) else {
        return unknown(&request).render();
    };
    match blocking(move || Known::read(&state.ports, opened)).await? {
        Some(known) => known.page(&request, now).render(),
        None => unknown(&request).render(),
    }
}

/// Confirms before the answer. A repeat shows the same page.
pub(super) async fn submit(
    request: HttpRequest,
    state: State,
    token: web::Path<String>,
) -> PageResult {
    let now = state.now().trunc_subsecs(6);
    let Some(opened) = opened(&state, &token, now) else {
        return unknown(&request).render();
    };
    let network = Network::of(client_ip(&request, &state.address.trusted_proxies)).to_string();
    let known = blocking(move || {
        let store = &state.ports.confirmations;
        store.confirm(opened.tenant, opened.confirmation, Some(network), now)?;
        Known::read(&state.ports, opened)
    })
    .await?;
    match known {
        Some(known) => known.page(&request, now).render(),
        None => unknown(&request).render(),
    }
}

/// A browser shows the page. Tells nobody whether the link is known.
pub(super) async fn seen(
    state: State,
    token: web::Path<String>,
) -> Result<HttpResponse, crate::error::PageError> {
    let now = state.now();
    if let Some(opened) = opened(&state, &token, now) {
        blocking(move || {
            let store = &state.ports.confirmations;
            store.note_visited(opened.tenant, opened.confirmation, now)
        })
        .await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

fn opened(state: &AppState, token: &str, now: DateTime<Utc>) -> Option<ConfirmationToken> {
    ConfirmationToken::verify(token, &state.keys, now).ok()
}

impl Known {
    fn read(ports: &Ports, token: ConfirmationToken) -> Result<Option<Self>, Failure> {
        let Some(tenant) = ports.tenants.find(token.tenant)? else {
            return Ok(None);
        };
        let question = ports
            .confirmations
            .confirmation(tenant.id, token.confirmation)?;
        let Some(question) = question else {
            return Ok(None);
        };
        let Some(lead) = ports.leads.find(tenant.id, question.lead)? else {
            return Ok(None);
        };
        let profile = ports.delivery_settings.sender_profile(tenant.id)?;
        Ok(Some(Self {
            organisation: mail::organisation(&profile, &tenant).to_owned(),
            address: lead.email.masked(),
            question,
            tenant,
        }))
    }

    fn page(&self, request: &HttpRequest, now: DateTime<Utc>) -> Page {
        let step = if self.question.confirmed_at.is_some() {
            "done"
        } else if self.question.is_expired(now) {
            "expired"
        } else {
            "ask"
        };
        let view = View {
            organisation: &self.organisation,
            address: &self.address,
            source: &self.question.source,
            shown_text: self.question.shown_text.as_deref(),
            step,
        };
        let page = Page::of(request, "privacy/confirm.html").for_those_outside(&self.tenant);
        framed(page).with("view", &Some(view))
    }
}

/// A link that is not ours, or whose person is gone: nothing about anybody (V-33).
fn unknown(request: &HttpRequest) -> Page {
    framed(Page::of(request, "privacy/confirm.html"))
        .with("view", &None::<View<'_>>)
        .status(StatusCode::NOT_FOUND)
}

fn framed(page: Page) -> Page {
    page.title("privacy-confirm-title")
        .header("Referrer-Policy", "no-referrer")
}
