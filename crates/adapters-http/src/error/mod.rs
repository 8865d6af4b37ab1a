//! The one place where errors become answers.
//!
//! Whatever goes wrong is first put into one of the few [`Failure`]s that a caller can tell apart;
//! then [`PageError`] shows it to a person and [`ApiError`] to a program (RFC 9457). What nobody
//! expected is logged here, once.

mod api;
mod complaint;
mod domain;
mod page;
mod refusal;

use std::time::Duration;

use ::domain::store::StoreError;
use ::domain::tracking::NotKept;
use actix_web::http::StatusCode;

pub use api::ApiError;
pub use complaint::Complaint;
pub use page::PageError;
pub(crate) use page::{PageResult, show_failures};
pub(crate) use refusal::refuse;

/// How long a caller is asked to wait when the storage is away.
const STORAGE_RETRY: Duration = Duration::from_secs(5);

/// What went wrong, as far as the caller can tell it apart.
#[derive(Debug)]
pub enum Failure {
    /// 400: the request breaks a rule of the interface.
    Invalid(Complaint),
    /// 401: nobody is signed in, or the token is unknown.
    SignedOut,
    /// 403: signed in, but not allowed.
    Forbidden,
    /// 403: a form was sent from elsewhere, or its page is too old (V-20).
    ForeignForm,
    /// 404: it does not exist, or belongs to somebody else.
    NotFound,
    /// 405: the address exists, the method does not.
    WrongMethod,
    /// 408: the body did not arrive in time.
    TooSlow,
    /// 409: it clashes with something that is there.
    Conflict(Complaint),
    /// 410: it existed and is over.
    Gone,
    /// 413: more than is taken in.
    TooLarge,
    /// 415: a kind of content that is not taken in.
    UnsupportedKind,
    /// 422: understood, but not possible with these values.
    Impossible(Complaint),
    /// 429: too often.
    TooMany {
        /// When to try again.
        retry_after: Duration,
    },
    /// 500: a fault of ours; the cause is for the log only.
    Unexpected(Box<dyn std::error::Error + Send + Sync>),
    /// 503: not now; the cause is for the log only.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
    /// 503: an engagement could neither be stored nor spooled.
    NotKept(NotKept),
}

impl Failure {
    /// A fault of ours, from any error or text.
    pub fn unexpected(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unexpected(cause.into())
    }

    /// Something that waiting may mend, from any error or text.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Gone => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedKind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Impossible(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unexpected(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable(_) | Self::NotKept(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Its name in texts (`errors-<name>-title`) and in the `type` of a problem.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::SignedOut => "signed-out",
            Self::Forbidden => "forbidden",
            Self::ForeignForm => "foreign-form",
            Self::NotFound => "not-found",
            Self::WrongMethod => "wrong-method",
            Self::TooSlow => "too-slow",
            Self::Conflict(_) => "conflict",
            Self::Gone => "gone",
            Self::TooLarge => "too-large",
            Self::UnsupportedKind => "unsupported-kind",
            Self::Impossible(_) => "impossible",
            Self::TooMany { .. } => "too-many",
            Self::Unexpected(_) => "unexpected",
            Self::Unavailable(_) => "unavailable",
            Self::NotKept(_) => "not-kept",
        }
    }

    /// When the caller may try again, where waiting helps.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooMany { retry_after } => Some(*retry_after),
            Self::Unavailable(_) => Some(STORAGE_RETRY),
            Self::NotKept(refused) => Some(refused.retry_after),
            Self::Invalid(_)
            | Self::SignedOut
            | Self::Forbidden
            | Self::ForeignForm
            | Self::NotFound
            | Self::WrongMethod
            | Self::TooSlow
            | Self::Conflict(_)
            | Self::Gone
            | Self::TooLarge
            | Self::UnsupportedKind
            | Self::Impossible(_)
            | Self::Unexpected(_) => None,
        }
    }

    /// What is wrong with the request, where that can be said.
    #[must_use]
    pub fn complaint(&self) -> Option<&Complaint> {
        match self {
            Self::Invalid(complaint) | Self::Conflict(complaint) | Self::Impossible(complaint) => {
                Some(complaint)
            }
            Self::SignedOut
            | Self::Forbidden
            | Self::ForeignForm
            | Self::NotFound
            | Self::WrongMethod
            | Self::TooSlow
            | Self::Gone
            | Self::TooLarge
            | Self::UnsupportedKind
            | Self::TooMany { .. }
            | Self::Unexpected(_)
            | Self::Unavailable(_)
            | Self::NotKept(_) => None,
        }
    }

    /// Writes to the log what only we can mend.
    fn log(&self) {
        match self {
            Self::Unexpected(cause) => {
                tracing::error!(error = %cause, chain = ?cause, "a request failed");
            }
            Self::Unavailable(cause) => {
                tracing::warn!(error = %cause, "a request met storage that is not available");
            }
            Self::NotKept(refused) => tracing::error!(error = %refused, "nothing is taken in"),
            Self::Invalid(_)
            | Self::SignedOut
            | Self::Forbidden
            | Self::ForeignForm
            | Self::NotFound
            | Self::WrongMethod
            | Self::TooSlow
            | Self::Conflict(_)
            | Self::Gone
            | Self::TooLarge
            | Self::UnsupportedKind
            | Self::Impossible(_)
            | Self::TooMany { .. } => {}
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => Self::Unavailable(cause),
            StoreError::Duplicate(constraint) => Self::Conflict(Complaint::about_all(format!(
                "there is one already ({constraint})"
            ))),
            StoreError::InUse(constraint) => Self::Conflict(Complaint::about_all(format!(
                "it is still in use ({constraint})"
            ))),
            StoreError::Refused(cause) | StoreError::Unexpected(cause) => Self::Unexpected(cause),
        }
    }
}

impl From<tera::Error> for Failure {
    fn from(error: tera::Error) -> Self {
        Self::unexpected(error)
    }
}

#[cfg(test)]
mod tests;
