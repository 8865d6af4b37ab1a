//! The person who is signed in.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::Utc;
use domain::ids::TenantId;
use domain::tenancy::{Actor, Locale, Permission, Session, Tenant, User, authenticate_session};

use super::cookies::SESSION;
use super::form_token::FormToken;
use crate::blocking::blocking_shortly;
use crate::error::{Failure, PageError};
use crate::state::State;

/// The person who is signed in: an argument of every handler behind [`super::Access::SignedIn`]
/// or [`super::Access::Needs`]. The session is looked up once a request, by the guard.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn(Arc<Session>);

impl SignedIn {
    /// Whom the cookie of this request belongs to.
    pub(super) async fn find(
        request: &HttpRequest,
        state: &State,
    ) -> Result<Option<Self>, Failure> {
        let Some(cookie) = SESSION.read(request, state.address.is_https()) else {
            return Ok(None);
        };
        let ports = state.ports.clone();
        let session =
            blocking_shortly(move || authenticate_session(&*ports.sessions, &cookie, Utc::now()))
                .await?;
        Ok(session.map(|session| Self(Arc::new(session))))
    }

    /// Whose data they see.
    pub(crate) fn tenant(&self) -> &Tenant {
        &self.0.tenant
    }

    /// The id of [`Self::tenant`], the first argument of every port.
    pub(crate) fn tenant_id(&self) -> TenantId {
        self.0.tenant.id
    }

    /// Who they are.
    pub(crate) fn user(&self) -> &User {
        &self.0.user
    }

    /// The session itself.
    pub(crate) fn session(&self) -> &Session {
        &self.0
    }

    /// Who did it, for the audit log.
    pub(crate) fn actor(&self) -> Actor {
        Actor::user(&self.0.user)
    }

    /// Whether their role allows this.
    pub(crate) fn can(&self, permission: Permission) -> bool {
        self.0.user.role.allows(permission)
    }

    /// Their language, else that of the organisation.
    pub(crate) fn locale(&self) -> Locale {
        self.0.user.locale.unwrap_or(self.0.tenant.locale)
    }

    pub(super) fn form_token(&self) -> FormToken {
        FormToken::of_session(&self.0.csrf_token)
    }
}

impl FromRequest for SignedIn {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = request.extensions().get::<Self>().cloned();
        ready(found.ok_or_else(|| Failure::SignedOut.into()))
    }
}
