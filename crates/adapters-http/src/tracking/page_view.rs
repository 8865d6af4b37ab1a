//! `POST /t/pv`: the site tag reports that a page was shown. (A29–A37, D14)

use std::num::NonZeroU32;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use domain::tracking::{Action, Origin, PageViewInput, PageViewRefused, RegisteredSite, page_view};
use serde::Deserialize;
use serde_json::Value;

use super::signs::{Signs, client_of, fresh_visitor};
use crate::body;
use crate::error::{ApiError, Complaint, Failure};
use crate::intake;
use crate::metrics::Limited;
use crate::security::client_ip::client_ip;
use crate::state::State;

/// A report is a few addresses and a title. (413 beyond it, before it is read.)
const MAX_BYTES: usize = 8 * 1024;
/// Seconds that a browser may remember the answer to a preflight.
const PREFLIGHT_SECONDS: &str = "600";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    tid: String,
    url: String,
    #[serde(default)]
    referrer: Option<String>,
    /// A clock that says nonsense is no reason to lose a page view, so anything is taken here.
    #[serde(default)]
    ts: Value,
    #[serde(default)]
    sid: Option<String>,
    #[serde(default)]
    eid: Option<String>,
    #[serde(default)]
    title: Option<String>,
}

/// Makes a page view durable, in the log or in the spool, and says so. Only pages of registered
/// sites may report; CORS would guard only the reader of the answer, so the origin is checked here
/// (A35, A59).
pub(super) async fn take(
    request: HttpRequest,
    state: State,
    payload: web::Payload,
) -> HttpResponse {
    let origin = match origin_of(&request) {
        Ok(origin) => origin,
        Err(failure) => return ApiError::from(failure).error_response(),
    };
    let sites = match state.sites.of_origin(&origin) {
        Ok(sites) if !sites.is_empty() => sites,
        Ok(_none) => return ApiError::from(Failure::Forbidden).error_response(),
        Err(failure) => return ApiError::from(failure).error_response(),
    };
    let stored = store(&request, &state, payload.into_inner(), &origin, &sites).await;
    let answer = match stored {
        Ok(()) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(serde_json::json!({})),
        Err(failure) => ApiError::from(failure).error_response(),
    };
    readable_by(&origin, answer)
}

/// Answers a browser that asks before it sends: a tag that sends JSON as such.
pub(super) async fn preflight(request: HttpRequest, state: State) -> HttpResponse {
    let asked = || {
        let origin = origin_of(&request)?;
        let sites = state.sites.of_origin(&origin)?;
        (!sites.is_empty())
            .then_some(origin)
            .ok_or(Failure::Forbidden)
    };
    match asked() {
        Ok(origin) => readable_by(
            &origin,
            HttpResponse::NoContent()
                .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "POST"))
                .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"))
                .insert_header((header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS))
                .finish(),
        ),
        Err(failure) => ApiError::from(failure).error_response(),
    }
}

/// Exactly one Origin header in exactly a browser's form.
fn origin_of(request: &HttpRequest) -> Result<Origin, Failure> {
    let mut headers = request.headers().get_all(header::ORIGIN);
    let only = headers.next().filter(|_| headers.next().is_none());
    only.and_then(|value| value.to_str().ok())
        .and_then(Origin::parse_header)
        .ok_or(Failure::Forbidden)
}

async fn store(
    request: &HttpRequest,
    state: &State,
    payload: Payload,
    origin: &Origin,
    sites: &[RegisteredSite],
) -> Result<(), Failure> {
    let address = client_ip(request, &state.address.trusted_proxies);
    let limited = |exceeded| {
        state.metrics.limited(Limited::PageView);
        Failure::from(exceeded)
    };
    state.rates.tracking(address).map_err(limited)?;
    let mut report = read(request, payload).await?;
    if let Some(demo) = &state.ports.time_machine {
        // Browsers do not know how far the clock of a demo was put forward.
        let ahead = demo.ahead().num_milliseconds();
        report.ts = Value::from(report.ts.as_i64().map(|ts| ts.saturating_add(ahead)));
    }
    let tenant = tenant_of(sites, report.sid.as_deref()).ok_or(Failure::Forbidden)?;
    let is_named = report.eid.is_some();
    let signs = client_of(request, state, address);
    let mut engagement = engagement(signs, origin, tenant, report, state.now())?;
    if is_named {
        let first = state
            .first_times
            .first(engagement.id, engagement.occurred_at);
        engagement.occurred_at = first;
    }
    if let Action::PageView { visitor, .. } = &engagement.action {
        state.rates.visitor(*visitor).map_err(limited)?;
    }
    let of_tenant = state.rates.tenant(tenant, NonZeroU32::MIN);
    of_tenant.map_err(limited)?;
    let patience = state.limits.answer_deadline;
    intake::take(&*state.ports.intake, vec![engagement], patience).await?;
    Ok(())
}

async fn read(request: &HttpRequest, payload: Payload) -> Result<Report, Failure> {
    let header = |name| request.headers().get(name).map(HeaderValue::as_bytes);
    body::check_declared(request, MAX_BYTES)?;
    if header(header::CONTENT_ENCODING).is_some() || !is_taken(header(header::CONTENT_TYPE)) {
        return Err(Failure::UnsupportedKind);
    }
    let body = body::read(payload, MAX_BYTES).await?;
    serde_json::from_slice(&body)
        .map_err(|error| Failure::Invalid(Complaint::about_all(error.to_string())))
}

/// `text/plain` spares the browser a preflight; what is inside is JSON all the same.
fn is_taken(content_type: Option<&[u8]>) -> bool {
    let essence = content_type
        .and_then(|text| text.split(|byte| *byte == b';').next())
        .map(|text| text.trim_ascii().to_ascii_lowercase());
    matches!(
        essence.as_deref(),
        None | Some(b"text/plain" | b"application/json")
    )
}

/// The tenant whose site it is. Where several share an origin, the site key decides; a key that is
/// sent must be right.
fn tenant_of(sites: &[RegisteredSite], key: Option<&str>) -> Option<TenantId> {
    match (key, sites) {
        (Some(key), _) => sites
            .iter()
            .find(|site| site.key.as_str() == key)
            .map(|site| site.tenant),
        (None, [only]) => Some(only.tenant),
        (None, _) => None,
    }
}

fn engagement(
    (client, verdict): Signs,
    origin: &Origin,
    tenant: TenantId,
    report: Report,
    now: DateTime<Utc>,
) -> Result<domain::tracking::Engagement, Failure> {
    let input = PageViewInput {
        tid: report.tid,
        url: report.url,
        referrer: report.referrer,
        ts: report.ts.as_i64(),
        eid: report.eid,
        title: report.title,
    };
    let is_own_site = |page: &domain::tracking::PageUrl| page.origin() == *origin;
    page_view(
        &input,
        tenant,
        is_own_site,
        client,
        verdict,
        fresh_visitor(),
        now,
    )
    .map_err(|refused| match refused {
        PageViewRefused::Url(error) => Failure::Invalid(Complaint::about("url", error.to_string())),
        PageViewRefused::ForeignPage => Failure::Forbidden,
    })
}

/// Lets pages of `origin` read the answer, and nobody else.
fn readable_by(origin: &Origin, mut answer: HttpResponse) -> HttpResponse {
    let headers = answer.headers_mut();
    if let Ok(value) = HeaderValue::from_str(origin.as_str()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
    }
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    answer
}
