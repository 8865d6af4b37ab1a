//! From diesel's errors to the domain's.
//!
//! diesel tells a few kinds of errors apart and hides the SQLSTATE of the others, so that these are
//! known by the server's words, which are English where the session could choose
//! (`lc_messages`, see `pool`). What is not known by its kind or words is `Unexpected`, unless the
//! connection turns out to be gone.

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::r2d2;
use diesel::result::{DatabaseErrorKind, Error};
use domain::store::{StoreError, StoreResult};

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
    } else if is_refused(&error) {
        StoreError::refused(error)
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
    ) || says(&error.to_string(), &AWAY)
}

/// Whether the data are the cause: SQLSTATE classes 22 and 23.
fn is_refused(error: &Error) -> bool {
    use DatabaseErrorKind::{CheckViolation, ExclusionViolation, NotNullViolation, Unknown};
    matches!(
        error,
        Error::DatabaseError(CheckViolation | ExclusionViolation | NotNullViolation, _)
    ) || matches!(error, Error::DatabaseError(Unknown, info) if says(info.message(), &REFUSED))
}

/// No connection could be had.
pub(crate) fn no_connection(error: r2d2::PoolError) -> StoreError {
    StoreError::unavailable(error)
}

/// What was done on a connection. After an error that tells nothing the connection is tried: one that
/// the server closed explains the error, in whatever language the server put it.
pub(crate) fn settled<T>(
    connection: &mut PgConnection,
    done: Result<T, impl Into<StoreError>>,
) -> StoreResult<T> {
    done.map_err(|error| {
        let told = error.into();
        if let StoreError::Unexpected(cause) = told {
            let is_gone = connection.batch_execute("SELECT 1").is_err();
            return if is_gone {
                StoreError::Unavailable(cause)
            } else {
                StoreError::Unexpected(cause)
            };
        }
        told
    })
}

/// A server that went away, shuts down or is overloaded.
const AWAY: [&str; 10] = [
    "server closed the connection",
    "terminating connection",
    "connection to server",
    "no connection to the server",
    "the database system is",
    "too many clients",
    "remaining connection slots",
    "canceling statement due to lock timeout",
    "canceling statement due to statement timeout",
    "deadlock detected",
];

/// Data that no later try makes acceptable.
const REFUSED: [&str; 5] = [
    "invalid byte sequence",
    "invalid input syntax",
    "out of range",
    "value too long",
    "unsupported Unicode escape sequence",
];

fn says(message: &str, words: &[&str]) -> bool {
    words.iter().any(|word| message.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: &str) -> StoreError {
        let info: Box<String> = Box::new(words.to_owned());
        store_error(Error::DatabaseError(DatabaseErrorKind::Unknown, info))
    }

    #[test]
    fn what_a_server_says_when_it_goes_away_is_passing() {
        for words in [
            "terminating connection due to administrator command",
            "terminating connection because of crash of another server process",
            "terminating connection due to idle-in-transaction timeout",
            "sorry, too many clients already",
            "the database system is shutting down",
            "server closed the connection unexpectedly",
        ] {
            assert!(matches!(told(words), StoreError::Unavailable(_)), "{words}");
        }
    }

    #[test]
    fn what_nobody_knows_is_unexpected() {
        assert!(matches!(
            told("division by zero"),
            StoreError::Unexpected(_)
        ));
        assert!(matches!(
            told("管理者コマンドにより接続を終了しています"),
            StoreError::Unexpected(_)
        ));
    }
}
