//! Tells a program how far it is from its limits (draft-ietf-httpapi-ratelimit-headers-10).

use std::fmt::Write as _;

use actix_web::HttpMessage;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{HeaderName, HeaderValue};

use super::rate::{Exceeded, Standing};
use crate::error::Failure;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// All quotas are of a minute.
const WINDOW: u64 = 60;

/// Where a request stands with each policy that was asked.
#[derive(Clone, Debug, Default)]
struct Standings(Vec<(&'static str, Standing)>);

/// Keeps what a limit said for the headers of the answer.
///
/// # Errors
/// [`Failure::TooMany`] when it was exceeded.
pub(crate) fn note(
    request: &impl HttpMessage,
    policy: &'static str,
    counted: Result<Option<Standing>, Exceeded>,
) -> Result<(), Failure> {
    let standing = match counted {
        Ok(standing) => standing,
        Err(Exceeded(standing)) => Some(standing),
    };
    if let Some(standing) = standing {
        let mut extensions = request.extensions_mut();
        let mut all = extensions.remove::<Standings>().unwrap_or_default();
        all.0.retain(|(known, _)| *known != policy);
        all.0.push((policy, standing));
        extensions.insert(all);
    }
    counted.map(drop).map_err(Failure::from)
}

/// Puts what was noted into the answer.
pub(super) fn write<B>(response: &mut ServiceResponse<B>) {
    let noted = response.request().extensions().get::<Standings>().cloned();
    let Some(Standings(all)) = noted else { return };
    let (mut policies, mut limits) = (String::new(), String::new());
    for (policy, standing) in all {
        let Standing { quota, left, reset } = standing;
        let gap = if policies.is_empty() { "" } else { ", " };
        let reset = reset.as_secs_f64().ceil();
        let _infallible = write!(policies, "{gap}\"{policy}\";q={quota};w={WINDOW}");
        let _infallible = write!(limits, "{gap}\"{policy}\";r={left};t={reset}");
    }
    let headers = response.headers_mut();
    for (name, value) in [(POLICY, policies), (LIMIT, limits)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}
