//! The audit log (操作履歴): who did what to what.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::ids::{AuditEntryId, UserId};

use super::{ApiToken, User};

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// A person, a program or Ondo itself.
    pub kind: ActorKind,
    /// The user or API token; `None` for Ondo itself.
    pub id: Option<Uuid>,
    /// The name at that time, readable when the account is long gone.
    pub name: String,
}

/// What kind of actor it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// A member of staff.
    User,
    /// A program with an API token.
    ApiToken,
    /// Ondo itself: its jobs and its command line.
    System,
}

impl ActorKind {
    const ALL: [Self; 3] = [Self::User, Self::ApiToken, Self::System];

    /// The name in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ApiToken => "api_token",
            Self::System => "system",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl Actor {
    /// A member of staff.
    #[must_use]
    pub fn user(user: &User) -> Self {
        Self {
            kind: ActorKind::User,
            id: Some(user.id.uuid()),
            name: user.name.clone(),
        }
    }

    /// A program.
    #[must_use]
    pub fn api_token(token: &ApiToken) -> Self {
        Self {
            kind: ActorKind::ApiToken,
            id: Some(token.id.uuid()),
            name: token.name.clone(),
        }
    }

    /// Ondo itself; the name says which part of it.
    #[must_use]
    pub fn system(name: impl Into<String>) -> Self {
        Self {
            kind: ActorKind::System,
            id: None,
            name: name.into(),
        }
    }
}

/// What was done, as `noun.participle`. Each capability names its own as constants; a name that
/// this version does not know is still read, so that the log outlives the program.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuditAction(Cow<'static, str>);

impl AuditAction {
    /// The organisation and its first administrator were set up.
    pub const TENANT_SET_UP: Self = Self::new("tenant.set_up");
    /// Name, time zone or language of the organisation changed.
    pub const TENANT_CHANGED: Self = Self::new("tenant.changed");
    /// Somebody signed in.
    pub const USER_SIGNED_IN: Self = Self::new("user.signed_in");
    /// An account was made.
    pub const USER_CREATED: Self = Self::new("user.created");
    /// An account changed: name, address, role or language.
    pub const USER_CHANGED: Self = Self::new("user.changed");
    /// An account was closed; it can be opened again.
    pub const USER_DEACTIVATED: Self = Self::new("user.deactivated");
    /// A closed account was opened again.
    pub const USER_REACTIVATED: Self = Self::new("user.reactivated");
    /// Somebody changed their own password.
    pub const PASSWORD_CHANGED: Self = Self::new("password.changed");
    /// An administrator gave somebody a new password.
    pub const PASSWORD_RESET: Self = Self::new("password.reset");
    /// An API token was made.
    pub const API_TOKEN_CREATED: Self = Self::new("api_token.created");
    /// An API token was revoked.
    pub const API_TOKEN_REVOKED: Self = Self::new("api_token.revoked");

    /// An action with this name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// An action as it was stored.
    #[must_use]
    pub fn stored(name: String) -> Self {
        Self(Cow::Owned(name))
    }

    /// The name in storage, which is also the key of its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What something was done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditTarget {
    /// The kind of thing: `user`, `lead`, `broadcast` ….
    pub kind: Cow<'static, str>,
    /// Which one; `None` for "all of them" and for the tenant itself.
    pub id: Option<String>,
}

impl AuditTarget {
    /// One thing of a kind.
    pub fn one(kind: &'static str, id: impl fmt::Display) -> Self {
        Self {
            kind: Cow::Borrowed(kind),
            id: Some(id.to_string()),
        }
    }

    /// Everything of a kind, or something of which there is only one.
    #[must_use]
    pub const fn all(kind: &'static str) -> Self {
        Self {
            kind: Cow::Borrowed(kind),
            id: None,
        }
    }

    /// A member of staff.
    #[must_use]
    pub fn user(user: UserId) -> Self {
        Self::one("user", user)
    }
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditEntryId,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// What was done.
    pub action: AuditAction,
    /// To what.
    pub target: AuditTarget,
    /// More, for a person to read. Never a secret and never a lead's data.
    pub detail: Option<String>,
}

impl AuditEntry {
    /// A new line.
    #[must_use]
    pub fn new(actor: Actor, action: AuditAction, target: AuditTarget, now: DateTime<Utc>) -> Self {
        Self {
            id: AuditEntryId::new(),
            occurred_at: now,
            actor,
            action,
            target,
            detail: None,
        }
    }

    /// The same line with more to read.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Where the log goes on after this line.
    #[must_use]
    pub fn cursor(&self) -> AuditCursor {
        AuditCursor {
            occurred_at: self.occurred_at,
            id: self.id,
        }
    }
}

/// A place in the log: pages go from newest to oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditCursor {
    /// Time of the last line seen.
    pub occurred_at: DateTime<Utc>,
    /// Its id, for lines of the same moment.
    pub id: AuditEntryId,
}
