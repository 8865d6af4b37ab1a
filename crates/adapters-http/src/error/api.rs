//! A failure as a program reads it: `application/problem+json` (RFC 9457).

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use super::Failure;

/// A failure of the JSON interface.
#[derive(Debug)]
pub struct ApiError(Failure);

/// What a program gets.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// Which of several documents of the request, from 0; an extension of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    /// The offending field, an extension of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

impl<E: Into<Failure>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        self.0.log();
        let complaint = self.0.complaint();
        let problem = Problem {
            r#type: format!("urn:ondo:problem:{}", self.0.name()),
            title: title(&self.0),
            status: self.0.status().as_u16(),
            detail: complaint.map(|complaint| complaint.reason.as_str()),
            index: complaint.and_then(|complaint| complaint.index),
            field: complaint.and_then(|complaint| complaint.field.as_deref()),
        };
        let mut answer = HttpResponse::build(self.0.status());
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(wait) = self.0.retry_after() {
            answer.insert_header((header::RETRY_AFTER, wait.as_secs().max(1)));
        }
        if matches!(self.0, Failure::SignedOut) {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        match serde_json::to_vec(&problem) {
            Ok(body) => answer.content_type("application/problem+json").body(body),
            Err(_) => answer.finish(),
        }
    }
}

/// The same for every occurrence, as the RFC asks.
fn title(failure: &Failure) -> &'static str {
    match failure {
        Failure::Invalid(_) => "The request breaks a rule of this interface",
        Failure::SignedOut => "A valid token is needed",
        Failure::Forbidden => "The token does not allow this",
        Failure::ForeignForm => "The form was sent from elsewhere or is too old",
        Failure::NotFound => "There is no such thing",
        Failure::WrongMethod => "This address does not know the method",
        Failure::TooSlow => "The body did not arrive in time",
        Failure::Conflict(_) => "It clashes with something that is there",
        Failure::Gone => "It is over",
        Failure::TooLarge => "The request is too large",
        Failure::UnsupportedKind => "This kind of content is not taken in",
        Failure::Impossible(_) => "It is not possible with these values",
        Failure::TooMany { .. } => "Too many requests",
        Failure::Unexpected(_) => "A fault of ours",
        Failure::Unavailable(_) => "Not available now",
        Failure::NotKept(_) => "Nothing could be stored; send it again",
    }
}
