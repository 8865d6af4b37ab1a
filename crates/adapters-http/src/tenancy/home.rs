//! The bare address of the installation.

use actix_web::HttpResponse;

use crate::blocking::blocking;
use crate::error::PageError;
use crate::pages::redirect;
use crate::security::next_path::HOME;
use crate::state::State;

/// To the dashboard, or to the first run where nobody can sign in yet.
pub(super) async fn lead_on(state: State) -> Result<HttpResponse, PageError> {
    let is_set_up = blocking(move || state.ports.tenants.is_set_up()).await?;
    Ok(redirect(if is_set_up { HOME } else { "/setup" }, None))
}
