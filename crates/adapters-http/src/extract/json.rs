//! What the JSON interface takes in.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::de::DeserializeOwned;

use super::{complaint, read_pairs};
use crate::body;
use crate::error::{ApiError, Complaint, Failure};
use crate::state::State;

/// A JSON document. `T` denies unknown fields.
pub(crate) struct ApiJson<T>(pub(crate) T);

/// The query of an address of the JSON interface. `T` denies unknown fields.
pub(crate) struct ApiQuery<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest for ApiJson<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request.content_type() == "application/json";
        let limit = request
            .app_data::<State>()
            .map_or(0, |state| state.limits.json);
        let declared = body::check_declared(request, limit);
        let payload = payload.take();
        Box::pin(async move {
            if !is_json {
                return Err(Failure::UnsupportedKind.into());
            }
            declared?;
            let body = body::read(payload, limit).await?;
            Ok(Self(document(&body).map_err(Failure::Invalid)?))
        })
    }
}

impl<T: DeserializeOwned> FromRequest for ApiQuery<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = read_pairs(request.query_string().as_bytes());
        ready(
            query
                .map(Self)
                .map_err(|complaint| Failure::Invalid(complaint).into()),
        )
    }
}

fn document<T: DeserializeOwned>(body: &[u8]) -> Result<T, Complaint> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| complaint(&error))?;
    json.end()
        .map_err(|error| Complaint::about_all(error.to_string()))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read is asked")]
    struct Draft {
        email: String,
        score: Option<i64>,
    }

    // V-28
    #[test]
    fn a_document_names_known_fields_only() {
        assert!(document::<Draft>(br#"{"email":"a"}"#).is_ok());
        let unknown = document::<Draft>(br#"{"email":"a","tenant_id":"x"}"#).unwrap_err();
        assert_eq!(unknown.field.as_deref(), Some("tenant_id"));
        let wrong = document::<Draft>(br#"{"email":"a","score":"x"}"#).unwrap_err();
        assert_eq!(wrong.field.as_deref(), Some("score"));
    }

    #[test]
    fn nothing_may_follow_a_document() {
        assert!(document::<Draft>(br#"{"email":"a"} {"#).is_err());
    }
}
