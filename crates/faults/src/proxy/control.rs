//! What a proxy does to connections.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::framing::Written;

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The COMMIT does not reach the server.
    Before,
    /// The server commits; its answer does not reach the client.
    After,
}

#[derive(Debug)]
struct Cuts {
    before: u64,
    after: u64,
    /// Of the commits that could be cut, how many are.
    chance: f64,
    random: fastrand::Rng,
}

/// A moment in which a connection stands still, so that something can be done at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trap {
    Open,
    /// The next commit of that stops before or after the server has it.
    Set(Written, Cut),
    /// A connection stands still.
    Sprung,
}

/// What a proxy does to connections; may be changed at any time.
#[derive(Debug)]
pub(crate) struct Control {
    down: watch::Sender<bool>,
    delay: AtomicU64,
    cuts: Mutex<Cuts>,
    made: AtomicU64,
    trap: watch::Sender<Trap>,
}

impl Control {
    /// One that does nothing.
    pub(crate) fn new(random: fastrand::Rng) -> Self {
        let cuts = Cuts {
            before: 0,
            after: 0,
            chance: 0.0,
            random,
        };
        Self {
            down: watch::Sender::new(false),
            delay: AtomicU64::new(0),
            cuts: Mutex::new(cuts),
            made: AtomicU64::new(0),
            trap: watch::Sender::new(Trap::Open),
        }
    }

    /// The next connection that commits `written` stands still there, until the trap is opened.
    pub(crate) fn set_trap(&self, written: Written, cut: Cut) {
        self.trap.send_replace(Trap::Set(written, cut));
    }

    /// Lets the connection end that stands still.
    pub(crate) fn open_trap(&self) {
        self.trap.send_replace(Trap::Open);
    }

    /// Whether a connection stands still.
    pub(crate) fn has_sprung(&self) -> bool {
        *self.trap.borrow() == Trap::Sprung
    }

    /// Where the commit that comes now stands still, if it does. Only one connection is told so.
    pub(super) fn springs(&self, written: Written) -> Option<Cut> {
        let mut found = None;
        self.trap.send_if_modified(|trap| {
            match *trap {
                Trap::Set(wanted, cut) if wanted == written => found = Some(cut),
                Trap::Set(..) | Trap::Open | Trap::Sprung => {}
            }
            // Those who wait are told when the connection really stands still.
            if found.is_some() {
                *trap = Trap::Open;
            }
            false
        });
        found
    }

    /// Stands still until the trap is opened.
    pub(super) async fn stand_still(&self) {
        let mut trap = self.trap.subscribe();
        self.trap.send_replace(Trap::Sprung);
        drop(trap.wait_for(|trap| *trap != Trap::Sprung).await);
    }

    /// Down: every connection is closed, and new ones are as soon as they come.
    pub(crate) fn set_down(&self, down: bool) {
        self.down.send_replace(down);
    }

    pub(crate) fn is_down(&self) -> bool {
        *self.down.borrow()
    }

    /// Returns when the proxy goes down.
    pub(super) async fn goes_down(&self) {
        let mut down = self.down.subscribe();
        // The sender lives as long as this value: waiting cannot fail.
        drop(down.wait_for(|down| *down).await);
    }

    /// Holds back each answer of the server for this time.
    pub(crate) fn set_delay(&self, delay: Duration) {
        let micros = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        self.delay.store(micros, Ordering::Relaxed);
    }

    pub(super) fn delay(&self) -> Duration {
        Duration::from_micros(self.delay.load(Ordering::Relaxed))
    }

    /// Cuts the next commits of engagements with a `chance` from 0 to 1, until so many were cut
    /// before and after.
    pub(crate) fn cut(&self, before: u64, after: u64, chance: f64) {
        let mut cuts = self.cuts.lock().unwrap_or_else(PoisonError::into_inner);
        (cuts.before, cuts.after, cuts.chance) = (before, after, chance);
    }

    /// How many commits were cut.
    pub(crate) fn cuts_made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// Whether the commit that comes now is cut.
    pub(super) fn next_cut(&self) -> Option<Cut> {
        let mut cuts = self.cuts.lock().unwrap_or_else(PoisonError::into_inner);
        let left = cuts.before + cuts.after;
        let chance = cuts.chance;
        if left == 0 || cuts.random.f64() >= chance {
            return None;
        }
        let is_before = cuts.random.u64(..left) < cuts.before;
        let (kind, cut) = if is_before {
            (&mut cuts.before, Cut::Before)
        } else {
            (&mut cuts.after, Cut::After)
        };
        *kind -= 1;
        self.made.fetch_add(1, Ordering::Relaxed);
        Some(cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_as_many_commits_are_cut_as_were_asked_for() {
        // F-04
        let control = Control::new(fastrand::Rng::with_seed(1));
        assert_eq!(control.next_cut(), None);
        control.cut(30, 20, 0.5);
        let cuts: Vec<Cut> = (0..1_000).filter_map(|_| control.next_cut()).collect();
        let before = cuts.iter().filter(|cut| **cut == Cut::Before).count();
        assert_eq!((before, cuts.len()), (30, 50));
        assert_eq!(control.cuts_made(), 50);
    }
}
