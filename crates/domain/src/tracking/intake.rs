//! The durable intake: where engagements wait for their commit, and where they are kept while the
//! storage is away.
//!
//! An [`Intake`] gathers the engagements of many requests into one commit of the
//! [`EngagementLog`](super::EngagementLog). What the log cannot take in time goes to a [`Spool`] and
//! from there to the log later, with the same ids, so that nothing is counted twice. What the log
//! refuses for good is buried as a [`DeadEngagement`], with its reason.

use std::sync::mpsc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::{Appended, Engagement};
use crate::ids::{EngagementId, TenantId};
use crate::store::StoreResult;

/// Where an engagement is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Committed to the log, with all that follows from it.
    InLog(Appended),
    /// In the spool; the log gets it later.
    InSpool,
    /// The log refuses it for good; kept aside with the reason, for staff to look at.
    Buried,
}

impl Kept {
    /// What became of it in the log, if it is there.
    #[must_use]
    pub const fn appended(&self) -> Option<&Appended> {
        match self {
            Self::InLog(appended) => Some(appended),
            Self::InSpool | Self::Buried => None,
        }
    }
}

/// Neither log nor spool could take it: nothing is durable, and the sender should try again.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("neither the database nor the spool can take engagements now")]
pub struct NotKept {
    /// When trying again makes sense.
    pub retry_after: Duration,
}

/// One [`Kept`] for each engagement, in their order; or none of them is promised to be durable.
pub type Taken = Result<Vec<Kept>, NotKept>;

/// Called once, from another thread, when it is known what became of a request's engagements.
pub type Answer = Box<dyn FnOnce(Taken) + Send>;

/// Takes engagements in.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Intake: Send + Sync {
    /// Hands the engagements of one request over, all of one tenant. Returns at once; `answer` is
    /// called when they are durable, or when it is certain that they cannot be.
    fn take(&self, engagements: Vec<Engagement>, answer: Answer);

    /// How it is doing.
    fn state(&self) -> IntakeState;
}

/// Hands engagements over and waits. For threads that may block.
///
/// # Errors
/// [`NotKept`].
pub fn take_and_wait(intake: &dyn Intake, engagements: Vec<Engagement>) -> Taken {
    const LOST: NotKept = NotKept {
        retry_after: Duration::from_secs(1),
    };
    let (sender, answer) = mpsc::sync_channel(1);
    intake.take(engagements, Box::new(move |taken| drop(sender.send(taken))));
    answer.recv().unwrap_or(Err(LOST))
}

/// How an [`Intake`] is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IntakeState {
    /// Whether the log answers.
    pub log_answers: bool,
    /// Whether the spool has room and works.
    pub spool_has_room: bool,
    /// Engagements that wait for a commit.
    pub queued: usize,
    /// What waits in the spool.
    pub spooled: SpoolState,
}

impl IntakeState {
    /// Whether an engagement that comes now can be acknowledged.
    #[must_use]
    pub const fn accepts(&self) -> bool {
        self.log_answers || self.spool_has_room
    }
}

/// What waits in a spool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpoolState {
    /// How many engagements.
    pub engagements: u64,
    /// How much room they take. Bytes.
    pub bytes: u64,
    /// How much they may take. Bytes.
    pub limit: u64,
    /// When the oldest of them was received.
    pub oldest: Option<DateTime<Utc>>,
}

/// Why a spool did not do what it was asked.
#[derive(Debug, Error)]
pub enum SpoolError {
    /// It may not grow further.
    #[error("the spool is full")]
    Full,
    /// The file system failed: nothing of this call is known to be durable.
    #[error("the spool failed: {0}")]
    Failed(#[from] std::io::Error),
}

/// A place in a spool, behind some engagements and before others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpoolPosition {
    /// Which file.
    pub segment: u64,
    /// How far into it. Bytes.
    pub offset: u64,
}

/// Engagements read from a spool, and where the next ones begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Spooled {
    /// The oldest first; none where none of what was read is readable.
    pub engagements: Vec<Engagement>,
    /// How many records before `end` this version cannot read. The spool has put them aside for
    /// people to look at, so that they block nothing and are still there.
    pub unreadable: u64,
    /// Behind them.
    pub end: SpoolPosition,
}

/// Keeps engagements that are durable but not in the log yet.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Spool: Send + Sync {
    /// Makes the engagements durable: when this returns, a crash of process or machine does not
    /// lose them.
    ///
    /// # Errors
    /// See [`SpoolError`]; the same engagements may be given again, to this spool or elsewhere.
    fn append(&self, engagements: &[Engagement]) -> Result<(), SpoolError>;

    /// The oldest engagements behind `from` (from the start: the oldest of all), about `limit` of
    /// them; none when there is nothing more.
    ///
    /// # Errors
    /// When the files cannot be read, or what is [unreadable](Spooled::unreadable) not be put
    /// aside.
    fn read(
        &self,
        from: Option<SpoolPosition>,
        limit: usize,
    ) -> Result<Option<Spooled>, SpoolError>;

    /// Forgets what lies before `position`, because it is in the log now. What a crash keeps all
    /// the same is read again, and changes nothing in the log.
    ///
    /// # Errors
    /// When the files cannot be removed.
    fn release(&self, position: SpoolPosition) -> Result<(), SpoolError>;

    /// What waits in it.
    fn state(&self) -> SpoolState;
}

/// An engagement that the log refuses for good.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadEngagement {
    /// What was refused.
    pub engagement: Engagement,
    /// The storage's words.
    pub reason: String,
    /// When it was given up.
    pub died_at: DateTime<Utc>,
}

/// Keeps what the log refuses.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait DeadEngagements: Send + Sync {
    /// Keeps one; what is kept already stays as it is.
    ///
    /// # Errors
    /// The storage's.
    fn bury(&self, dead: &DeadEngagement) -> StoreResult<()>;

    /// At most `limit` of a tenant, the newest first.
    ///
    /// # Errors
    /// The storage's.
    fn buried(&self, tenant: TenantId, limit: u32) -> StoreResult<Vec<DeadEngagement>>;

    /// Removes one, because it is in the log now or nobody wants it; false when it is not there.
    ///
    /// # Errors
    /// The storage's.
    fn exhume(&self, tenant: TenantId, engagement: EngagementId) -> StoreResult<bool>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engagement_can_be_acknowledged_while_log_or_spool_takes_it() {
        let state = |log_answers, spool_has_room| IntakeState {
            log_answers,
            spool_has_room,
            ..IntakeState::default()
        };
        assert!(state(true, false).accepts());
        assert!(state(false, true).accepts());
        assert!(!state(false, false).accepts());
    }

    #[test]
    fn an_intake_that_drops_the_answer_has_kept_nothing() {
        struct Forgetful;
        impl Intake for Forgetful {
            fn take(&self, _engagements: Vec<Engagement>, _answer: Answer) {}
            fn state(&self) -> IntakeState {
                IntakeState::default()
            }
        }
        assert!(take_and_wait(&Forgetful, Vec::new()).is_err());
    }
}
