//! The replayer: brings what is in the spool to the log, the oldest first.

mod blame;
mod portion;
mod rest;

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use domain::tracking::{Engagement, Kept, SpoolError, SpoolPosition, Spooled};

use crate::attempt::{Attempt, Fate, Outcome, Pursuit};
use crate::breaker::{Permit, Phase, Signal};
use crate::panics::caught;
use crate::shared::Shared;
use crate::threads::Stop;

use blame::Suspects;
use portion::Portion;
use rest::Rest;

/// How long it waits when there is nothing to do, when the log is away, and at most when live
/// traffic is busy.
const PAUSE: Duration = Duration::from_millis(100);
/// How often it looks whether live traffic has become quiet.
const GLANCE: Duration = Duration::from_millis(10);
/// How long it waits when the spool cannot be read.
const LONG_PAUSE: Duration = Duration::from_secs(1);

/// What a turn came to.
enum Turn {
    /// Something left the spool.
    Worked,
    /// There is nothing to do, or the log does not take it now.
    Waits,
    /// The spool cannot be read or released.
    SpoolFails,
}

/// Brings what is in the spool to the log until it is stopped.
pub(crate) fn replay_all(shared: &Shared, stop: &Stop) {
    let mut replayer = Replayer {
        shared,
        position: None,
        head: None,
        portion: Portion::new(),
        suspects: Suspects::default(),
        rest: None,
    };
    let mut stopped = false;
    while !stopped {
        let turn = caught(|| replayer.turn()).unwrap_or_else(|panic| {
            tracing::error!(panic, "a turn of the replayer panicked");
            shared.let_live_try();
            Turn::SpoolFails
        });
        stopped = match turn {
            Turn::Worked => yield_to_live(shared, stop),
            Turn::Waits => stop.wait(PAUSE),
            Turn::SpoolFails => stop.wait(LONG_PAUSE),
        };
    }
}

/// Waits while more than a batch of live traffic waits, but no longer than a pause, so that the
/// spool empties under any load. True when the replayer shall stop.
fn yield_to_live(shared: &Shared, stop: &Stop) -> bool {
    let until = Instant::now() + PAUSE;
    let is_busy = || shared.queue.weight().reaches(shared.settings.batch_limit());
    while is_busy() && Instant::now() < until {
        if stop.wait(GLANCE) {
            return true;
        }
    }
    stop.is_set()
}

struct Replayer<'a> {
    shared: &'a Shared,
    /// Behind what this process has brought to the log.
    position: Option<SpoolPosition>,
    /// What was read last, until all of it is in the log.
    head: Option<Head>,
    portion: Portion,
    suspects: Suspects,
    rest: Option<Rest>,
}

/// What was read from the spool, and how many of it the log has or will never take.
struct Head {
    spooled: Spooled,
    done: usize,
}

impl Head {
    fn left(&self) -> &[Engagement] {
        &self.spooled.engagements[self.done..]
    }
}

impl Replayer<'_> {
    fn turn(&mut self) -> Turn {
        let shared = self.shared;
        if self.head.is_none() && shared.ports.spool.state().engagements == 0 {
            shared.replayer_tries();
            return Turn::Waits;
        }
        let now = Instant::now();
        if self.is_resting(now) || !shared.permits(now) {
            return Turn::Waits;
        }
        if let Err(error) = self.look_at_head() {
            tracing::error!(%error, "the spool cannot be read");
            shared.let_live_try();
            return Turn::SpoolFails;
        }
        let Some(head) = self.head.take() else {
            shared.let_live_try();
            return Turn::Waits;
        };
        shared.replayer_tries();
        if head.left().is_empty() {
            return self.release(&head.spooled);
        }
        let Some(permit) = shared.permit() else {
            self.head = Some(head);
            return Turn::Waits;
        };
        self.replay(head, permit)
    }

    fn is_resting(&mut self, now: Instant) -> bool {
        let cool_down = self.shared.settings.breaker.cool_down;
        let is_closed = self.shared.phase() == Phase::Closed;
        self.rest = self
            .rest
            .filter(|rest| rest.goes_on(now, cool_down, is_closed));
        self.rest.is_some()
    }

    /// Reads on in the spool once all that was read is done.
    fn look_at_head(&mut self) -> Result<(), SpoolError> {
        if self.head.is_none() {
            let limit = self.shared.settings.batch_rows.max(1);
            let read = self.shared.ports.spool.read(self.position, limit)?;
            self.head = read.map(|spooled| Head { spooled, done: 0 });
        }
        Ok(())
    }

    /// Brings a portion of the head to the log.
    fn replay(&mut self, mut head: Head, permit: Permit) -> Turn {
        let shared = self.shared;
        let (part, behind) = {
            let left = head.left();
            left.split_at(self.portion.most().min(left.len()))
        };
        shared.replaying.store(true, Ordering::Relaxed);
        let (fates, signal) = self.write(part, behind);
        shared.replaying.store(false, Ordering::Relaxed);
        shared.report(permit, signal);
        let passed = self.pass(&fates);
        let is_all = passed == fates.len();
        head.done += passed;
        if is_all && head.left().is_empty() {
            return self.release(&head.spooled);
        }
        self.head = Some(head);
        if is_all { Turn::Worked } else { Turn::Waits }
    }

    /// What became of `part`, and what that says about the log.
    fn write(&mut self, part: &[Engagement], behind: &[Engagement]) -> (Vec<Fate>, Signal) {
        let shared = self.shared;
        let attempt = Attempt {
            log: &*shared.ports.replay_log,
            dead: &*shared.ports.dead,
            decide: shared.ports.decide,
            pursuit: Pursuit::AnyFault,
            now: (shared.ports.clock)(),
            answered: &|| {},
        };
        let Outcome {
            mut fates,
            signal,
            failure,
        } = attempt.run(part);
        if let [alone] = part {
            let words = failure.or_else(|| match fates.first() {
                Some(Fate::Suspect(words)) => Some(words.clone()),
                Some(Fate::Kept(_) | Fate::Open | Fate::Hopeless) | None => None,
            });
            if let Some(words) = words {
                let (fate, signal) = self.judge(&attempt, alone, behind, words);
                return (vec![fate], signal);
            }
        } else {
            self.condemn_suspects(&attempt, part, &mut fates, signal);
            if settled(&fates) == 0 && signal == Signal::Fails {
                self.portion.failed(part.len());
            }
        }
        (fates, signal)
    }

    /// Passes those at the front that are settled; how many.
    fn pass(&mut self, fates: &[Fate]) -> usize {
        let passed = settled(fates);
        let count = |fate: Fate| fates[..passed].iter().filter(|own| **own == fate).count();
        // What is kept nowhere would stand in the way of everything behind it for ever.
        self.shared.metrics.count_lost(count(Fate::Hopeless));
        self.shared
            .metrics
            .count_dead(count(Fate::Kept(Kept::Buried)));
        if passed == fates.len() {
            self.suspects.clear();
            self.portion.succeeded();
        } else if passed > 0 {
            self.portion.moved_on();
        }
        passed
    }

    fn release(&mut self, spooled: &Spooled) -> Turn {
        // It is in the log: not to be read again, even if the file cannot be removed.
        self.position = Some(spooled.end);
        self.shared.metrics.count_unreadable(spooled.unreadable);
        match self.shared.ports.spool.release(spooled.end) {
            Ok(()) => Turn::Worked,
            Err(error) => {
                tracing::error!(%error, "what has left the spool could not be removed from it");
                Turn::SpoolFails
            }
        }
    }
}

/// How many at the front need no further attempt.
fn settled(fates: &[Fate]) -> usize {
    let is_settled = |fate: &&Fate| matches!(fate, Fate::Kept(_) | Fate::Hopeless);
    fates.iter().take_while(is_settled).count()
}
