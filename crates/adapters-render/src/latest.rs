//! What was found out lately, to be found again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The latest of so many things. They are few, and compared rather than hashed: most texts differ in
/// their lengths already.
pub(crate) struct Latest<T> {
    most: usize,
    known: Mutex<VecDeque<Arc<T>>>,
}

impl<T> Latest<T> {
    /// Remembers at most so many.
    pub(crate) const fn new(most: usize) -> Self {
        Self {
            most,
            known: Mutex::new(VecDeque::new()),
        }
    }

    /// The one that is asked for, if it is still known.
    pub(crate) fn find(&self, is_it: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        self.lock().iter().find(|known| is_it(known)).cloned()
    }

    /// Remembers one more, and forgets the oldest if there are too many.
    pub(crate) fn keep(&self, new: T) -> Arc<T> {
        let new = Arc::new(new);
        let mut known = self.lock();
        known.truncate(self.most - 1);
        known.push_front(Arc::clone(&new));
        new
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<T>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }
}
