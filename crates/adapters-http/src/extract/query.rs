//! The query of the address of a page.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::read_pairs;
use crate::error::{Failure, PageError};

/// The query of the address of a page. `T` denies unknown fields.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = read_pairs(request.query_string().as_bytes());
        ready(
            query
                .map(Self)
                .map_err(|complaint| Failure::Invalid(complaint).into()),
        )
    }
}
