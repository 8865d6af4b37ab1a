//! What any storage port can answer instead of a result.

use thiserror::Error;

/// Why storage did not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The storage cannot be reached or is overloaded now; the same call may succeed later.
    #[error("the storage is not available: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Something with this unique value exists already; the text names the constraint.
    #[error("there is one already ({0})")]
    Duplicate(String),
    /// Something else still refers to the row; the text names the constraint.
    #[error("it is still in use ({0})")]
    InUse(String),
    /// The storage does not accept the data, whoever sends it and however often (SQLSTATE classes 22
    /// and 23).
    #[error("the storage refuses the data: {0}")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A fault of ours or of the storage that no retry mends.
    #[error("the storage failed: {0}")]
    Unexpected(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// An [`StoreError::Unexpected`] from any error or text.
    pub fn unexpected(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unexpected(cause.into())
    }

    /// An [`StoreError::Refused`] from any error or text.
    pub fn refused(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Refused(cause.into())
    }

    /// An [`StoreError::Unavailable`] from any error or text.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }
}

/// The answer of a storage port.
pub type StoreResult<T> = Result<T, StoreError>;
