//! The list of tokens, with the form for a new one.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use domain::tenancy::{ApiToken, Scope};
use serde::Serialize;

use super::create::NewTokenForm;
use crate::blocking::blocking;
use crate::error::PageResult;
use crate::pages::{FormErrors, Nav, Page};
use crate::security::SignedIn;
use crate::state::State;

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    scopes: Vec<&'static str>,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
    is_revoked: bool,
    is_valid: bool,
}

pub(in crate::tenancy) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
) -> PageResult {
    let tenant = me.tenant_id();
    let tokens = blocking(move || state.ports.api_tokens.list(tenant)).await?;
    page(
        &request,
        &tokens,
        &NewTokenForm::default(),
        &FormErrors::default(),
    )
    .render()
}

/// The page; a new token is added by whoever made it.
pub(super) fn page(
    request: &HttpRequest,
    tokens: &[ApiToken],
    form: &NewTokenForm,
    errors: &FormErrors,
) -> Page {
    let page = Page::of(request, "tenancy/api_tokens.html");
    let row = |token| Row::of(token, page.now());
    let rows: Vec<Row> = tokens.iter().map(row).collect();
    page.title("tenancy-tokens-title")
        .nav(Nav::Settings)
        .with("rows", &rows)
        .with("scopes", &Scope::ALL.map(Scope::as_str))
        .with("form", form)
        .with("issued", &None::<String>)
        .errors(errors)
}

impl Row {
    fn of(token: &ApiToken, now: DateTime<Utc>) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name.clone(),
            scopes: token.scopes.iter().map(|scope| scope.as_str()).collect(),
            created_at: token.created_at,
            last_used_at: token.last_used_at,
            expires_at: token.expires_at,
            is_revoked: token.revoked_at.is_some(),
            is_valid: token.is_valid(now),
        }
    }
}
