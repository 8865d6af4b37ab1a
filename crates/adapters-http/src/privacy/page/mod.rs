//! The page that every mail leads to: which mail a person wants, and the one-click address of
//! RFC 8058.
//!
//! Looking at it changes nothing, whoever looks (scanners do): only a POST acts. It needs no cookie
//! and no token of a form, because mail programs post it by themselves, and is never redirected.

mod act;
mod known;
mod view;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use chrono::SubsecRound;
use domain::tracking::Network;
use domain::tracking::token::UnsubscribeToken;

use self::act::Act;
use self::known::Known;
use crate::blocking::blocking;
use crate::body;
use crate::error::{Failure, PageResult};
use crate::pages::Page;
use crate::security::client_ip::client_ip;
use crate::state::{AppState, State};

/// `List-Unsubscribe=One-Click`, or a tick for each topic, with room to spare.
const BODY_LIMIT: usize = 64 * 1024;

/// Changes nothing.
pub(super) async fn show(
    request: HttpRequest,
    state: State,
    token: web::Path<String>,
) -> PageResult {
    let Some(token) = opened(&state, &token) else {
        return unknown(&request).render();
    };
    match blocking(move || Known::read(&state.ports, &token)).await? {
        Some(known) => page(&request, &known, None).render(),
        None => unknown(&request).render(),
    }
}

/// Takes effect before the answer.
pub(super) async fn submit(
    request: HttpRequest,
    state: State,
    token: web::Path<String>,
    payload: web::Payload,
) -> PageResult {
    let posted = body::read(payload.into_inner(), BODY_LIMIT).await?;
    let Some(token) = opened(&state, &token) else {
        return unknown(&request).render();
    };
    let act = Act::read(&posted);
    let network = Network::of(client_ip(&request, &state.address.trusted_proxies)).to_string();
    let after = blocking(move || {
        // As the storage keeps it, so that a repeat finds the same moment.
        let now = state.now().trunc_subsecs(6);
        let Some(mut known) = Known::read(&state.ports, &token)? else {
            return Ok(None);
        };
        let done = act.done();
        known.act(&state.ports, act, network, now)?;
        Ok::<_, Failure>(Some((known, done)))
    })
    .await?;
    match after {
        Some((known, done)) => page(&request, &known, Some(done)).render(),
        None => unknown(&request).render(),
    }
}

fn opened(state: &AppState, token: &str) -> Option<UnsubscribeToken> {
    UnsubscribeToken::verify(token, &state.keys).ok()
}

/// A link that is not ours: the same page, with nothing about anybody on it (V-33).
fn unknown(request: &HttpRequest) -> Page {
    framed(Page::of(request, "privacy/page.html"))
        .with("view", &None::<view::View>)
        .with("done", &None::<&str>)
        .status(StatusCode::NOT_FOUND)
}

fn page(request: &HttpRequest, known: &Known, done: Option<&'static str>) -> Page {
    let page = Page::of(request, "privacy/page.html").for_those_outside(known.tenant());
    let view = known.view(page.now());
    framed(page).with("view", &Some(view)).with("done", &done)
}

fn framed(page: Page) -> Page {
    page.title("privacy-page-title")
        .header("Referrer-Policy", "no-referrer")
}
