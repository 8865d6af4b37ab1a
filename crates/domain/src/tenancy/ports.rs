//! What tenancy needs from the outside.

use chrono::{DateTime, Utc};

use crate::ids::{ApiTokenId, TenantId, UserId};
use crate::store::StoreResult;

use super::{
    ApiToken, AuditCursor, AuditEntry, FailureCount, LastAdministrator, NewApiToken, NewSession,
    NewTenant, NewUser, PasswordChange, SecretHash, Session, SignInAccount, Staff, SubjectHash,
    Tenant, TenantSettings, User, UserChange,
};

/// Decides about a change of a user while they and all administrators are locked: see
/// [`UserStore::update`].
pub type UserDecision<'a> = dyn Fn(&Staff) -> Result<UserChange, LastAdministrator> + 'a;

/// What becomes of a count: see [`SignInFailures::recount`].
pub type CountChange<'a> = dyn Fn(&FailureCount) -> FailureCount + 'a;

/// The tenants of the installation.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait TenantStore: Send + Sync {
    /// Whether anybody can sign in, in any tenant.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn is_set_up(&self) -> StoreResult<bool>;

    /// Stores the first tenant of the installation with its administrator and the audit entry, all
    /// or nothing, and answers true; changes nothing and answers false where somebody can sign in
    /// already. Of two calls at once, one wins.
    ///
    /// # Errors
    /// `Unavailable` if so many calls meet that none can be decided.
    fn create_first(&self, new: &NewTenant) -> StoreResult<bool>;

    /// Stores a further tenant with its administrator and the audit entry, all or nothing.
    ///
    /// # Errors
    /// `Duplicate` if there is an account with this address already, in any tenant.
    fn create(&self, new: &NewTenant) -> StoreResult<()>;

    /// The tenant with this id.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn find(&self, tenant: TenantId) -> StoreResult<Option<Tenant>>;

    /// The tenant whose webhooks come with this key.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn find_by_webhook_key(&self, key: &str) -> StoreResult<Option<Tenant>>;

    /// Every tenant, oldest first: the work-list of the jobs.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn list(&self) -> StoreResult<Vec<Tenant>>;

    /// Stores new settings and the audit entry together; false if there is no such tenant.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn change_settings(
        &self,
        tenant: TenantId,
        settings: &TenantSettings,
        audit: &AuditEntry,
    ) -> StoreResult<bool>;
}

/// The people who sign in. Not mocked: mockall knows no closures as arguments; tests take the
/// in-memory port.
pub trait UserStore: Send + Sync {
    /// Stores a new user and the audit entry together.
    ///
    /// # Errors
    /// `Duplicate` if there is an account with this address already, in any tenant.
    fn create(&self, tenant: TenantId, user: &NewUser, audit: &AuditEntry) -> StoreResult<()>;

    /// The user with this id, active or not.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn find(&self, tenant: TenantId, user: UserId) -> StoreResult<Option<User>>;

    /// Everybody, by name: active people first.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn list(&self, tenant: TenantId) -> StoreResult<Vec<User>>;

    /// The account that this address signs in to, active or not. Takes the same steps whether
    /// there is one or not (V-24).
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn find_for_sign_in(&self, address_hash: &[u8; 32]) -> StoreResult<Option<SignInAccount>>;

    /// The stored password hash of a user.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn password_hash(&self, tenant: TenantId, user: UserId) -> StoreResult<Option<String>>;

    /// Changes a user as `decide` says, which sees them while they and all administrators are
    /// locked; change, end of sessions and audit entry are stored together. `None` if there is no
    /// such user; what `decide` refuses changes nothing.
    ///
    /// # Errors
    /// `Duplicate` if the new address belongs to another account, in any tenant.
    fn update(
        &self,
        tenant: TenantId,
        user: UserId,
        decide: &UserDecision<'_>,
    ) -> StoreResult<Option<Result<User, LastAdministrator>>>;

    /// Stores a new password hash, ends the user's sessions (V-23) and stores the audit entry, all
    /// together. Changes nothing and answers false if there is no such user, or if their hash is
    /// no longer [`PasswordChange::replaces`].
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn replace_password(
        &self,
        tenant: TenantId,
        user: UserId,
        change: &PasswordChange,
        audit: &AuditEntry,
    ) -> StoreResult<bool>;
}

/// Who is signed in where.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait SessionStore: Send + Sync {
    /// Stores a session, the time of the sign-in and the audit entry together, provided that the
    /// user is active and `verified_hash` is still their password hash. Otherwise false: the
    /// password was changed or the account closed while the password was being verified.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn open(
        &self,
        tenant: TenantId,
        session: &NewSession,
        verified_hash: &str,
        audit: &AuditEntry,
    ) -> StoreResult<bool>;

    /// The session with this secret, ended by time or not, if its user is active.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn find(&self, tenant: TenantId, secret: &SecretHash) -> StoreResult<Option<Session>>;

    /// Writes down that a session was used; nothing if it is gone.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn touch(
        &self,
        tenant: TenantId,
        secret: &SecretHash,
        seen_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> StoreResult<()>;

    /// Ends a session (sign-out); false if it is gone already.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn end(&self, tenant: TenantId, secret: &SecretHash) -> StoreResult<bool>;

    /// Deletes the sessions that ended by time and says how many they were.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn delete_expired(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<usize>;
}

/// The tokens of programs.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ApiTokenStore: Send + Sync {
    /// Stores a token and the audit entry together.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn create(&self, tenant: TenantId, token: &NewApiToken, audit: &AuditEntry) -> StoreResult<()>;

    /// Every token, revoked ones too, newest first.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn list(&self, tenant: TenantId) -> StoreResult<Vec<ApiToken>>;

    /// The token with this secret, valid or not.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn find_by_secret(
        &self,
        tenant: TenantId,
        secret: &SecretHash,
    ) -> StoreResult<Option<ApiToken>>;

    /// Writes down that a token was used.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn touch(&self, tenant: TenantId, token: ApiTokenId, used_at: DateTime<Utc>)
    -> StoreResult<()>;

    /// Revokes a token at the time of the audit entry, which is stored with it; false, and nothing
    /// stored, if there is no such token or it is revoked already.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn revoke(&self, tenant: TenantId, token: ApiTokenId, audit: &AuditEntry) -> StoreResult<bool>;
}

/// Attempts to guess a password, across all tenants. Not mocked: mockall knows no closures as arguments; tests take the
/// in-memory port.
pub trait SignInFailures: Send + Sync {
    /// Replaces the count of a subject ([`FailureCount::NONE`] if there is none yet) by what
    /// `change` makes of it, under a lock, and answers the count before.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn recount(&self, subject: &SubjectHash, change: &CountChange<'_>)
    -> StoreResult<FailureCount>;

    /// Deletes the counts whose last failure was before this moment and says how many they were.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn delete_older(&self, than: DateTime<Utc>) -> StoreResult<usize>;
}

/// The audit log.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait AuditLog: Send + Sync {
    /// Adds a line. Changes of storage bring their line with them; this is for what changes
    /// nothing there, such as an export.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn append(&self, tenant: TenantId, entry: &AuditEntry) -> StoreResult<()>;

    /// At most `limit` lines before the cursor, newest first.
    ///
    /// # Errors
    /// Only the general ones of storage.
    fn page(
        &self,
        tenant: TenantId,
        before: Option<AuditCursor>,
        limit: u32,
    ) -> StoreResult<Vec<AuditEntry>>;
}
