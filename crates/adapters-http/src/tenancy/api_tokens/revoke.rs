//! Ending a token before its time.

use actix_web::web;
use domain::ids::ApiTokenId;
use domain::tenancy::{AuditAction, AuditEntry, AuditTarget};

use crate::blocking::blocking;
use crate::error::PageResult;
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::State;

pub(in crate::tenancy) async fn submit(
    me: SignedIn,
    state: State,
    token: web::Path<ApiTokenId>,
) -> PageResult {
    let (tenant, token) = (me.tenant_id(), token.into_inner());
    let target = AuditTarget::one("api_token", token);
    let audit = AuditEntry::new(me.actor(), AuditAction::API_TOKEN_REVOKED, target, me.now());
    let shared = state.clone();
    let revoked = blocking(move || shared.ports.api_tokens.revoke(tenant, token, &audit)).await?;
    state.tokens.forget();
    let flash = if revoked {
        Flash::success("tenancy-tokens-revoked")
    } else {
        Flash::danger("tenancy-tokens-gone")
    };
    Ok(redirect("/ui/settings/api-tokens", Some(flash)))
}
