//! Whose fault it is when the log fails: its own, or that of one engagement.

use std::collections::HashMap;
use std::slice;
use std::time::Instant;

use domain::ids::EngagementId;
use domain::tracking::Engagement;

use super::{Replayer, Rest};
use crate::attempt::{Attempt, Fate};
use crate::breaker::Signal;

/// After so many attempts on it alone, while others are written, an engagement is at fault itself.
const ATTEMPTS: u32 = 3;

/// How often each of these made the log fail, all by itself, in a way that data should not, while
/// the log wrote others.
#[derive(Default)]
pub(super) struct Suspects(HashMap<EngagementId, u32>);

impl Suspects {
    fn failures(&self, engagement: EngagementId) -> u32 {
        self.0.get(&engagement).copied().unwrap_or_default()
    }

    /// It failed once more. Whether that is enough.
    fn accuse(&mut self, engagement: EngagementId) -> bool {
        let failures = self.0.entry(engagement).or_default();
        *failures += 1;
        *failures >= ATTEMPTS
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Replayer<'_> {
    /// Buries those that have made the log fail often enough while it wrote others.
    pub(super) fn condemn_suspects(
        &mut self,
        attempt: &Attempt<'_>,
        part: &[Engagement],
        fates: &mut [Fate],
        signal: Signal,
    ) {
        if signal != Signal::Works && !self.shared.log_wrote_lately() {
            return;
        }
        for (engagement, fate) in part.iter().zip(fates) {
            let Fate::Suspect(reason) = fate else {
                continue;
            };
            if self.suspects.accuse(engagement.id) {
                let reason = std::mem::take(reason);
                *fate = attempt.bury(engagement, reason).0;
            }
        }
    }

    /// What becomes of one engagement at which the log fails with `words`, and what that says about
    /// the log.
    ///
    /// A log that is away, or hindered by a lock, says the same as one that is too slow for this very
    /// engagement. So it is at fault only when the log wrote something else after each of several
    /// attempts, with a rest between them: one of those behind it, each time another, or live
    /// traffic. Where there is no such witness nothing is concluded, and nothing is buried.
    pub(super) fn judge(
        &mut self,
        attempt: &Attempt<'_>,
        alone: &Engagement,
        behind: &[Engagement],
        words: String,
    ) -> (Fate, Signal) {
        self.portion.failed(1);
        if !self.portion.is_stuck() {
            return (Fate::Open, Signal::Fails);
        }
        let signal = self.hear_witnesses(attempt, alone, behind);
        let now = Instant::now();
        self.rest = Some(match signal {
            Signal::Fails => Rest::for_the_log(now),
            Signal::Works | Signal::Silent => Rest::for_the_engagement(now),
        });
        self.shared.let_live_try();
        if signal == Signal::Fails || !self.suspects.accuse(alone.id) {
            return (Fate::Open, signal);
        }
        let (fate, told) = attempt.bury(alone, words);
        if fate != Fate::Open {
            self.rest = None;
        }
        (fate, told.unwrap_or(signal))
    }

    /// Whether the log works for others.
    fn hear_witnesses(
        &self,
        attempt: &Attempt<'_>,
        alone: &Engagement,
        behind: &[Engagement],
    ) -> Signal {
        // One that was written already would change nothing, so that the log would hardly have to
        // work for it.
        let heard = self.suspects.failures(alone.id) as usize;
        let witness = behind.get(heard).map(slice::from_ref);
        if witness.is_some_and(|witness| attempt.run(witness).signal == Signal::Works) {
            Signal::Works
        } else if self.shared.log_wrote_lately() {
            // Writers report themselves.
            Signal::Silent
        } else {
            Signal::Fails
        }
    }
}
