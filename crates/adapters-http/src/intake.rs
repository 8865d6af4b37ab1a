//! Handing engagements over from the event loop.

use std::time::Duration;

use domain::tracking::{Engagement, Intake, Kept, NotKept};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::error::Failure;

/// Why it is not known that engagements are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unkept {
    /// They are not.
    Refused(NotKept),
    /// It was not known in time; they may be, later.
    Late,
}

/// Hands engagements over and waits until they are durable, but no longer than `patience`: the
/// intake goes on with them all the same.
pub(crate) async fn take(
    intake: &dyn Intake,
    engagements: Vec<Engagement>,
    patience: Duration,
) -> Result<Vec<Kept>, Unkept> {
    let (sender, answer) = oneshot::channel();
    intake.take(engagements, Box::new(move |taken| drop(sender.send(taken))));
    match timeout(patience, answer).await {
        Ok(Ok(taken)) => taken.map_err(Unkept::Refused),
        Ok(Err(_forgotten)) => Err(Unkept::Refused(NotKept {
            retry_after: Duration::from_secs(1),
        })),
        Err(_elapsed) => Err(Unkept::Late),
    }
}

impl From<Unkept> for Failure {
    fn from(unkept: Unkept) -> Self {
        match unkept {
            Unkept::Refused(refused) => Self::NotKept(refused),
            Unkept::Late => Self::unavailable("the intake did not answer in time"),
        }
    }
}
