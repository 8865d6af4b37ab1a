//! Making a token. Its text is shown in the answer and never again.

use actix_web::HttpRequest;
use chrono::TimeDelta;
use domain::ids::ApiTokenId;
use domain::tenancy::{
    ApiToken, AuditAction, AuditEntry, AuditTarget, NewApiToken, Scope, random_256,
};
use serde::{Deserialize, Serialize};

use super::list;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::FormErrors;
use crate::security::SignedIn;
use crate::state::State;
use crate::tenancy::refusals;

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(in crate::tenancy) struct NewTokenForm {
    name: String,
    #[serde(default)]
    scope: Vec<String>,
    /// Days until it ends; nothing for never.
    days: Option<u16>,
}

pub(in crate::tenancy) async fn submit(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<NewTokenForm>,
) -> PageResult {
    let tenant = me.tenant_id();
    let token = match parsed(&form, &me) {
        Ok(token) => token,
        Err(errors) => {
            let tokens = blocking(move || state.ports.api_tokens.list(tenant)).await?;
            return list::page(&request, &tokens, &form, &errors).render();
        }
    };
    let target = AuditTarget::one("api_token", token.id);
    let audit = AuditEntry::new(me.actor(), AuditAction::API_TOKEN_CREATED, target, me.now())
        .with_detail(token.name.clone());
    let (new, text) = NewApiToken::issue(tenant, token, random_256());
    let tokens = blocking(move || {
        state.ports.api_tokens.create(tenant, &new, &audit)?;
        Ok::<_, Failure>(state.ports.api_tokens.list(tenant)?)
    })
    .await?;
    list::page(
        &request,
        &tokens,
        &NewTokenForm::default(),
        &FormErrors::default(),
    )
    .with("issued", &text.reveal())
    .render()
}

fn parsed(form: &NewTokenForm, me: &SignedIn) -> Result<ApiToken, FormErrors> {
    let mut errors = FormErrors::default();
    refusals::name("name", &form.name, &mut errors);
    let scopes: Option<Vec<Scope>> = form.scope.iter().map(|name| Scope::parse(name)).collect();
    let scopes = scopes.unwrap_or_default();
    if scopes.is_empty() {
        errors.add("scope", "tenancy-error-scopes");
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let now = me.now();
    Ok(ApiToken {
        id: ApiTokenId::new(),
        name: form.name.trim().to_owned(),
        scopes,
        created_by: Some(me.user().id),
        created_at: now,
        last_used_at: None,
        expires_at: form.days.map(|days| now + TimeDelta::days(i64::from(days))),
        revoked_at: None,
    })
}
