//! The replayer: brings what is in the spool to the log, the oldest first.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use domain::ids::EngagementId;
use domain::tracking::{Kept, SpoolPosition, Spooled};

use crate::attempt::{Attempt, Fate, Outcome, Pursuit};
use crate::breaker::{Permit, Signal};
use crate::panics::caught;
use crate::shared::Shared;
use crate::threads::Stop;

/// How long it waits when there is nothing to do, when the log is away, and at most when live
/// traffic is busy.
const PAUSE: Duration = Duration::from_millis(100);
/// How often it looks whether live traffic has become quiet.
const GLANCE: Duration = Duration::from_millis(10);
/// How long it waits when the spool cannot be read.
const LONG_PAUSE: Duration = Duration::from_secs(1);
/// After so many attempts on it alone, while others are written, an engagement is at fault itself.
const ATTEMPTS: u32 = 3;

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
        suspects: HashMap::new(),
    };
    let mut stopped = false;
    while !stopped {
        let turn = caught(|| replayer.turn()).unwrap_or_else(|panic| {
            tracing::error!(panic, "a turn of the replayer panicked");
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
    /// How often each of these made the log fail, all by itself, in a way that data should not.
    suspects: HashMap<EngagementId, u32>,
}

impl Replayer<'_> {
    fn turn(&mut self) -> Turn {
        let shared = self.shared;
        if shared.ports.spool.state().engagements == 0 || !shared.permits(Instant::now()) {
            return Turn::Waits;
        }
        let read = shared
            .ports
            .spool
            .read(self.position, shared.settings.batch_rows.max(1));
        let spooled = match read {
            Ok(Some(spooled)) => spooled,
            Ok(None) => return Turn::Waits,
            Err(error) => {
                tracing::error!(%error, "the spool cannot be read");
                return Turn::SpoolFails;
            }
        };
        match shared.permit() {
            Some(permit) => self.replay(&spooled, permit),
            None => Turn::Waits,
        }
    }

    fn replay(&mut self, spooled: &Spooled, permit: Permit) -> Turn {
        let shared = self.shared;
        let attempt = Attempt {
            log: &*shared.ports.replay_log,
            dead: &*shared.ports.dead,
            decide: shared.ports.decide,
            pursuit: Pursuit::AnyFault,
            now: (shared.ports.clock)(),
            answered: &|| {},
        };
        shared.replaying.store(true, Ordering::Relaxed);
        let Outcome { mut fates, signal } = attempt.run(&spooled.engagements);
        self.condemn_suspects(&attempt, spooled, &mut fates, signal);
        shared.replaying.store(false, Ordering::Relaxed);
        shared.report(permit, signal);
        let count = |fate: &Fate| fates.iter().filter(|own| *own == fate).count();
        let is_settled = |fate: &Fate| matches!(fate, Fate::Kept(_) | Fate::Hopeless);
        if !fates.iter().all(is_settled) {
            return Turn::Waits;
        }
        // What is kept nowhere would stand in the way of everything behind it for ever.
        shared.metrics.count_lost(count(&Fate::Hopeless));
        shared.metrics.count_dead(count(&Fate::Kept(Kept::Buried)));
        self.suspects.clear();
        self.release(spooled.end)
    }

    /// Buries those that have made the log fail often enough while it wrote others.
    fn condemn_suspects(
        &mut self,
        attempt: &Attempt<'_>,
        spooled: &Spooled,
        fates: &mut [Fate],
        signal: Signal,
    ) {
        if signal != Signal::Works && !self.shared.log_wrote_lately() {
            return;
        }
        for (engagement, fate) in spooled.engagements.iter().zip(fates) {
            let Fate::Suspect(reason) = fate else {
                continue;
            };
            let attempts = self.suspects.entry(engagement.id).or_default();
            *attempts += 1;
            if *attempts >= ATTEMPTS {
                let reason = std::mem::take(reason);
                *fate = attempt.bury(engagement, reason).0;
            }
        }
    }

    fn release(&mut self, end: SpoolPosition) -> Turn {
        // It is in the log: not to be read again, even if the file cannot be removed.
        self.position = Some(end);
        match self.shared.ports.spool.release(end) {
            Ok(()) => Turn::Worked,
            Err(error) => {
                tracing::error!(%error, "what has left the spool could not be removed from it");
                Turn::SpoolFails
            }
        }
    }
}
