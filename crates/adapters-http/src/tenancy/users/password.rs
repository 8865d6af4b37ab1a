//! Giving somebody a new password in place of a forgotten one.

use actix_web::{HttpRequest, web};
use domain::ids::{TenantId, UserId};
use domain::tenancy::{
    Actor, PasswordChangeError, PasswordDesk, PasswordRefusal, User, reset_password,
};
use serde::Deserialize;

use super::edit;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};
use crate::tenancy::refusals;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::tenancy) struct Reset {
    password: String,
}

/// All sessions of the person end (V-23).
pub(in crate::tenancy) async fn reset(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    user: web::Path<UserId>,
    Form(form): Form<Reset>,
) -> PageResult {
    let turn = state.passwords.turn().await?;
    let (tenant, user, actor) = (me.tenant_id(), user.into_inner(), me.actor());
    let (person, refusal) = blocking(move || {
        let outcome = run(&state, tenant, user, &form.password, actor);
        drop(turn);
        outcome
    })
    .await?;
    match refusal {
        None => {
            let flash = Flash::success("tenancy-users-password-reset").with("name", person.name);
            Ok(redirect("/ui/settings/users", Some(flash)))
        }
        Some(refusal) => {
            let errors = FormErrors::one("password", refusals::password(refusal));
            edit::page_of(&request, &person, &errors).render()
        }
    }
}

/// The person, and why the password may not become theirs.
fn run(
    state: &AppState,
    tenant: TenantId,
    user: UserId,
    password: &str,
    actor: Actor,
) -> Result<(User, Option<PasswordRefusal>), Failure> {
    let person = state
        .ports
        .users
        .find(tenant, user)?
        .ok_or(Failure::NotFound)?;
    let desk = PasswordDesk {
        users: &*state.ports.users,
        failures: &*state.ports.sign_in_failures,
        hasher: &state.passwords,
        digest: &|input| state.keys.lookup_hash(input),
    };
    match reset_password(&desk, tenant, user, password, actor, state.now()) {
        Ok(()) => Ok((person, None)),
        Err(PasswordChangeError::Password(refusal)) => Ok((person, Some(refusal))),
        Err(
            error @ (PasswordChangeError::WrongPassword
            | PasswordChangeError::Throttled { .. }
            | PasswordChangeError::Unknown
            | PasswordChangeError::Hash(_)
            | PasswordChangeError::Store(_)),
        ) => Err(error.into()),
    }
}
