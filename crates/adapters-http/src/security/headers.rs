//! The headers that every answer carries.

use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::tenancy::random_256;
use url::Url;

use crate::state::State;

/// The value that lets a script of ours run in this one answer.
#[derive(Clone, Debug)]
pub(crate) struct Nonce(String);

impl Nonce {
    fn new() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(&random_256()[..16]))
    }

    /// The value for the page.
    pub(crate) fn text(&self) -> String {
        self.0.clone()
    }
}

/// Middleware: sets what a handler did not set itself.
pub(crate) async fn protect(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let nonce = Nonce::new();
    let policy = policy(&nonce);
    request.extensions_mut().insert(nonce);
    let is_https = request
        .app_data::<State>()
        .is_some_and(|state| state.address.is_https());
    let mut response = next.call(request).await?.map_into_boxed_body();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        set_default(headers, header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in FIXED {
        set_default(headers, name, HeaderValue::from_static(value));
    }
    if is_https {
        let year = HeaderValue::from_static("max-age=31536000");
        set_default(headers, header::STRICT_TRANSPORT_SECURITY, year);
    }
    Ok(response)
}

const FIXED: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        header::PERMISSIONS_POLICY,
        "camera=(), geolocation=(), microphone=(), payment=()",
    ),
];

/// Everything from here, nothing inline, never in a foreign frame. Icons inside Tabler's styles
/// are `data:` images.
fn policy(nonce: &Nonce) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{}'; img-src 'self' data:; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        nonce.0
    )
}

/// For the page of the template editors only: they write styles into the page, and show the pictures
/// of the mail from wherever they are. Scripts are as closed as everywhere.
pub(crate) fn editor_policy(nonce: &Nonce, public: &Url) -> String {
    let pictures = public.origin().ascii_serialization();
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{}'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data: https: {pictures}; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'",
        nonce.0
    )
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if !headers.contains_key(&name) {
        headers.insert(name, value);
    }
}
