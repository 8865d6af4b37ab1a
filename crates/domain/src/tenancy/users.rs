//! Adding people and changing what they may do.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::ids::{TenantId, UserId};
use crate::leads::EmailAddress;
use crate::store::StoreError;

use super::digest::{KeyedDigest, address_hash};
use super::{
    Actor, AuditAction, AuditEntry, AuditTarget, Locale, NewUser, Password, PasswordHashError,
    PasswordHasher, PasswordRefusal, Role, User, UserEdit, UserStore,
};

/// Somebody new, as an administrator describes them.
#[derive(Clone, Copy)]
pub struct UserDraft<'a> {
    /// What they will sign in with.
    pub email: &'a EmailAddress,
    /// What colleagues will see.
    pub name: &'a str,
    /// What they may do.
    pub role: Role,
    /// Their language; `None` follows the tenant.
    pub locale: Option<Locale>,
    /// Their first password, as typed.
    pub password: &'a str,
}

/// A user together with what decides whether they may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// The user, as they are now.
    pub user: User,
    /// How many other administrators can sign in.
    pub other_active_administrators: usize,
}

/// What becomes of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserChange {
    /// The new state.
    pub edit: UserEdit,
    /// The digest of the new address, if it is a new one.
    pub address_hash: Option<[u8; 32]>,
    /// Whether all their sessions end (V-23).
    pub ends_sessions: bool,
    /// What the log says about it.
    pub audit: AuditEntry,
}

/// The change would leave nobody who can manage people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this is the last administrator; make somebody else an administrator first")]
pub struct LastAdministrator;

/// Why a user was not made or changed.
#[derive(Debug, Error)]
pub enum UserError {
    /// There is no such user.
    #[error("there is no such user")]
    Unknown,
    /// The name is empty.
    #[error("a name is needed")]
    NameMissing,
    /// See [`LastAdministrator`].
    #[error(transparent)]
    LastAdministrator(#[from] LastAdministrator),
    /// Another account has this address.
    #[error("there is an account with this e-mail address already")]
    AddressTaken,
    /// The password may not become one.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// See [`PasswordHashError`].
    #[error(transparent)]
    Hash(#[from] PasswordHashError),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for UserError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate(_) => Self::AddressTaken,
            other @ (StoreError::Unavailable(_)
            | StoreError::InUse(_)
            | StoreError::Refused(_)
            | StoreError::Unexpected(_)) => Self::Store(other),
        }
    }
}

/// What making and changing people works with.
#[derive(Clone, Copy)]
pub struct UserDesk<'a> {
    /// The people.
    pub users: &'a dyn UserStore,
    /// For first passwords.
    pub hasher: &'a dyn PasswordHasher,
    /// For addresses.
    pub digest: KeyedDigest<'a>,
}

/// Adds somebody who can sign in at once.
///
/// # Errors
/// See [`UserError`]; nothing is stored then.
pub fn create_user(
    with: &UserDesk<'_>,
    tenant: TenantId,
    draft: &UserDraft<'_>,
    actor: Actor,
    now: DateTime<Utc>,
) -> Result<User, UserError> {
    let password = Password::choose(draft.password, draft.email)?;
    let user = User {
        id: UserId::new(),
        email: draft.email.clone(),
        name: named(draft.name)?,
        role: draft.role,
        locale: draft.locale,
        is_active: true,
        last_signed_in_at: None,
        created_at: now,
    };
    let audit = AuditEntry::new(
        actor,
        AuditAction::USER_CREATED,
        AuditTarget::user(user.id),
        now,
    )
    .with_detail(format!("{}, {}", user.email.as_str(), user.role.as_str()));
    let new = NewUser {
        password_hash: with.hasher.hash(&password)?,
        address_hash: address_hash(with.digest, user.email.as_str()),
        user,
    };
    with.users.create(tenant, &new, &audit)?;
    Ok(new.user)
}

/// Changes somebody. A new role, a new address and closing the account end all their sessions
/// (V-23); the last administrator can neither be closed nor become anything else.
///
/// # Errors
/// See [`UserError`]; nothing is changed then.
pub fn update_user(
    with: &UserDesk<'_>,
    tenant: TenantId,
    user: UserId,
    edit: &UserEdit,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<User, UserError> {
    let edit = UserEdit {
        name: named(&edit.name)?,
        ..edit.clone()
    };
    let new_hash = address_hash(with.digest, edit.email.as_str());
    let decide = |staff: &Staff| {
        let mut change = decide(staff, &edit, actor, now)?;
        change.address_hash = (staff.user.email != edit.email).then_some(new_hash);
        Ok(change)
    };
    let changed = with.users.update(tenant, user, &decide)?;
    Ok(changed.ok_or(UserError::Unknown)??)
}

fn named(name: &str) -> Result<String, UserError> {
    match name.trim() {
        "" => Err(UserError::NameMissing),
        name => Ok(name.to_owned()),
    }
}

fn decide(
    staff: &Staff,
    edit: &UserEdit,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<UserChange, LastAdministrator> {
    let before = &staff.user;
    let stays_administrator = edit.is_active && edit.role == Role::Admin;
    if before.is_active_administrator()
        && !stays_administrator
        && staff.other_active_administrators == 0
    {
        return Err(LastAdministrator);
    }
    let action = match (before.is_active, edit.is_active) {
        (true, false) => AuditAction::USER_DEACTIVATED,
        (false, true) => AuditAction::USER_REACTIVATED,
        (true, true) | (false, false) => AuditAction::USER_CHANGED,
    };
    let audit = AuditEntry::new(actor.clone(), action, AuditTarget::user(before.id), now)
        .with_detail(differences(before, edit));
    Ok(UserChange {
        edit: edit.clone(),
        address_hash: None,
        ends_sessions: before.role != edit.role
            || before.email != edit.email
            || before.is_active != edit.is_active,
        audit,
    })
}

/// What changed, for the log: `role: sales → viewer`.
fn differences(before: &User, edit: &UserEdit) -> String {
    let locale = |locale: Option<Locale>| locale.map_or("-", Locale::as_str);
    let fields = [
        ("name", before.name.as_str(), edit.name.as_str()),
        ("email", before.email.as_str(), edit.email.as_str()),
        ("role", before.role.as_str(), edit.role.as_str()),
        ("locale", locale(before.locale), locale(edit.locale)),
    ];
    let changed = fields.into_iter().filter(|(_, old, new)| old != new);
    let lines = changed.map(|(field, old, new)| format!("{field}: {old} → {new}"));
    lines.collect::<Vec<_>>().join(", ")
}
