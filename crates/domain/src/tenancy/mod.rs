//! Tenants (組織), the people who sign in, what each may do, and the audit log (操作履歴).
//!
//! A self-hosted school has exactly one tenant and never sees the word (D23). People sign in with
//! an address and a password and get a [`Session`]; programs use an [`ApiToken`]. Both secrets
//! name their tenant in the open part, so that nothing is ever looked up across tenants, and only
//! the digest of the secret part is stored. Every change leaves an [`AuditEntry`], written in the
//! transaction of the change.
//!
//! Ports: [`TenantStore`], [`UserStore`], [`SessionStore`], [`ApiTokenStore`],
//! [`SignInFailures`], [`AuditLog`] and [`PasswordHasher`].

mod api_token;
mod audit;
mod credential;
mod device;
mod digest;
mod guard;
mod locale;
mod password;
mod password_change;
mod ports;
mod role;
mod session;
mod set_up;
mod sign_in;
mod tenant;
mod throttle;
mod user;
mod users;

pub use api_token::{ApiAccess, ApiToken, NewApiToken, Scope, authenticate_api_token};
pub use audit::{Actor, ActorKind, AuditAction, AuditCursor, AuditEntry, AuditTarget};
pub use credential::{ApiTokenText, Randomness, SecretHash, SessionSecret, random_256};
pub use digest::KeyedDigest;
pub use locale::Locale;
pub use password::{Password, PasswordHashError, PasswordHasher, PasswordRefusal};
pub use password_change::{
    PasswordChange, PasswordChangeError, PasswordDesk, change_password, reset_password,
};
pub use ports::{
    ApiTokenStore, AuditLog, CountChange, SessionStore, SignInFailures, TenantStore, UserDecision,
    UserStore,
};
pub use role::{Permission, Role};
pub use session::{NewSession, Session, authenticate_session, expiry};
pub use set_up::{Installation, SetUp, SetUpError, set_up};
pub use sign_in::{SignIn, SignInAttempt, SignInError, SignedIn, sign_in};
pub use tenant::{NewTenant, Tenant, TenantSettings};
pub use throttle::{FailureCount, SubjectHash, delay_after};
pub use user::{NewUser, SignInAccount, User, UserEdit};
pub use users::{
    LastAdministrator, Staff, UserChange, UserDesk, UserDraft, UserError, create_user, update_user,
};
