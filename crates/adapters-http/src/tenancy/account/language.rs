//! Choosing the language of the interface.

use domain::tenancy::{Locale, UserDesk, UserEdit, update_user};
use serde::Deserialize;

use crate::blocking::blocking;
use crate::error::{Complaint, Failure, PageResult};
use crate::extract::Form;
use crate::pages::redirect;
use crate::security::SignedIn;
use crate::security::next_path::after_sign_in;
use crate::state::State;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::tenancy) struct Choice {
    /// `ja`, `en`, or nothing to follow the organisation.
    locale: String,
    /// The page to come back to.
    return_to: Option<String>,
}

pub(in crate::tenancy) async fn change(
    me: SignedIn,
    state: State,
    Form(choice): Form<Choice>,
) -> PageResult {
    let locale = match choice.locale.as_str() {
        "" => None,
        tag => Some(Locale::parse(tag).ok_or_else(|| unknown(tag))?),
    };
    blocking(move || {
        let desk = UserDesk {
            users: &*state.ports.users,
            hasher: &state.passwords,
            digest: &|input| state.keys.lookup_hash(input),
        };
        let edit = UserEdit {
            locale,
            ..me.user().edit()
        };
        update_user(
            &desk,
            me.tenant_id(),
            me.user().id,
            &edit,
            &me.actor(),
            me.now(),
        )
    })
    .await?;
    Ok(redirect(&after_sign_in(choice.return_to.as_deref()), None))
}

fn unknown(tag: &str) -> Failure {
    Failure::Invalid(Complaint::about(
        "locale",
        format!("`{tag}` is not ja or en"),
    ))
}
