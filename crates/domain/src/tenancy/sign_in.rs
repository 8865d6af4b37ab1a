//! Signing in with an address and a password.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::leads::EmailAddress;
use crate::store::StoreError;

use super::device::{device_cookie, known_device};
use super::digest::{KeyedDigest, account_subject, address_hash, device_subject, network_subject};
use super::guard::{Guarded, admit, forgive};
use super::{
    Actor, AuditAction, AuditEntry, AuditTarget, NewSession, Password, PasswordHasher, Randomness,
    SessionSecret, SessionStore, SignInAccount, SignInFailures, User, UserStore, expiry,
};

/// What signing in works with.
#[derive(Clone, Copy)]
pub struct SignIn<'a> {
    /// Finds the account.
    pub users: &'a dyn UserStore,
    /// Where the session goes.
    pub sessions: &'a dyn SessionStore,
    /// Counts the attempts.
    pub failures: &'a dyn SignInFailures,
    /// Verifies the password.
    pub hasher: &'a dyn PasswordHasher,
    /// For addresses, networks and devices.
    pub digest: KeyedDigest<'a>,
    /// For the secrets of the session.
    pub random: Randomness<'a>,
}

/// What a browser sends to sign in.
#[derive(Clone, Copy)]
pub struct SignInAttempt<'a> {
    /// The address as typed.
    pub address: &'a str,
    /// The password as typed.
    pub password: &'a str,
    /// The network it comes from, shortened: people of one network share a count.
    pub network: &'a str,
    /// What the browser says it is.
    pub user_agent: Option<&'a str>,
    /// [`SignedIn::device`] from an earlier sign-in, if the browser has it.
    pub device: Option<&'a str>,
}

/// Somebody is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// For the session cookie; new at every sign-in, whatever the browser had before.
    pub secret: SessionSecret,
    /// For a cookie that stays when the session ends: see [`SignInAttempt::device`].
    pub device: String,
    /// Who it is.
    pub user: User,
    /// What is stored of the session.
    pub session: NewSession,
}

/// Why nobody is signed in.
#[derive(Debug, Error)]
pub enum SignInError {
    /// Address and password do not belong together, or the account is closed; which of these is
    /// not told (V-24).
    #[error("the e-mail address or the password is wrong")]
    Refused,
    /// Too many attempts; the password was not even looked at.
    #[error("too many attempts; try again in {} s", .retry_after.num_seconds())]
    Throttled {
        /// How long to wait.
        retry_after: TimeDelta,
    },
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Signs in, if address and password belong together and not too many attempts went wrong.
///
/// Attempts are counted for the account and for the network; on a device where this address signed
/// in before, for the device instead, so that a stranger's guesses lock nobody out.
///
/// # Errors
/// See [`SignInError`].
pub fn sign_in(
    with: &SignIn<'_>,
    attempt: &SignInAttempt<'_>,
    now: DateTime<Utc>,
) -> Result<SignedIn, SignInError> {
    let address = typed_address(attempt.address);
    let guarded = subjects(with.digest, &address, attempt);
    admit(with.failures, &guarded, now)?.map_or(Ok(()), |retry_after| {
        Err(SignInError::Throttled { retry_after })
    })?;

    let account = with
        .users
        .find_for_sign_in(&address_hash(with.digest, &address))?;
    let hash = account
        .as_ref()
        .map(|account| account.password_hash.as_str());
    let verified = with.hasher.verify(&Password::typed(attempt.password), hash);
    let account = account
        .filter(|account| verified && account.user.is_active)
        .ok_or(SignInError::Refused)?;

    let signed_in = open(with, attempt, account, now)?;
    forgive(with.failures, &guarded)?;
    Ok(signed_in)
}

/// An address in the form that accounts are found by. What is no address finds nothing, but takes
/// the same way.
fn typed_address(text: &str) -> String {
    EmailAddress::parse(text).map_or_else(
        |_| Password::typed(text).expose().to_owned(),
        |address| address.as_str().to_owned(),
    )
}

fn subjects(digest: KeyedDigest<'_>, address: &str, attempt: &SignInAttempt<'_>) -> Vec<Guarded> {
    let device = attempt
        .device
        .and_then(|cookie| known_device(digest, address, cookie));
    match device {
        Some(device) => vec![Guarded::Own(device_subject(digest, &device))],
        None => vec![
            Guarded::Shared(network_subject(digest, attempt.network)),
            Guarded::Own(account_subject(digest, address)),
        ],
    }
}

fn open(
    with: &SignIn<'_>,
    attempt: &SignInAttempt<'_>,
    account: SignInAccount,
    now: DateTime<Utc>,
) -> Result<SignedIn, SignInError> {
    let SignInAccount {
        tenant,
        user,
        password_hash,
    } = account;
    let secret = SessionSecret::new(tenant, (with.random)());
    let session = NewSession {
        secret_hash: secret.hash(),
        user: user.id,
        csrf_token: URL_SAFE_NO_PAD.encode((with.random)()),
        user_agent: attempt.user_agent.map(str::to_owned),
        network: Some(attempt.network.to_owned()),
        created_at: now,
        expires_at: expiry(now, now),
    };
    let audit = AuditEntry::new(
        Actor::user(&user),
        AuditAction::USER_SIGNED_IN,
        AuditTarget::user(user.id),
        now,
    );
    if !with
        .sessions
        .open(tenant, &session, &password_hash, &audit)?
    {
        return Err(SignInError::Refused);
    }
    let device = device_cookie(with.digest, user.email.as_str(), (with.random)());
    Ok(SignedIn {
        secret,
        device,
        user,
        session,
    })
}
