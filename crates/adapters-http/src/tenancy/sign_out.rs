//! Signing out.

use crate::blocking::blocking;
use crate::error::PageResult;
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::security::cookies::SESSION;
use crate::state::State;

/// Ends the session on the server, so that its cookie opens nothing any more.
pub(super) async fn submit(me: SignedIn, state: State) -> PageResult {
    let is_https = state.address.is_https();
    let (tenant, secret) = (me.tenant_id(), me.session().secret_hash);
    blocking(move || state.ports.sessions.end(tenant, &secret)).await?;
    let mut answer = redirect("/login", Some(Flash::success("tenancy-signed-out")));
    answer
        .add_removal_cookie(&SESSION.removal(is_https))
        .map_err(crate::error::Failure::unexpected)?;
    Ok(answer)
}
