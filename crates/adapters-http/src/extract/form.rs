//! A submitted form.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::de::DeserializeOwned;

use super::read_pairs;
use crate::body;
use crate::error::{Failure, PageError};
use crate::state::State;

/// A submitted form. `T` denies unknown fields; the token of the form is not among them, the
/// guard has taken it out.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest for Form<T> {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form = request.content_type() == "application/x-www-form-urlencoded";
        let limit = request
            .app_data::<State>()
            .map_or(0, |state| state.limits.form);
        let payload = payload.take();
        Box::pin(async move {
            if !is_form {
                return Err(Failure::UnsupportedKind.into());
            }
            let body = body::read(payload, limit).await?;
            Ok(Self(read_pairs(&body).map_err(Failure::Invalid)?))
        })
    }
}
