//! `GET /t/c/{token}`: a link of a mail is followed.

use std::net::IpAddr;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::tracking::{
    Appended, Click, Engagement, Kept, PageUrl, click, landing_url, token::TokenError,
};

use super::signs::{client_of, fresh_visitor};
use crate::error::PageResult;
use crate::intake::{self, Unkept};
use crate::metrics::Limited;
use crate::pages::Page;
use crate::security::client_ip::client_ip;
use crate::state::{AppState, State};

/// Records the click and sends the visitor on; whatever becomes of the record, a visitor with a
/// good link gets where it leads (D13). Parameters of the request are dropped (V-03).
pub(super) async fn follow(
    request: HttpRequest,
    state: State,
    token: web::Path<String>,
) -> PageResult {
    let address = client_ip(&request, &state.address.trusted_proxies);
    let (client, verdict) = client_of(&request, &state, address);
    let candidate = fresh_visitor();
    let Click { engagement, target } =
        match click(&token, &state.keys, client, verdict, candidate, state.now()) {
            Ok(click) => click,
            Err(refused) => return refuse(&request, refused),
        };
    let tenant = engagement.tenant;
    let landing = match record(&state, address, engagement, Limited::Click).await {
        Some(appended) => landing_url(target, appended.tracking_id, appended.verdict, |origin| {
            state.sites.is_registered(origin, tenant)
        }),
        None => target,
    };
    Ok(redirect(&landing))
}

fn redirect(landing: &PageUrl) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((header::LOCATION, landing.as_str()))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// Hands over what somebody did with a mail, and says what became of it in the log if that is known
/// soon. What comes too often is not recorded, and counted.
pub(super) async fn record(
    state: &AppState,
    address: IpAddr,
    engagement: Engagement,
    endpoint: Limited,
) -> Option<Appended> {
    if !state.rates.admits(address, engagement.tenant) {
        state.metrics.limited(endpoint);
        return None;
    }
    let patience = state.limits.click_deadline;
    match intake::take(&*state.ports.intake, vec![engagement], patience).await {
        Ok(kept) => kept.first().and_then(Kept::appended).cloned(),
        Err(Unkept::Late) => {
            tracing::debug!("answered before it was known what became of the record");
            None
        }
        Err(Unkept::Refused(refused)) => {
            tracing::warn!(error = %refused, "what somebody did with a mail was not recorded");
            None
        }
    }
}

/// A page that says what is wrong; the target is never used.
fn refuse(request: &HttpRequest, refused: TokenError) -> PageResult {
    let (status, reason) = match refused {
        TokenError::Invalid => (StatusCode::NOT_FOUND, "invalid"),
        TokenError::Expired => (StatusCode::GONE, "expired"),
    };
    Page::of(request, "tracking/refused.html")
        .title(&format!("tracking-link-{reason}-title"))
        .with("reason", reason)
        .status(status)
        .render()
}
