//! An intake without queue and spool: each request is committed at once, or not kept.

use std::sync::Arc;
use std::time::Duration;

use domain::scoring;
use domain::tracking::{Answer, Engagement, EngagementLog, Intake, IntakeState, Kept, NotKept};

/// Appends what it is given to a log, on the thread that gives it.
#[derive(Clone)]
pub struct DirectIntake(Arc<dyn EngagementLog>);

impl DirectIntake {
    /// An intake of this log.
    #[must_use]
    pub fn new(log: Arc<dyn EngagementLog>) -> Self {
        Self(log)
    }
}

impl Intake for DirectIntake {
    fn take(&self, engagements: Vec<Engagement>, answer: Answer) {
        let appended = self.0.append(&engagements, &scoring::decide);
        answer(
            appended
                .map(|appended| appended.into_iter().map(Kept::InLog).collect())
                .map_err(|_away| NotKept {
                    retry_after: Duration::from_secs(1),
                }),
        );
    }

    fn state(&self) -> IntakeState {
        IntakeState {
            log_answers: true,
            ..IntakeState::default()
        }
    }
}
