//! How much may be done at the same time.

use std::sync::{Condvar, Mutex, PoisonError};

/// So many places; who finds too few free waits.
#[derive(Debug)]
pub(super) struct Slots {
    count: usize,
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
        let count = count.max(1);
        Self {
            count,
            free: Mutex::new(count),
            given_back: Condvar::new(),
        }
    }

    /// All places, free or not.
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// Waits until so many places are free, and takes them. Who wants more than there are takes all.
    pub(super) fn take(&self, wanted: usize) -> Taken<'_> {
        let count = wanted.min(self.count);
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self
            .given_back
            .wait_while(free, |free| *free < count)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= count;
        Taken { slots: self, count }
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
    fn who_wants_more_than_is_free_waits_and_who_wants_less_does_not() {
        let slots = Slots::new(16);
        let first = slots.take(10);
        let second = slots.take(6);
        thread::scope(|scope| {
            let third = scope.spawn(|| slots.take(99).count);
            drop(first);
            drop(slots.take(10));
            assert!(!third.is_finished(), "six are not free yet");
            drop(second);
            assert_eq!(third.join().unwrap(), 16);
        });
    }

    #[test]
    fn never_more_than_so_many_are_at_it() {
        let (slots, now, most) = (Slots::new(3), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| {
                    for round in 0..50 {
                        let taken = slots.take(1 + round % 3);
                        let at_it = now.fetch_add(taken.count, Ordering::SeqCst) + taken.count;
                        most.fetch_max(at_it, Ordering::SeqCst);
                        thread::yield_now();
                        now.fetch_sub(taken.count, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
    }
}
