//! From diesel's errors to the domain's.

use diesel::r2d2;
use diesel::result::{DatabaseErrorKind, Error};
use domain::store::StoreError;

/// What went wrong, told apart by whether a later try may succeed.
pub(crate) fn store_error(error: Error) -> StoreError {
    if let Error::DatabaseError(kind, info) = &error {
        let constraint = || info.constraint_name().unwrap_or_default().to_owned();
        if matches!(kind, DatabaseErrorKind::UniqueViolation) {
            return StoreError::Duplicate(constraint());
        }
        if is_in_use(kind) {
            return StoreError::InUse(constraint());
        }
    }
    if is_passing(&error) {
        StoreError::unavailable(error)
    } else {
        StoreError::unexpected(error)
    }
}

fn is_in_use(kind: &DatabaseErrorKind) -> bool {
    use DatabaseErrorKind::{ForeignKeyViolation, RestrictViolation};
    matches!(kind, ForeignKeyViolation | RestrictViolation)
}

/// Whether the same statement may succeed later.
fn is_passing(error: &Error) -> bool {
    use DatabaseErrorKind::{ClosedConnection, SerializationFailure, UnableToSendCommand};
    matches!(
        error,
        Error::DatabaseError(
            ClosedConnection | UnableToSendCommand | SerializationFailure,
            _
        ) | Error::BrokenTransactionManager
    ) || says_away(&error.to_string())
}

/// No connection could be had.
pub(crate) fn no_connection(error: r2d2::PoolError) -> StoreError {
    StoreError::unavailable(error)
}

/// libpq reports a server that went away, shuts down or is overloaded in words only.
fn says_away(message: &str) -> bool {
    const SIGNS: [&str; 8] = [
        "server closed the connection",
        "terminating connection",
        "connection to server",
        "no connection to the server",
        "the database system is",
        "canceling statement due to lock timeout",
        "canceling statement due to statement timeout",
        "deadlock detected",
    ];
    SIGNS.iter().any(|sign| message.contains(sign))
}
