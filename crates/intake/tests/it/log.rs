//! A log by script.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, PoisonError};

use domain::ids::{EngagementId, LeadId};
use domain::store::{StoreError, StoreResult};
use domain::tracking::{Appended, Decide, Engagement, EngagementLog, MachineVerdict};

/// What a log does with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Commit,
    /// Answers only when the test says so, then commits.
    HangThenCommit,
    Refuse,
    Away,
    /// The connection is lost during COMMIT.
    CommitThenAway,
    Panic,
}

type Script = dyn Fn(&[Engagement]) -> Act + Send + Sync;

/// A log by script. It keeps an engagement once, like every log.
pub(crate) struct Log {
    script: Mutex<Box<Script>>,
    state: Mutex<LogState>,
    changed: Condvar,
}

#[derive(Default)]
struct LogState {
    /// How often each was written as new.
    stored: BTreeMap<EngagementId, u32>,
    calls: Vec<Vec<Engagement>>,
    open: bool,
}

impl Log {
    pub(crate) fn new(script: impl Fn(&[Engagement]) -> Act + Send + Sync + 'static) -> Self {
        Self {
            script: Mutex::new(Box::new(script)),
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    pub(crate) fn now_does(&self, act: Act) {
        self.now_follows(move |_| act);
    }

    pub(crate) fn now_follows(
        &self,
        script: impl Fn(&[Engagement]) -> Act + Send + Sync + 'static,
    ) {
        *self.script.lock().unwrap() = Box::new(script);
    }

    /// Lets the appends that hang go on, and those that would hang later.
    pub(crate) fn answers_again(&self) {
        self.state.lock().unwrap().open = true;
        self.changed.notify_all();
    }

    /// Waits until so many appends have begun.
    pub(crate) fn wait_for_calls(&self, calls: usize) {
        let state = self.state.lock().unwrap();
        let waited = self
            .changed
            .wait_while(state, |state| state.calls.len() < calls);
        drop(waited.unwrap());
    }

    pub(crate) fn calls(&self) -> Vec<Vec<Engagement>> {
        self.state.lock().unwrap().calls.clone()
    }

    /// The ids it has; each was new once.
    pub(crate) fn stored(&self) -> BTreeSet<EngagementId> {
        let state = self.state.lock().unwrap();
        assert!(state.stored.values().all(|times| *times == 1));
        state.stored.keys().copied().collect()
    }

    fn commit(state: &mut LogState, batch: &[Engagement]) -> Vec<Appended> {
        let mut append = |engagement: &Engagement| {
            let is_new = !state.stored.contains_key(&engagement.id);
            if is_new {
                *state.stored.entry(engagement.id).or_default() += 1;
            }
            appended(engagement, is_new)
        };
        batch.iter().map(&mut append).collect()
    }
}

/// What the log answers for an engagement: recognisable by its lead.
pub(crate) fn appended(engagement: &Engagement, is_new: bool) -> Appended {
    Appended {
        is_new,
        verdict: MachineVerdict::None,
        lead: Some(LeadId::from_uuid(engagement.id.uuid())),
        tracking_id: None,
    }
}

impl EngagementLog for Log {
    fn append<'a>(&self, batch: &[Engagement], _: &Decide<'a>) -> StoreResult<Vec<Appended>> {
        let act = (self.script.lock().unwrap())(batch);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.calls.push(batch.to_vec());
        self.changed.notify_all();
        match act {
            Act::Commit => Ok(Self::commit(&mut state, batch)),
            Act::HangThenCommit => {
                let mut state = self.changed.wait_while(state, |state| !state.open).unwrap();
                Ok(Self::commit(&mut state, batch))
            }
            Act::Refuse => Err(StoreError::refused("22P05")),
            Act::Away => Err(StoreError::unavailable("away")),
            Act::CommitThenAway => {
                Self::commit(&mut state, batch);
                Err(StoreError::unavailable("connection lost during COMMIT"))
            }
            Act::Panic => {
                drop(state);
                panic!("a fault of ours")
            }
        }
    }
}
