//! Panics of what we call become errors.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Runs it; when it panics, what it said.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    // Whatever was half done is in the callee's hands: we share nothing with it but engagements,
    // which it cannot change.
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| words_of(panic.as_ref()))
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without words").to_owned()
}

/// Locks it, also when somebody panicked with the lock: every critical section of this crate leaves
/// its data valid at each step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
