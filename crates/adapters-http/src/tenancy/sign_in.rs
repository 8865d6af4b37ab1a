//! The sign-in page.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use domain::tenancy::SignInError;
use serde::Deserialize;

use super::entry::{Browser, enter};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::{Form, Query};
use crate::pages::{Page, redirect};
use crate::state::State;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    email: String,
    password: String,
    next: Option<String>,
}

pub(super) async fn show(
    request: HttpRequest,
    state: State,
    Query(asked): Query<Asked>,
) -> PageResult {
    if !blocking(move || state.ports.tenants.is_set_up()).await? {
        return Ok(redirect("/setup", None));
    }
    page(&request, "", asked.next.as_deref()).render()
}

pub(super) async fn submit(
    request: HttpRequest,
    state: State,
    Form(credentials): Form<Credentials>,
) -> PageResult {
    let browser = Browser::of(&request, &state);
    state.sign_in_throttle.check(browser.ip)?;
    let turn = state.passwords.turn().await?;
    let Credentials {
        email,
        password,
        next,
    } = credentials;
    let (outcome, email) = {
        let state = state.clone();
        blocking(move || {
            let outcome = browser.sign_in(&state, &email, &password);
            drop(turn);
            Ok::<_, Failure>((outcome, email))
        })
        .await?
    };
    match outcome {
        Ok(signed_in) => Ok(enter(&state, &signed_in, next.as_deref())),
        Err(SignInError::Refused) => refused(&request, &email, next.as_deref()),
        Err(error @ (SignInError::Throttled { .. } | SignInError::Store(_))) => Err(error.into()),
    }
}

/// The same page, whether the address is known or not (V-24).
fn refused(
    request: &HttpRequest,
    email: &str,
    next: Option<&str>,
) -> Result<HttpResponse, crate::error::PageError> {
    page(request, email, next)
        .with("refused", &true)
        .status(StatusCode::UNAUTHORIZED)
        .render()
}

fn page(request: &HttpRequest, email: &str, next: Option<&str>) -> Page {
    Page::of(request, "tenancy/sign_in.html")
        .title("tenancy-sign-in-title")
        .with("email", email)
        .with("next", &next)
        .with("refused", &false)
}
