//! Letting attempts through, and forgiving those that turned out well.

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::StoreResult;

use super::{FailureCount, SignInFailures, SubjectHash};

/// A subject whose attempts are counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Guarded {
    /// One account or device: a success forgives everything.
    Own(SubjectHash),
    /// Shared by many people, such as the network of a school: it bears more, and a success
    /// forgives itself only, so that nobody clears the count with an account of their own.
    Shared(SubjectHash),
}

const FREE_OWN: u32 = 5;
const FREE_SHARED: u32 = 20;

/// Counts one attempt for each subject, until one of them has to wait: then how long.
pub(super) fn admit(
    failures: &dyn SignInFailures,
    subjects: &[Guarded],
    now: DateTime<Utc>,
) -> StoreResult<Option<TimeDelta>> {
    for guarded in subjects {
        let (subject, free) = match guarded {
            Guarded::Own(subject) => (subject, FREE_OWN),
            Guarded::Shared(subject) => (subject, FREE_SHARED),
        };
        let before = failures.recount(subject, &|count| count.after_attempt(now, free))?;
        if let Some(wait) = before.wait(now) {
            return Ok(Some(wait));
        }
    }
    Ok(None)
}

/// Takes the attempt back: it was no failure.
pub(super) fn forgive(failures: &dyn SignInFailures, subjects: &[Guarded]) -> StoreResult<()> {
    for guarded in subjects {
        match guarded {
            Guarded::Own(subject) => failures.recount(subject, &|_| FailureCount::NONE)?,
            Guarded::Shared(subject) => failures.recount(subject, &FailureCount::without_last)?,
        };
    }
    Ok(())
}
