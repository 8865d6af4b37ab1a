//! Changing somebody: name, address, role, and whether they may sign in.

use actix_web::{HttpRequest, web};
use domain::ids::UserId;
use domain::leads::EmailAddress;
use domain::tenancy::{Role, User, UserEdit, UserError, update_user};
use serde::{Deserialize, Serialize};

use super::{at_desk, roles};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::State;
use crate::tenancy::refusals;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(in crate::tenancy) struct UserForm {
    name: String,
    email: String,
    role: String,
    /// A box that is not ticked is not sent.
    #[serde(default)]
    is_active: bool,
}

impl UserForm {
    fn of(user: &User) -> Self {
        Self {
            name: user.name.clone(),
            email: user.email.as_str().to_owned(),
            role: user.role.as_str().to_owned(),
            is_active: user.is_active,
        }
    }

    fn parsed(&self) -> Result<(EmailAddress, Role), FormErrors> {
        let mut errors = FormErrors::default();
        refusals::name("name", &self.name, &mut errors);
        let email = refusals::address(&self.email, &mut errors);
        let role = Role::parse(&self.role);
        if role.is_none() {
            errors.add("role", "tenancy-error-role");
        }
        email.zip(role).filter(|_| errors.is_empty()).ok_or(errors)
    }
}

pub(in crate::tenancy) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    user: web::Path<UserId>,
) -> PageResult {
    let (tenant, user) = (me.tenant_id(), user.into_inner());
    let found = blocking(move || state.ports.users.find(tenant, user)).await?;
    let form = UserForm::of(&found.ok_or(Failure::NotFound)?);
    page(&request, user, &form, &FormErrors::default()).render()
}

pub(in crate::tenancy) async fn submit(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    user: web::Path<UserId>,
    Form(form): Form<UserForm>,
) -> PageResult {
    let user = user.into_inner();
    let (email, role) = match form.parsed() {
        Ok(parsed) => parsed,
        Err(errors) => return page(&request, user, &form, &errors).render(),
    };
    let (name, is_active) = (form.name.clone(), form.is_active);
    let outcome = blocking(move || {
        let Some(before) = state.ports.users.find(me.tenant_id(), user)? else {
            return Ok(Err(UserError::Unknown));
        };
        let edit = UserEdit {
            email,
            name,
            role,
            locale: before.locale,
            is_active,
        };
        let (tenant, actor) = (me.tenant_id(), me.actor());
        Ok::<_, Failure>(at_desk(&state, |desk| {
            update_user(desk, tenant, user, &edit, &actor, me.now())
        }))
    })
    .await?;
    match outcome {
        Ok(user) => {
            let flash = Flash::success("tenancy-users-saved").with("name", user.name);
            Ok(redirect("/ui/settings/users", Some(flash)))
        }
        Err(error) => page(&request, user, &form, &refusals::user(error)?).render(),
    }
}

/// The page of one person, with what is wrong in either of its forms.
pub(super) fn page(
    request: &HttpRequest,
    user: UserId,
    form: &UserForm,
    errors: &FormErrors,
) -> Page {
    Page::of(request, "tenancy/user.html")
        .titled(&form.name)
        .nav(Nav::Settings)
        .with("id", &user)
        .with("form", form)
        .with("roles", &roles())
        .errors(errors)
}

/// The page of somebody as they are stored.
pub(super) fn page_of(request: &HttpRequest, user: &User, errors: &FormErrors) -> Page {
    page(request, user.id, &UserForm::of(user), errors)
}
