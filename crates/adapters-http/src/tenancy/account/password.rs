//! Changing one's own password.

use actix_web::HttpRequest;
use domain::tenancy::{PasswordChangeError, PasswordDesk, change_password};
use serde::Deserialize;

use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, redirect};
use crate::security::SignedIn;
use crate::state::State;
use crate::tenancy::refusals;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::tenancy) struct Change {
    current: String,
    password: String,
    repeated: String,
}

/// Every other session of the person ends (V-23).
pub(in crate::tenancy) async fn change(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<Change>,
) -> PageResult {
    if form.password != form.repeated {
        let errors = FormErrors::one("repeated", "tenancy-error-password-repeated");
        return super::page(&request, &me, &errors).render();
    }
    let turn = state.passwords.turn().await?;
    let (session, now) = (me.session().clone(), me.now());
    let outcome = blocking(move || {
        let desk = PasswordDesk {
            users: &*state.ports.users,
            failures: &*state.ports.sign_in_failures,
            hasher: &state.passwords,
            digest: &|input| state.keys.lookup_hash(input),
        };
        let outcome = change_password(&desk, &session, &form.current, &form.password, now);
        drop(turn);
        Ok::<_, Failure>(outcome)
    })
    .await?;
    match outcome {
        Ok(()) => {
            let flash = Flash::success("tenancy-password-changed");
            Ok(redirect("/ui/settings/account", Some(flash)))
        }
        Err(error) => super::page(&request, &me, &mendable(error)?).render(),
    }
}

fn mendable(error: PasswordChangeError) -> Result<FormErrors, PasswordChangeError> {
    match error {
        PasswordChangeError::WrongPassword => {
            Ok(FormErrors::one("current", "tenancy-error-password-wrong"))
        }
        PasswordChangeError::Password(refusal) => {
            Ok(FormErrors::one("password", refusals::password(refusal)))
        }
        PasswordChangeError::Throttled { .. }
        | PasswordChangeError::Unknown
        | PasswordChangeError::Hash(_)
        | PasswordChangeError::Store(_) => Err(error),
    }
}
