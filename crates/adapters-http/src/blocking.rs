//! The one door from the event loop to the ports, which block.

use actix_web::web;

use crate::error::Failure;

/// Runs `work` on a thread that may block, inside the span of the request.
///
/// Call it once in a handler and do everything in it: the connection is checked out inside, and a
/// second call would be a second connection without a common transaction.
///
/// # Errors
/// What `work` answers; [`Failure::Unexpected`] if it panics.
pub(crate) async fn blocking<T, E, F>(work: F) -> Result<T, Failure>
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
    async fn a_panic_is_a_fault_of_ours_and_ends_nothing_else() {
        let broken = blocking(|| -> Result<(), StoreError> { panic!("a defect") }).await;
        assert_eq!(broken.unwrap_err().status(), 500);
    }
}
