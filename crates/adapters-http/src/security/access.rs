//! Who may call a route: said once, in the table of routes, and enforced before the handler.

use std::num::NonZeroU32;

use actix_web::HttpMessage;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::Cookie;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::tenancy::{Permission, Scope, random_256};

use super::api_caller::{self, ApiCaller};
use super::client_ip::client_ip;
use super::cookies::VISIT;
use super::form_token::{self, FormToken};
use super::rate_headers::{self, note};
use super::signed_in::SignedIn;
use crate::error::{ApiError, Failure, PageError};
use crate::metrics::Limited;
use crate::state::{AppState, State};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone, without any cookie: files, tracking, webhooks, health. The handler itself proves
    /// what it must.
    Open,
    /// Anyone, with forms that are tied to the browser: sign-in and first run.
    Visitor,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever is signed in and may do this.
    Needs(Permission),
    /// A program whose token has this scope.
    Api(Scope),
}

/// Middleware of every route: lets in who may come, and puts what it learned about them into the
/// request, where [`SignedIn`] and [`ApiCaller`] find it. Changing requests of people need the
/// token of the form (V-20), so a new route is covered without new code.
pub(crate) async fn guard(
    access: Access,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let mut response = match admit(access, &mut request).await {
        Ok(cookie) => {
            let mut response = next.call(request).await?.map_into_boxed_body();
            if let Some(cookie) = cookie {
                response.response_mut().add_cookie(&cookie)?;
            }
            response
        }
        Err(error) => request.error_response(error),
    };
    if let Access::Api(_) = access {
        rate_headers::write(&mut response);
    }
    Ok(response)
}

async fn admit(
    access: Access,
    request: &mut ServiceRequest,
) -> Result<Option<Cookie<'static>>, actix_web::Error> {
    let state = AppState::of(request.request()).clone();
    match access {
        Access::Open => Ok(None),
        Access::Visitor => Ok(admit_visitor(request, &state)
            .await
            .map_err(PageError::from)?),
        Access::SignedIn => {
            admit_person(request, &state, None)
                .await
                .map_err(PageError::from)?;
            Ok(None)
        }
        Access::Needs(permission) => {
            admit_person(request, &state, Some(permission))
                .await
                .map_err(PageError::from)?;
            Ok(None)
        }
        Access::Api(scope) => {
            admit_program(request, &state, scope)
                .await
                .map_err(ApiError::from)?;
            Ok(None)
        }
    }
}

/// The cookie is new for whoever has none yet.
async fn admit_visitor(
    request: &mut ServiceRequest,
    state: &State,
) -> Result<Option<Cookie<'static>>, Failure> {
    let is_https = state.address.is_https();
    let known = VISIT.read(request.request(), is_https);
    let secret = known
        .clone()
        .unwrap_or_else(|| BASE64_URL_SAFE_NO_PAD.encode(random_256()));
    let token = FormToken::of_visit(&secret);
    request.extensions_mut().insert(token.clone());
    check_form(request, state, &token).await?;
    Ok(known.is_none().then(|| VISIT.with(secret, is_https, None)))
}

async fn admit_person(
    request: &mut ServiceRequest,
    state: &State,
    needed: Option<Permission>,
) -> Result<(), Failure> {
    let signed_in = SignedIn::find(request.request(), state)
        .await?
        .ok_or(Failure::SignedOut)?;
    let token = signed_in.form_token();
    let allowed = needed.is_none_or(|permission| signed_in.can(permission));
    request.extensions_mut().insert(signed_in);
    request.extensions_mut().insert(token.clone());
    check_form(request, state, &token).await?;
    allowed.then_some(()).ok_or(Failure::Forbidden)
}

async fn check_form(
    request: &mut ServiceRequest,
    state: &State,
    token: &FormToken,
) -> Result<(), Failure> {
    if form_token::changes_something(request.method()) {
        form_token::check(request, token, &state.address.url, state.limits.form).await?;
    }
    Ok(())
}

/// The limit of the address comes first: it also slows down whoever guesses tokens.
async fn admit_program(
    request: &mut ServiceRequest,
    state: &State,
    scope: Scope,
) -> Result<(), Failure> {
    let address = client_ip(request.request(), &state.address.trusted_proxies);
    let limited = |failure| {
        state.metrics.limited(Limited::Api);
        failure
    };
    note(request, "address", state.rates.program(address)).map_err(limited)?;
    let caller: ApiCaller = api_caller::find(request.request(), state, scope).await?;
    if !caller.token().allows(scope) {
        return Err(Failure::Forbidden);
    }
    let counted = state.rates.tenant(caller.tenant_id(), NonZeroU32::MIN);
    note(request, "organisation", counted).map_err(limited)?;
    request.extensions_mut().insert(caller);
    Ok(())
}
