//! Answers to requests that reach no handler: an address or a method that is not there.

use actix_web::HttpRequest;

use super::{ApiError, Failure, PageError};

/// The failure in the shape that fits the address: problems under `/api/`, pages elsewhere.
pub(crate) fn refuse(request: &HttpRequest, failure: Failure) -> actix_web::Error {
    if request.path().starts_with("/api/") {
        ApiError::from(failure).into()
    } else {
        PageError::from(failure).into()
    }
}
