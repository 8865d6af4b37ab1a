//! The person who is signed in.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::{DateTime, Utc};
use domain::delivery::Halt;
use domain::ids::TenantId;
use domain::leads::AsOf;
use domain::store::StoreError;
use domain::tenancy::{Actor, Locale, Permission, Session, Tenant, User, authenticate_session};

use super::cookies::SESSION;
use super::form_token::FormToken;
use crate::blocking::blocking_shortly;
use crate::error::{Failure, PageError};
use crate::state::State;

/// The person who is signed in: an argument of every handler behind [`super::Access::SignedIn`]
/// or [`super::Access::Needs`]. The session is looked up once a request, by the guard.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    session: Arc<Session>,
    halt: Option<Halt>,
    now: DateTime<Utc>,
}

impl SignedIn {
    /// Whom the cookie of this request belongs to.
    pub(super) async fn find(
        request: &HttpRequest,
        state: &State,
    ) -> Result<Option<Self>, Failure> {
        let Some(cookie) = SESSION.read(request, state.address.is_https()) else {
            return Ok(None);
        };
        let (ports, now) = (state.ports.clone(), state.now());
        let found = blocking_shortly(move || {
            let Some(session) = authenticate_session(&*ports.sessions, &cookie, now)? else {
                return Ok(None);
            };
            let policy = ports.delivery_settings.sending_policy(session.tenant.id)?;
            Ok::<_, StoreError>(Some((session, policy.halt)))
        })
        .await?;
        Ok(found.map(|(session, halt)| Self {
            session: Arc::new(session),
            halt,
            now,
        }))
    }

    /// Why no mail goes out, for the banner of every page.
    pub(crate) const fn halt(&self) -> Option<Halt> {
        self.halt
    }

    /// Whose data they see.
    pub(crate) fn tenant(&self) -> &Tenant {
        &self.session.tenant
    }

    /// The id of [`Self::tenant`], the first argument of every port.
    pub(crate) fn tenant_id(&self) -> TenantId {
        self.session.tenant.id
    }

    /// Who they are.
    pub(crate) fn user(&self) -> &User {
        &self.session.user
    }

    /// The session itself.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// When the request came in: the time of everything that it does.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The same, with the organisation's day.
    pub(crate) fn as_of(&self) -> AsOf {
        AsOf::new(self.now, self.session.tenant.time_zone)
    }

    /// Who did it, for the audit log.
    pub(crate) fn actor(&self) -> Actor {
        Actor::user(&self.session.user)
    }

    /// Whether their role allows this.
    pub(crate) fn can(&self, permission: Permission) -> bool {
        self.session.user.role.allows(permission)
    }

    /// Their language, else that of the organisation.
    pub(crate) fn locale(&self) -> Locale {
        self.session
            .user
            .locale
            .unwrap_or(self.session.tenant.locale)
    }

    pub(super) fn form_token(&self) -> FormToken {
        FormToken::of_session(&self.session.csrf_token)
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
