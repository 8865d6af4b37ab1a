//! Intakes for when things go wrong.

use std::sync::Mutex;
use std::time::Duration;

use domain::tracking::{Answer, Engagement, Intake, IntakeState, Kept, NotKept, SpoolState, Taken};

/// What an intake says of all that it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    InSpool,
    Buried,
    NotKept,
    /// Nothing at all; the question stays open.
    Nothing,
}

/// An intake that says always the same, and keeps what it was given.
pub(crate) struct Stubborn {
    says: Says,
    state: IntakeState,
    given: Mutex<Vec<Engagement>>,
    open: Mutex<Vec<Answer>>,
}

impl Stubborn {
    pub(crate) fn new(says: Says) -> Self {
        let state = IntakeState {
            log_answers: false,
            spool_has_room: says != Says::NotKept,
            queued: 3,
            spooled: SpoolState {
                engagements: 1234,
                bytes: 567,
                limit: 4096,
                oldest: None,
            },
        };
        Self {
            says,
            state,
            given: Mutex::default(),
            open: Mutex::default(),
        }
    }

    pub(crate) fn given(&self) -> Vec<Engagement> {
        self.given.lock().unwrap().clone()
    }
}

impl Intake for Stubborn {
    fn take(&self, engagements: Vec<Engagement>, answer: Answer) {
        let all = |kept: Kept| -> Taken { Ok(vec![kept; engagements.len()]) };
        match self.says {
            Says::InSpool => answer(all(Kept::InSpool)),
            Says::Buried => answer(all(Kept::Buried)),
            Says::NotKept => answer(Err(NotKept {
                retry_after: Duration::from_secs(7),
            })),
            Says::Nothing => self.open.lock().unwrap().push(answer),
        }
        self.given.lock().unwrap().extend(engagements);
    }

    fn state(&self) -> IntakeState {
        self.state
    }
}
