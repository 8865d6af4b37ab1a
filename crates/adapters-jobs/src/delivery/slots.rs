//! How much may be done at the same time.

use std::sync::{Condvar, Mutex, PoisonError};

/// So many places; who finds none free waits.
#[derive(Debug)]
pub(super) struct Slots {
    free: Mutex<usize>,
    given_back: Condvar,
}

/// Places that are taken until this is dropped.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    slots: &'a Slots,
    count: usize,
}

impl Slots {
    /// At least one.
    pub(super) fn new(count: usize) -> Self {
        Self {
            free: Mutex::new(count.max(1)),
            given_back: Condvar::new(),
        }
    }

    /// Takes as many of the wanted places as are free, at least one.
    pub(super) fn take(&self, wanted: usize) -> Taken<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self
            .given_back
            .wait_while(free, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        let count = wanted.clamp(1, *free);
        *free -= count;
        Taken { slots: self, count }
    }
}

impl Taken<'_> {
    pub(super) const fn count(&self) -> usize {
        self.count
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut free = self
            .slots
            .free
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *free += self.count;
        self.slots.given_back.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn who_comes_first_takes_what_is_free_and_the_next_what_is_left() {
        let slots = Slots::new(16);
        let first = slots.take(10);
        let second = slots.take(10);
        assert_eq!((first.count(), second.count()), (10, 6));
        drop(first);
        assert_eq!(slots.take(0).count(), 1);
        assert_eq!(slots.take(99).count(), 10);
    }

    #[test]
    fn never_more_than_so_many_are_at_it() {
        let (slots, now, most) = (Slots::new(3), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let taken = slots.take(1);
                        let at_it = now.fetch_add(taken.count(), Ordering::SeqCst) + 1;
                        most.fetch_max(at_it, Ordering::SeqCst);
                        thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
    }
}
