//! The one door from the event loop to the ports, which block.

use std::time::Duration;

use actix_web::web;
use tokio::time::timeout;

use crate::error::Failure;

/// A statement ends after five seconds and a free connection is waited for two: what takes longer
/// than both hangs.
const PATIENCE: Duration = Duration::from_secs(8);
/// Whoever asks is looked up first, in one small statement: the wait for a connection, and a little.
const SHORT_PATIENCE: Duration = Duration::from_millis(2500);

/// Runs `work` on a thread that may block, inside the span of the request.
///
/// Call it once in a handler and do everything in it: the connection is checked out inside, and a
/// second call would be a second connection without a common transaction.
///
/// # Errors
/// What `work` answers; [`Failure::Unexpected`] if it panics; [`Failure::Unavailable`] if it does
/// not come back in time.
pub(crate) async fn blocking<T, E, F>(work: F) -> Result<T, Failure>
where
    F: FnOnce() -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
{
    blocking_within(PATIENCE, work).await
}

/// The same for what is asked of storage before a handler begins.
pub(crate) async fn blocking_shortly<T, E, F>(work: F) -> Result<T, Failure>
where
    F: FnOnce() -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
{
    blocking_within(SHORT_PATIENCE, work).await
}

/// The same for work that takes as long as it takes: files, and servers of others with deadlines of
/// their own.
pub(crate) async fn blocking_long<T, E, F>(work: F) -> Result<T, Failure>
where
    F: FnOnce() -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
{
    let span = tracing::Span::current();
    web::block(move || span.in_scope(work))
        .await
        .map_err(Failure::unexpected)?
        .map_err(Into::into)
}

/// A thread that hangs is left to itself: the person gets an answer.
async fn blocking_within<T, E, F>(patience: Duration, work: F) -> Result<T, Failure>
where
    F: FnOnce() -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
{
    timeout(patience, blocking_long(work))
        .await
        .unwrap_or_else(|_elapsed| Err(Failure::unavailable("the storage did not answer in time")))
}

#[cfg(test)]
mod tests {
    use domain::store::StoreError;

    use super::*;

    #[actix_web::test]
    async fn an_answer_and_an_error_come_through() {
        let fine = blocking(|| Ok::<_, StoreError>(7)).await;
        assert_eq!(fine.unwrap(), 7);
        let away = blocking(|| Err::<(), _>(StoreError::unavailable("away"))).await;
        assert_eq!(away.unwrap_err().status(), 503);
    }

    #[actix_web::test]
    async fn storage_that_hangs_is_storage_that_is_away() {
        let (release, hang) = std::sync::mpsc::channel::<()>();
        let hanging = blocking_within(Duration::from_millis(5), move || {
            hang.recv().unwrap_or_default();
            Ok::<_, StoreError>(())
        });
        assert_eq!(hanging.await.unwrap_err().status(), 503);
        drop(release);
    }

    #[actix_web::test]
    async fn a_panic_is_a_fault_of_ours_and_ends_nothing_else() {
        let broken = blocking(|| -> Result<(), StoreError> { panic!("a defect") }).await;
        assert_eq!(broken.unwrap_err().status(), 500);
    }
}
