//! `GET /t/c/{token}`: a link of a mail is followed.

use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Utc;
use domain::ids::TenantId;
use domain::scoring;
use domain::store::{StoreError, StoreResult};
use domain::tracking::{Appended, Click, PageUrl, click, landing_url, token::TokenError};

use super::signs::{client_of, fresh_visitor};
use crate::blocking::blocking;
use crate::error::PageResult;
use crate::pages::Page;
use crate::state::{AppState, State};

/// A visitor does not wait longer than this for the record of the click.
const PATIENCE: Duration = Duration::from_secs(1);

/// Records the click and sends the visitor on; whatever becomes of the record, a visitor with a
/// good link gets where it leads (D13). Parameters of the request are dropped (V-03).
pub(super) async fn follow(
    request: HttpRequest,
    state: State,
    token: web::Path<String>,
) -> PageResult {
    let (client, verdict) = client_of(&request, &state);
    let candidate = fresh_visitor();
    let Click { engagement, target } =
        match click(&token, &state.keys, client, verdict, candidate, Utc::now()) {
            Ok(click) => click,
            Err(refused) => return refuse(&request, refused),
        };
    let aim = target.clone();
    let tenant = engagement.tenant;
    let recording = blocking(move || {
        let mut appended = state
            .ports
            .engagements
            .append(&[engagement], &scoring::decide)?;
        let appended = appended
            .pop()
            .ok_or_else(|| StoreError::unexpected("an engagement without an answer"))?;
        landing(&state, tenant, &aim, &appended)
    });
    let landing = match tokio::time::timeout(PATIENCE, recording).await {
        Ok(Ok(landing)) => landing,
        Ok(Err(failure)) => {
            tracing::warn!(cause = failure.name(), "a click was not recorded");
            target
        }
        Err(_late) => {
            tracing::warn!("a visitor was sent on before the click was recorded");
            target
        }
    };
    Ok(HttpResponse::Found()
        .insert_header((header::LOCATION, landing.as_str()))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish())
}

fn landing(
    state: &AppState,
    tenant: TenantId,
    target: &PageUrl,
    appended: &Appended,
) -> StoreResult<PageUrl> {
    let sites = state
        .tracking
        .sites(state.ports.sites.as_ref(), &target.origin())?;
    Ok(landing_url(
        target.clone(),
        appended.tracking_id,
        appended.verdict,
        |_| sites.iter().any(|site| site.tenant == tenant),
    ))
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
