//! Reading a body that is limited in size and in time.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut};
use futures_util::{StreamExt, stream};
use tokio::time::timeout;

use crate::error::{Complaint, Failure};

/// Within this time a whole body must be here; the server's own limit covers the headers only.
const DEADLINE: Duration = Duration::from_secs(10);

/// Refuses a body that says itself that it is too large, before any of it is read (V-16).
///
/// # Errors
/// [`Failure::TooLarge`].
pub(crate) fn check_declared(request: &HttpRequest, limit: usize) -> Result<(), Failure> {
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit as u64) {
        return Err(Failure::TooLarge);
    }
    Ok(())
}

/// The whole body.
///
/// # Errors
/// [`Failure::TooLarge`] beyond `limit` bytes, [`Failure::TooSlow`] beyond ten seconds.
pub(crate) async fn read(payload: Payload, limit: usize) -> Result<Bytes, Failure> {
    read_within(payload, limit, DEADLINE).await
}

async fn read_within(payload: Payload, limit: usize, deadline: Duration) -> Result<Bytes, Failure> {
    timeout(deadline, collect(payload, limit))
        .await
        .unwrap_or(Err(Failure::TooSlow))
}

async fn collect(mut payload: Payload, limit: usize) -> Result<Bytes, Failure> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            Failure::Invalid(Complaint::about_all(format!(
                "the body breaks off: {error}"
            )))
        })?;
        if body.len() + chunk.len() > limit {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// A body that was read, for the next who reads it.
pub(crate) fn again(body: Vec<u8>) -> Payload {
    Payload::Stream {
        payload: stream::once(async { Ok(Bytes::from(body)) }).boxed_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_body_at_the_limit_is_read_and_one_byte_more_is_not() {
        let body = read(again(vec![1; 8]), 8).await.unwrap();
        assert_eq!(body.len(), 8);
        let over = read(again(vec![1; 9]), 8).await.unwrap_err();
        assert_eq!(over.status(), 413);
    }

    #[actix_web::test]
    async fn a_body_that_never_ends_is_given_up() {
        let payload = Payload::Stream {
            payload: stream::pending().boxed_local(),
        };
        let late = read_within(payload, 8, Duration::from_millis(5))
            .await
            .unwrap_err();
        assert_eq!(late.status(), 408);
    }
}
