//! What SendGrid reports (A22–A24, A44, A57).

use actix_web::{HttpRequest, HttpResponse, web};
use domain::delivery::{
    AbsorbPorts, MailProvider, OpenSource, ReportRefused, Sealed, WebhookKeys, WebhookRequest,
    absorb,
};
use domain::tenancy::Tenant;

use crate::blocking::blocking;
use crate::body;
use crate::error::{ApiError, Complaint, Failure};
use crate::state::{AppState, State};

/// Takes a post of events: nothing of it is read before it has proved where it comes from, and
/// it is acknowledged only when it is stored, because the provider repeats what is not.
pub(super) async fn take(
    request: HttpRequest,
    state: State,
    key: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    body::check_declared(&request, state.limits.webhook)?;
    let body = body::read(payload.into_inner(), state.limits.webhook).await?;
    let headers = headers_of(&request);
    blocking(move || absorb_post(&state, &key, &headers, &body)).await?;
    Ok(HttpResponse::Ok().finish())
}

fn absorb_post(
    state: &AppState,
    key: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> Result<(), Failure> {
    let now = state.now();
    // A key of nobody is refused like a wrong signature.
    let tenant = state
        .ports
        .tenants
        .find_by_webhook_key(key)?
        .ok_or(Failure::SignedOut)?;
    let (keys, opens) = keys_of(state, &tenant)?;
    let post = WebhookRequest { headers, body };
    let read = state
        .ports
        .delivery_reports
        .read(&keys, &post, now)
        .map_err(refused)?;
    if read.unreadable > 0 {
        tracing::warn!(
            count = read.unreadable,
            "items of a webhook post could not be read"
        );
    }
    let ports = AbsorbPorts {
        reports: &*state.ports.report_log,
        intake: &*state.ports.intake,
        networks: &state.networks,
    };
    let zone = tenant.time_zone;
    let absorbed = absorb(&ports, tenant.id, opens, zone, &read.reports, now)?;
    tracing::info!(
        known = absorbed.known,
        unknown = absorbed.unknown,
        foreign = absorbed.foreign,
        "a webhook post was absorbed"
    );
    Ok(())
}

/// How this tenant's posts prove themselves, and whose opens count.
fn keys_of(state: &AppState, tenant: &Tenant) -> Result<(WebhookKeys, OpenSource), Failure> {
    let provider = state.ports.delivery_settings.provider(tenant.id)?.provider;
    let opens = provider.opens();
    let keys = match provider {
        MailProvider::SendGrid(settings) => WebhookKeys {
            public_key: settings.webhook_public_key,
            secret: settings
                .webhook_secret
                .map(|sealed| open(state, &sealed))
                .transpose()?,
        },
        MailProvider::Outbox | MailProvider::Smtp(_) => WebhookKeys::default(),
    };
    Ok((keys, opens))
}

fn open(state: &AppState, sealed: &Sealed) -> Result<String, Failure> {
    let secret = state.keys.open(&sealed.0).map_err(Failure::unexpected)?;
    String::from_utf8(secret).map_err(Failure::unexpected)
}

fn refused(refusal: ReportRefused) -> Failure {
    tracing::warn!(reason = %refusal, "a webhook post was refused");
    match refusal {
        ReportRefused::NotSetUp
        | ReportRefused::BadKey
        | ReportRefused::NotProved
        | ReportRefused::Stale => Failure::SignedOut,
        ReportRefused::Unreadable => Failure::Invalid(Complaint::about_all(refusal.to_string())),
    }
}

/// Headers that are no text prove nothing and are left out.
fn headers_of(request: &HttpRequest) -> Vec<(String, String)> {
    let headers = request.headers().iter();
    headers
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect()
}
