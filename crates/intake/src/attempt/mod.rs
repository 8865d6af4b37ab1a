//! One attempt to get engagements into the log, down to the one that the log refuses.

use chrono::{DateTime, Utc};
use domain::store::{StoreError, StoreResult};
use domain::tracking::{
    Appended, DeadEngagement, DeadEngagements, Engagement, EngagementLog, Kept,
};

use crate::breaker::Signal;
use crate::panics;
use crate::ports::DecideFn;

/// What became of one engagement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is durable.
    Kept(Kept),
    /// Not known to be durable: try again, or elsewhere.
    Open,
    /// The log fails on it alone, in a way that should not depend on the data.
    Suspect(String),
    /// Neither the log nor the place for what it refuses will ever take it.
    Hopeless,
}

/// What became of all, in their order, and what that says about the log.
pub(crate) struct Outcome {
    pub(crate) fates: Vec<Fate>,
    pub(crate) signal: Signal,
    /// The words of the log where it was away, or too slow for what it was given.
    pub(crate) failure: Option<String>,
}

/// Which failures are followed to the engagement that causes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pursuit {
    /// Refusals of the data.
    Refusals,
    /// Also failures that should not depend on the data, but may: a panic of ours, for example.
    AnyFault,
}

/// Who writes, and how.
pub(crate) struct Attempt<'a> {
    pub(crate) log: &'a dyn EngagementLog,
    pub(crate) dead: &'a dyn DeadEngagements,
    pub(crate) decide: DecideFn,
    pub(crate) pursuit: Pursuit,
    pub(crate) now: DateTime<Utc>,
    /// Called whenever the storage has answered, because a long search is no hang.
    pub(crate) answered: &'a dyn Fn(),
}

impl Attempt<'_> {
    /// Writes all of it in one transaction. Where the log refuses, halves are tried until the
    /// culprit stands alone; it is buried, and the rest is written.
    pub(crate) fn run(&self, engagements: &[Engagement]) -> Outcome {
        let mut fates = Vec::with_capacity(engagements.len());
        let mut signal = Signal::Silent;
        let mut failure = None;
        let mut parts = vec![engagements];
        while let Some(part) = parts.pop() {
            if signal == Signal::Fails {
                fates.extend(part.iter().map(|_| Fate::Open));
                continue;
            }
            let appended = self.append(part);
            (self.answered)();
            match appended {
                Ok(appended) => {
                    signal = Signal::Works;
                    fates.extend(appended.into_iter().map(|one| Fate::Kept(Kept::InLog(one))));
                }
                Err(error) if !self.pursues(&error) => {
                    tracing::warn!(%error, engagements = part.len(), "a commit failed");
                    signal = Signal::Fails;
                    failure = Some(error.to_string());
                    fates.extend(part.iter().map(|_| Fate::Open));
                }
                Err(error) => match part {
                    [] => {}
                    [alone] => {
                        let (fate, told) = self.give_up(alone, &error);
                        fates.push(fate);
                        signal = told.unwrap_or(signal);
                    }
                    [..] => {
                        let (first, second) = part.split_at(part.len() / 2);
                        parts.extend([second, first]);
                    }
                },
            }
        }
        Outcome {
            signal: verdict(signal, &fates),
            fates,
            failure,
        }
    }

    fn append(&self, part: &[Engagement]) -> StoreResult<Vec<Appended>> {
        let appended = panics::caught(|| self.log.append(part, &self.decide))
            .unwrap_or_else(|panic| Err(StoreError::unexpected(format!("it panicked: {panic}"))))?;
        if appended.len() == part.len() {
            Ok(appended)
        } else {
            Err(StoreError::unexpected(
                "the log answered for more or fewer engagements than it was given",
            ))
        }
    }

    fn pursues(&self, error: &StoreError) -> bool {
        match error {
            StoreError::Refused(_) | StoreError::Duplicate(_) | StoreError::InUse(_) => true,
            StoreError::Unexpected(_) => self.pursuit == Pursuit::AnyFault,
            StoreError::Unavailable(_) => false,
        }
    }

    /// The log fails on this one alone. Also what its burial says about the storage.
    fn give_up(&self, alone: &Engagement, error: &StoreError) -> (Fate, Option<Signal>) {
        if matches!(error, StoreError::Unexpected(_)) {
            return (Fate::Suspect(error.to_string()), None);
        }
        self.bury(alone, error.to_string())
    }

    /// Keeps it aside with the reason.
    pub(crate) fn bury(&self, engagement: &Engagement, reason: String) -> (Fate, Option<Signal>) {
        let dead = DeadEngagement {
            engagement: engagement.clone(),
            reason,
            died_at: self.now,
        };
        let buried = panics::caught(|| self.dead.bury(&dead))
            .unwrap_or_else(|panic| Err(StoreError::unexpected(format!("it panicked: {panic}"))));
        let (id, tenant, reason) = (engagement.id, engagement.tenant, dead.reason);
        match buried {
            Ok(()) => {
                (self.answered)();
                tracing::warn!(%id, %tenant, reason, "an engagement that the log refuses was buried");
                (Fate::Kept(Kept::Buried), Some(Signal::Works))
            }
            Err(error @ (StoreError::Unavailable(_) | StoreError::Unexpected(_))) => {
                tracing::warn!(%id, %tenant, %error, "an engagement could not be buried now");
                (Fate::Open, Some(Signal::Fails))
            }
            Err(error) => {
                tracing::error!(%id, %tenant, reason, %error, "an engagement can be kept nowhere");
                (Fate::Hopeless, None)
            }
        }
    }
}

/// Nothing worked and something failed that should not have: then the log is at fault.
fn verdict(signal: Signal, fates: &[Fate]) -> Signal {
    let is_suspect = |fate: &Fate| matches!(fate, Fate::Suspect(_));
    if signal == Signal::Silent && fates.iter().any(is_suspect) {
        Signal::Fails
    } else {
        signal
    }
}

#[cfg(test)]
mod tests;
