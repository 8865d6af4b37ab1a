//! Adding somebody who may sign in.

use actix_web::HttpRequest;
use domain::leads::EmailAddress;
use domain::tenancy::{Role, UserDraft, create_user};
use serde::{Deserialize, Serialize};

use super::{at_desk, roles};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::State;
use crate::tenancy::refusals;

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(in crate::tenancy) struct NewUserForm {
    name: String,
    email: String,
    role: String,
    #[serde(skip_serializing)]
    password: String,
}

pub(in crate::tenancy) async fn show(request: HttpRequest) -> PageResult {
    let form = NewUserForm {
        role: Role::Marketer.as_str().to_owned(),
        ..NewUserForm::default()
    };
    page(&request, &form, &FormErrors::default()).render()
}

pub(in crate::tenancy) async fn submit(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<NewUserForm>,
) -> PageResult {
    let (email, role) = match parsed(&form) {
        Ok(parsed) => parsed,
        Err(errors) => return page(&request, &form, &errors).render(),
    };
    let turn = state.passwords.turn().await?;
    let (outcome, form) = blocking(move || {
        let draft = UserDraft {
            email: &email,
            name: &form.name,
            role,
            locale: None,
            password: &form.password,
        };
        let (tenant, actor) = (me.tenant_id(), me.actor());
        let outcome = at_desk(&state, |desk| {
            create_user(desk, tenant, &draft, actor, me.now())
        });
        drop(turn);
        Ok::<_, Failure>((outcome, form))
    })
    .await?;
    match outcome {
        Ok(user) => {
            let flash = Flash::success("tenancy-users-created").with("name", user.name);
            Ok(redirect("/ui/settings/users", Some(flash)))
        }
        Err(error) => page(&request, &form, &refusals::user(error)?).render(),
    }
}

fn parsed(form: &NewUserForm) -> Result<(EmailAddress, Role), FormErrors> {
    let mut errors = FormErrors::default();
    refusals::name("name", &form.name, &mut errors);
    let email = refusals::address(&form.email, &mut errors);
    let role = Role::parse(&form.role);
    if role.is_none() {
        errors.add("role", "tenancy-error-role");
    }
    email.zip(role).filter(|_| errors.is_empty()).ok_or(errors)
}

fn page(request: &HttpRequest, form: &NewUserForm, errors: &FormErrors) -> Page {
    Page::of(request, "tenancy/user_new.html")
        .title("tenancy-users-add")
        .nav(Nav::Settings)
        .with("form", form)
        .with("roles", &roles())
        .errors(errors)
}
