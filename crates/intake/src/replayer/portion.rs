//! How much the replayer gives to the log at a time.

/// The log fails so often on the same engagements before it gets fewer of them. Once may be chance:
/// a deadlock, or a database that restarts.
const FAILURES: u32 = 2;
/// So many portions in a row must be taken before they grow: were it one, a single engagement that
/// is too slow would be met in ever larger company.
const SUCCESSES: u32 = 8;

/// The size of the next commit.
///
/// A frame of the spool can hold more than the log takes within its statement timeout, and a log that
/// says no more than that it was not available cannot be told from one that is away. So each commit
/// is tried again with half of it, down to one engagement, and grows when the log keeps up.
#[derive(Debug)]
pub(super) struct Portion {
    most: usize,
    failures: u32,
    successes: u32,
}

impl Portion {
    /// No limit: as much as was read.
    pub(super) const fn new() -> Self {
        Self {
            most: usize::MAX,
            failures: 0,
            successes: 0,
        }
    }

    /// At most so many at a time. At least 1.
    pub(super) const fn most(&self) -> usize {
        self.most
    }

    /// The log took all of a portion.
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
        self.successes += 1;
        if self.successes >= SUCCESSES {
            self.successes = 0;
            self.most = self.most.saturating_mul(2);
        }
    }

    /// The log took a part of a portion: what is left is something else than before.
    pub(super) fn moved_on(&mut self) {
        self.failures = 0;
    }

    /// The log failed on a portion of `given`, all of which is left.
    pub(super) fn failed(&mut self, given: usize) {
        self.successes = 0;
        self.failures = self.failures.saturating_add(1);
        if given > 1 && self.failures >= FAILURES {
            self.failures = 0;
            self.most = given / 2;
        }
    }

    /// Whether the log has failed on the next one as often as it may by chance.
    pub(super) const fn is_stuck(&self) -> bool {
        self.failures >= FAILURES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_halves_at_the_second_failure_down_to_one() {
        let mut portion = Portion::new();
        let mut given = 5_000;
        let mut sizes = vec![given];
        while given > 1 {
            portion.failed(given);
            assert!(portion.most() >= given, "once may be chance");
            portion.failed(given);
            given = portion.most().min(given);
            sizes.push(given);
        }
        let expected = [5_000, 2_500, 1_250, 625, 312, 156, 78, 39, 19, 9, 4, 2, 1];
        assert_eq!(sizes, expected);
        assert!(!portion.is_stuck());
        portion.failed(1);
        portion.failed(1);
        assert!(portion.is_stuck());
        assert_eq!(portion.most(), 1);
    }

    #[test]
    fn failures_on_different_engagements_do_not_add_up() {
        let mut portion = Portion::new();
        for _ in 0..10 {
            portion.failed(100);
            portion.moved_on();
            portion.failed(100);
            portion.succeeded();
        }
        assert!(portion.most() >= 100);
    }

    #[test]
    fn it_grows_again_while_the_log_keeps_up() {
        let mut portion = Portion::new();
        for given in [4, 4, 2, 2] {
            portion.failed(given);
        }
        assert_eq!(portion.most(), 1);
        for _ in 0..SUCCESSES * 3 {
            portion.succeeded();
        }
        assert_eq!(portion.most(), 8);
        for _ in 0..10_000 {
            portion.succeeded();
        }
        assert_eq!(portion.most(), usize::MAX);
    }
}
