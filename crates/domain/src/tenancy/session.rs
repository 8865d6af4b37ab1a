//! Sessions: one sign-in of one person in one browser.

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::UserId;
use crate::store::StoreResult;

use super::{SecretHash, SessionSecret, SessionStore, Tenant, User};

/// A session ends when nobody used it for this long.
const IDLE: TimeDelta = TimeDelta::hours(12);
/// A session ends this long after the sign-in, used or not.
const LONGEST: TimeDelta = TimeDelta::days(7);
/// A page in a browser makes many requests; this often one of them is written down.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A session as every request of its browser finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose data it shows.
    pub tenant: Tenant,
    /// Who signed in; always active.
    pub user: User,
    /// Which session it is.
    pub secret_hash: SecretHash,
    /// What every form of this session must send back (V-20).
    pub csrf_token: String,
    /// When the person signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends unless it is used again.
    pub expires_at: DateTime<Utc>,
}

/// A session that is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// What is kept of its secret.
    pub secret_hash: SecretHash,
    /// Who signed in.
    pub user: UserId,
    /// See [`Session::csrf_token`].
    pub csrf_token: String,
    /// What the browser says it is, for the list of one's sessions.
    pub user_agent: Option<String>,
    /// The shortened network it came from, for the same list.
    pub network: Option<String>,
    /// See [`Session::created_at`].
    pub created_at: DateTime<Utc>,
    /// See [`Session::expires_at`].
    pub expires_at: DateTime<Utc>,
}

/// When a session of `created_at` ends that was last used at `seen_at`: 12 hours later, but never
/// more than 7 days after the sign-in.
#[must_use]
pub fn expiry(created_at: DateTime<Utc>, seen_at: DateTime<Utc>) -> DateTime<Utc> {
    (seen_at + IDLE).min(created_at + LONGEST)
}

/// The session of this cookie, if it is one of ours, has not ended, and the person is active.
///
/// # Errors
/// Only those of the store.
pub fn authenticate_session(
    sessions: &dyn SessionStore,
    cookie: &str,
    now: DateTime<Utc>,
) -> StoreResult<Option<Session>> {
    let Some(secret) = SessionSecret::parse(cookie) else {
        return Ok(None);
    };
    let Some(mut session) = sessions.find(secret.tenant(), &secret.hash())? else {
        return Ok(None);
    };
    if now >= session.expires_at {
        return Ok(None);
    }
    if now - session.last_seen_at >= SEEN_EVERY {
        session.last_seen_at = now;
        session.expires_at = expiry(session.created_at, now);
        sessions.touch(
            secret.tenant(),
            &session.secret_hash,
            now,
            session.expires_at,
        )?;
    }
    Ok(Some(session))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    #[test]
    fn a_session_ends_after_twelve_idle_hours() {
        assert_eq!(expiry(at(0), at(0)), at(12));
        assert_eq!(expiry(at(0), at(100)), at(112));
    }

    #[test]
    fn a_session_in_use_ends_after_seven_days_all_the_same() {
        assert_eq!(expiry(at(0), at(167)), at(168));
    }
}
