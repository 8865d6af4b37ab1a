//! People who sign in.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::ids::{TenantId, UserId};
use crate::leads::EmailAddress;

use super::{Locale, Role};

/// A member of staff. The password is not part of it, so that it cannot be shown by mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// What they sign in with; one account an address in the whole installation.
    pub email: EmailAddress,
    /// What colleagues see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The language they chose; `None` follows the tenant.
    pub locale: Option<Locale>,
    /// Whether they may sign in.
    pub is_active: bool,
    /// When they last signed in.
    pub last_signed_in_at: Option<DateTime<Utc>>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
}

impl User {
    /// Whether this is an administrator who can sign in.
    #[must_use]
    pub fn is_active_administrator(&self) -> bool {
        self.is_active && self.role == Role::Admin
    }

    /// What an administrator may change about them.
    #[must_use]
    pub fn edit(&self) -> UserEdit {
        UserEdit {
            email: self.email.clone(),
            name: self.name.clone(),
            role: self.role,
            locale: self.locale,
            is_active: self.is_active,
        }
    }
}

/// The part of a user that an administrator may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserEdit {
    /// See [`User::email`].
    pub email: EmailAddress,
    /// See [`User::name`].
    pub name: String,
    /// See [`User::role`].
    pub role: Role,
    /// See [`User::locale`].
    pub locale: Option<Locale>,
    /// See [`User::is_active`].
    pub is_active: bool,
}

/// A user who is to be stored for the first time.
#[derive(Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The person.
    pub user: User,
    /// From the password hasher (PHC string).
    pub password_hash: String,
    /// The keyed digest that leads from the typed address to the account at sign-in.
    pub address_hash: [u8; 32],
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// What sign-in needs to know about an account.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInAccount {
    /// Where the account is.
    pub tenant: TenantId,
    /// Whose it is; may be inactive.
    pub user: User,
    /// What the typed password is verified against (PHC string).
    pub password_hash: String,
}

impl fmt::Debug for SignInAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInAccount")
            .field("tenant", &self.tenant)
            .field("user", &self.user.id)
            .finish_non_exhaustive()
    }
}
