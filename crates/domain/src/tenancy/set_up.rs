//! The first start: an organisation and its first administrator.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use thiserror::Error;

use crate::ids::{TenantId, UserId};
use crate::leads::EmailAddress;
use crate::store::StoreError;

use super::digest::{KeyedDigest, address_hash};
use super::{
    Actor, AuditAction, AuditEntry, AuditTarget, Locale, NewTenant, NewUser, Password,
    PasswordHashError, PasswordHasher, PasswordRefusal, Randomness, Role, Tenant, TenantStore,
    User,
};

/// What the set-up works with.
#[derive(Clone, Copy)]
pub struct SetUp<'a> {
    /// Where the tenant goes.
    pub tenants: &'a dyn TenantStore,
    /// For the administrator's password.
    pub hasher: &'a dyn PasswordHasher,
    /// For the administrator's address.
    pub digest: KeyedDigest<'a>,
    /// For the key of the webhooks.
    pub random: Randomness<'a>,
}

/// What the first person answers.
#[derive(Clone, Copy)]
pub struct Installation<'a> {
    /// Name of the organisation.
    pub organisation: &'a str,
    /// Its time zone.
    pub time_zone: Tz,
    /// Its language.
    pub locale: Locale,
    /// The person's name.
    pub administrator: &'a str,
    /// The person's address.
    pub address: &'a EmailAddress,
    /// The person's new password, as typed.
    pub password: &'a str,
}

/// Why nothing was set up.
#[derive(Debug, Error)]
pub enum SetUpError {
    /// Somebody can sign in; administrators can add people.
    #[error("Ondo is set up already; ask an administrator for an account")]
    AlreadySetUp,
    /// The password may not become one.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// See [`PasswordHashError`].
    #[error(transparent)]
    Hash(#[from] PasswordHashError),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sets up the organisation and its first administrator together. Only for an installation where
/// nobody can sign in yet: whoever comes later needs an account from an administrator.
///
/// # Errors
/// See [`SetUpError`]; nothing is stored then.
pub fn set_up(
    with: &SetUp<'_>,
    installation: &Installation<'_>,
    now: DateTime<Utc>,
) -> Result<NewTenant, SetUpError> {
    if with.tenants.is_set_up()? {
        return Err(SetUpError::AlreadySetUp);
    }
    let password = Password::choose(installation.password, installation.address)?;
    let new = NewTenant {
        administrator: NewUser {
            user: administrator(installation, now),
            password_hash: with.hasher.hash(&password)?,
            address_hash: address_hash(with.digest, installation.address.as_str()),
        },
        tenant: tenant(installation, with.random, now),
        audit: AuditEntry::new(
            Actor::system("setup"),
            AuditAction::TENANT_SET_UP,
            AuditTarget::all("tenant"),
            now,
        ),
    };
    if with.tenants.create_first(&new)? {
        Ok(new)
    } else {
        Err(SetUpError::AlreadySetUp)
    }
}

fn tenant(installation: &Installation<'_>, random: Randomness<'_>, now: DateTime<Utc>) -> Tenant {
    Tenant {
        id: TenantId::new(),
        name: installation.organisation.trim().to_owned(),
        time_zone: installation.time_zone,
        locale: installation.locale,
        webhook_key: URL_SAFE_NO_PAD.encode(random()),
        created_at: now,
    }
}

fn administrator(installation: &Installation<'_>, now: DateTime<Utc>) -> User {
    User {
        id: UserId::new(),
        email: installation.address.clone(),
        name: installation.administrator.trim().to_owned(),
        role: Role::Admin,
        locale: None,
        is_active: true,
        last_signed_in_at: None,
        created_at: now,
    }
}
