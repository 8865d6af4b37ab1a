//! Changing passwords.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::ids::{TenantId, UserId};
use crate::store::StoreError;

use super::digest::{KeyedDigest, password_change_subject};
use super::guard::{Guarded, admit, forgive};
use super::{
    Actor, AuditAction, AuditEntry, AuditTarget, Password, PasswordHashError, PasswordHasher,
    PasswordRefusal, SecretHash, Session, SignInFailures, UserStore,
};

/// A new password hash, and what happens to the sessions.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordChange {
    /// The new hash.
    pub hash: String,
    /// The hash that was verified; `None` replaces any.
    pub replaces: Option<String>,
    /// The one session that goes on: the one in which the person did it.
    pub keeps: Option<SecretHash>,
}

impl fmt::Debug for PasswordChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordChange")
            .field("keeps", &self.keeps)
            .finish_non_exhaustive()
    }
}

/// What changing a password works with.
#[derive(Clone, Copy)]
pub struct PasswordDesk<'a> {
    /// The people.
    pub users: &'a dyn UserStore,
    /// Counts the attempts at the old password.
    pub failures: &'a dyn SignInFailures,
    /// Verifies the old one and hashes the new one.
    pub hasher: &'a dyn PasswordHasher,
    /// For the counts.
    pub digest: KeyedDigest<'a>,
}

/// Why a password was not changed.
#[derive(Debug, Error)]
pub enum PasswordChangeError {
    /// The old password is wrong, or was changed elsewhere at this moment.
    #[error("the current password is wrong")]
    WrongPassword,
    /// Too many wrong ones; this one was not even looked at.
    #[error("too many attempts; try again in {} s", .retry_after.num_seconds())]
    Throttled {
        /// How long to wait.
        retry_after: TimeDelta,
    },
    /// There is no such user.
    #[error("there is no such user")]
    Unknown,
    /// The new password may not become one.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// See [`PasswordHashError`].
    #[error(transparent)]
    Hash(#[from] PasswordHashError),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Somebody changes their own password: the old one is verified, and every other session of
/// theirs ends (V-23).
///
/// # Errors
/// See [`PasswordChangeError`]; nothing is changed then.
pub fn change_password(
    with: &PasswordDesk<'_>,
    session: &Session,
    current: &str,
    new: &str,
    now: DateTime<Utc>,
) -> Result<(), PasswordChangeError> {
    let user = &session.user;
    let new = Password::choose(new, &user.email)?;
    let guarded = [Guarded::Own(password_change_subject(with.digest, user.id))];
    if let Some(retry_after) = admit(with.failures, &guarded, now)? {
        return Err(PasswordChangeError::Throttled { retry_after });
    }
    let old_hash = with.users.password_hash(session.tenant.id, user.id)?;
    if !with
        .hasher
        .verify(&Password::typed(current), old_hash.as_deref())
    {
        return Err(PasswordChangeError::WrongPassword);
    }
    forgive(with.failures, &guarded)?;
    let change = PasswordChange {
        hash: with.hasher.hash(&new)?,
        replaces: old_hash,
        keeps: Some(session.secret_hash),
    };
    let audit = AuditEntry::new(
        Actor::user(user),
        AuditAction::PASSWORD_CHANGED,
        AuditTarget::user(user.id),
        now,
    );
    if with
        .users
        .replace_password(session.tenant.id, user.id, &change, &audit)?
    {
        Ok(())
    } else {
        Err(PasswordChangeError::WrongPassword)
    }
}

/// Gives somebody a new password in place of a forgotten one, and ends all their sessions.
///
/// # Errors
/// See [`PasswordChangeError`]; nothing is changed then.
pub fn reset_password(
    with: &PasswordDesk<'_>,
    tenant: TenantId,
    user: UserId,
    new: &str,
    actor: Actor,
    now: DateTime<Utc>,
) -> Result<(), PasswordChangeError> {
    let person = with
        .users
        .find(tenant, user)?
        .ok_or(PasswordChangeError::Unknown)?;
    let new = Password::choose(new, &person.email)?;
    let change = PasswordChange {
        hash: with.hasher.hash(&new)?,
        replaces: None,
        keeps: None,
    };
    let target = AuditTarget::user(user);
    let audit = AuditEntry::new(actor, AuditAction::PASSWORD_RESET, target, now);
    if with.users.replace_password(tenant, user, &change, &audit)? {
        Ok(())
    } else {
        Err(PasswordChangeError::Unknown)
    }
}
