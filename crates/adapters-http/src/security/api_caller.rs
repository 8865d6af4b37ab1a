//! The program that calls the JSON interface.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::Utc;
use domain::ids::TenantId;
use domain::tenancy::{Actor, ApiAccess, ApiToken, authenticate_api_token};

use crate::blocking::blocking;
use crate::error::{ApiError, Failure};
use crate::state::State;

/// The program that calls: an argument of every handler behind [`super::Access::Api`].
#[derive(Clone, Debug)]
pub(crate) struct ApiCaller(Arc<ApiAccess>);

/// Whom the bearer token of this request belongs to (RFC 6750 §2.1).
///
/// # Errors
/// [`Failure::SignedOut`] if there is none or it is not valid.
pub(super) async fn find(request: &HttpRequest, state: &State) -> Result<ApiCaller, Failure> {
    let token = bearer(request).ok_or(Failure::SignedOut)?.to_owned();
    let ports = state.ports.clone();
    let access =
        blocking(move || authenticate_api_token(&*ports.api_tokens, &token, Utc::now())).await?;
    access
        .map(|access| ApiCaller(Arc::new(access)))
        .ok_or(Failure::SignedOut)
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let header = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl ApiCaller {
    /// Whose data it reaches: the first argument of every port.
    pub(crate) fn tenant_id(&self) -> TenantId {
        self.0.tenant
    }

    /// What let it in.
    pub(crate) fn token(&self) -> &ApiToken {
        &self.0.token
    }

    /// Who did it, for the audit log.
    pub(crate) fn actor(&self) -> Actor {
        Actor::api_token(&self.0.token)
    }
}

impl FromRequest for ApiCaller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = request.extensions().get::<Self>().cloned();
        ready(found.ok_or_else(|| Failure::SignedOut.into()))
    }
}
