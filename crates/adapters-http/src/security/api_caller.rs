//! The program that calls the JSON interface.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use domain::tenancy::{Actor, ApiAccess, ApiToken, Scope, authenticate_api_token};

use crate::blocking::blocking_shortly;
use crate::error::{ApiError, Failure};
use crate::state::State;

/// The program that calls: an argument of every handler behind [`super::Access::Api`].
#[derive(Clone, Debug)]
pub(crate) struct ApiCaller {
    access: Arc<ApiAccess>,
    is_recalled: bool,
    now: DateTime<Utc>,
}

/// Whom the bearer token of this request belongs to (RFC 6750 §2.1).
///
/// A program that reports what leads do is let in by memory while the storage is away, so that
/// nothing is lost; any other is not.
///
/// # Errors
/// [`Failure::SignedOut`] if there is none or it is not valid.
pub(super) async fn find(
    request: &HttpRequest,
    state: &State,
    scope: Scope,
) -> Result<ApiCaller, Failure> {
    let token = bearer(request).ok_or(Failure::SignedOut)?.to_owned();
    let (ports, text, now) = (state.ports.clone(), token.clone(), state.now());
    let found =
        blocking_shortly(move || authenticate_api_token(&*ports.api_tokens, &text, now)).await;
    let caller = |access, is_recalled| ApiCaller {
        access: Arc::new(access),
        is_recalled,
        now,
    };
    match found {
        Ok(access) => {
            state.tokens.learn(&token, access.as_ref());
            let access = access.ok_or(Failure::SignedOut)?;
            Ok(caller(access, false))
        }
        Err(away @ Failure::Unavailable(_)) if scope == Scope::EngagementsWrite => state
            .tokens
            .recall(&token)
            .filter(|access| access.token.is_valid(now))
            .map(|access| caller(access, true))
            .ok_or(away),
        Err(failure) => Err(failure),
    }
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
        self.access.tenant
    }

    /// What let it in.
    pub(crate) fn token(&self) -> &ApiToken {
        &self.access.token
    }

    /// Whether the storage is away and the token was verified earlier.
    pub(crate) fn is_recalled(&self) -> bool {
        self.is_recalled
    }

    /// When the request came in: the time of everything that it does.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Who did it, for the audit log.
    pub(crate) fn actor(&self) -> Actor {
        Actor::api_token(&self.access.token)
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
