//! The first run: an organisation and its administrator. Not found afterwards.

use actix_web::HttpRequest;
use chrono_tz::Tz;
use domain::leads::EmailAddress;
use domain::tenancy::{Installation, Locale, SetUp, SetUpError, SignedIn, random_256, set_up};
use serde::{Deserialize, Serialize};

use super::entry::{Browser, enter};
use super::refusals;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{FormErrors, Frame, Page};
use crate::state::{AppState, State};

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetUpForm {
    organisation: String,
    name: String,
    email: String,
    #[serde(skip_serializing)]
    password: String,
}

pub(super) async fn show(request: HttpRequest, state: State) -> PageResult {
    if blocking(move || state.ports.tenants.is_set_up()).await? {
        return Err(Failure::NotFound.into());
    }
    page(&request, &SetUpForm::default(), &FormErrors::default()).render()
}

/// Sets up and signs in, so that the password is typed once.
pub(super) async fn submit(
    request: HttpRequest,
    state: State,
    Form(form): Form<SetUpForm>,
) -> PageResult {
    let browser = Browser::of(&request, &state);
    state.sign_in_throttle.check(browser.ip)?;
    let (errors, address) = checked(&form);
    let Some(address) = address.filter(|_| errors.is_empty()) else {
        return page(&request, &form, &errors).render();
    };
    let locale = Frame::of(&request).locale();
    let turn = state.passwords.turn().await?;
    let (outcome, form) = {
        let state = state.clone();
        blocking(move || {
            let outcome = run(&state, &browser, &form, &address, locale);
            drop(turn);
            Ok::<_, Failure>((outcome, form))
        })
        .await?
    };
    match outcome {
        Ok(Ok(signed_in)) => Ok(enter(&state, &signed_in, Some("/ui/settings"))),
        Ok(Err(errors)) => page(&request, &form, &errors).render(),
        Err(failure) => Err(failure.into()),
    }
}

fn checked(form: &SetUpForm) -> (FormErrors, Option<EmailAddress>) {
    let mut errors = FormErrors::default();
    refusals::name("organisation", &form.organisation, &mut errors);
    refusals::name("name", &form.name, &mut errors);
    let address = refusals::address(&form.email, &mut errors);
    (errors, address)
}

fn run(
    state: &AppState,
    browser: &Browser,
    form: &SetUpForm,
    address: &EmailAddress,
    locale: Locale,
) -> Result<Result<SignedIn, FormErrors>, Failure> {
    let with = SetUp {
        tenants: &*state.ports.tenants,
        hasher: &state.passwords,
        digest: &|input| state.keys.lookup_hash(input),
        random: &random_256,
    };
    let installation = Installation {
        organisation: &form.organisation,
        time_zone: Tz::Asia__Tokyo,
        locale,
        administrator: &form.name,
        address,
        password: &form.password,
    };
    match set_up(&with, &installation, state.now()) {
        Ok(_) => Ok(Ok(browser.sign_in(
            state,
            address.as_str(),
            &form.password,
        )?)),
        Err(SetUpError::Password(refusal)) => Ok(Err(FormErrors::one(
            "password",
            refusals::password(refusal),
        ))),
        Err(error @ (SetUpError::AlreadySetUp | SetUpError::Hash(_) | SetUpError::Store(_))) => {
            Err(error.into())
        }
    }
}

fn page(request: &HttpRequest, form: &SetUpForm, errors: &FormErrors) -> Page {
    Page::of(request, "tenancy/set_up.html")
        .title("tenancy-set-up-title")
        .with("form", form)
        .errors(errors)
}
