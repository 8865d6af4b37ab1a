//! Enrollments and what was done, as they are stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::campaigns::{
    Branch, Enrollment, EnrollmentStatus, StepExecution, StepOutcome, StepSkipped,
};
use domain::delivery::SendKey;
use domain::ids::{CampaignId, EnrollmentId, LeadId, SendId, StepId};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use crate::schema::{campaign_enrollments, campaign_step_executions};

#[derive(Queryable, QueryableByName, Selectable)]
#[diesel(table_name = campaign_enrollments, check_for_backend(diesel::pg::Pg))]
pub(super) struct EnrollmentRow {
    pub(super) id: Uuid,
    campaign_id: Uuid,
    version: i32,
    lead_id: Uuid,
    status: String,
    next_step: Option<Uuid>,
    next_at: Option<DateTime<Utc>>,
    paused_at: Option<DateTime<Utc>>,
    since: DateTime<Utc>,
    enrolled_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
}

impl TryFrom<EnrollmentRow> for Enrollment {
    type Error = StoreError;

    fn try_from(row: EnrollmentRow) -> StoreResult<Self> {
        let status = standing_named(&row.status)?;
        Ok(Self {
            id: EnrollmentId::from_uuid(row.id),
            campaign: CampaignId::from_uuid(row.campaign_id),
            version: row.version.unsigned_abs(),
            lead: LeadId::from_uuid(row.lead_id),
            status,
            next_step: row.next_step.map(StepId::from_uuid),
            next_at: row.next_at,
            // Where staff paused the lead, it says when.
            held_since: (row.paused_at).filter(|_| status == EnrollmentStatus::Active),
            since: row.since,
            enrolled_at: row.enrolled_at,
            ended_at: row.completed_at,
        })
    }
}

/// The status of this name; the check of the table keeps others out.
pub(super) fn standing_named(name: &str) -> StoreResult<EnrollmentStatus> {
    EnrollmentStatus::parse(name)
        .ok_or_else(|| StoreError::unexpected(format!("unknown status of an enrollment '{name}'")))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = campaign_step_executions, check_for_backend(diesel::pg::Pg))]
pub(super) struct ExecutionRow {
    pub(super) enrollment_id: Uuid,
    step_id: Uuid,
    executed_at: DateTime<Utc>,
    outcome: String,
    send_id: Option<Uuid>,
    queued_at: Option<DateTime<Utc>>,
}

impl TryFrom<ExecutionRow> for StepExecution {
    type Error = StoreError;

    fn try_from(row: ExecutionRow) -> StoreResult<Self> {
        let send = row
            .send_id
            .zip(row.queued_at)
            .map(|(id, queued_at)| SendKey {
                id: SendId::from_uuid(id),
                queued_at,
            });
        let outcome = outcome_named(&row.outcome, send).ok_or_else(|| {
            StoreError::unexpected(format!("unknown outcome of a step '{}'", row.outcome))
        })?;
        Ok(Self {
            step: StepId::from_uuid(row.step_id),
            at: row.executed_at,
            outcome,
        })
    }
}

/// The outcome that has this name.
fn outcome_named(name: &str, send: Option<SendKey>) -> Option<StepOutcome> {
    let skipped = [
        StepSkipped::Condition,
        StepSkipped::TooLate,
        StepSkipped::Gone,
    ];
    let went = Branch::ALL.into_iter().map(StepOutcome::Went);
    send.map(StepOutcome::Sent)
        .into_iter()
        .chain([StepOutcome::Done])
        .chain(went)
        .chain(skipped.into_iter().map(StepOutcome::Skipped))
        .find(|outcome| outcome.name() == name)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn the_name_of_an_outcome_leads_back_to_it() {
        let key = SendKey {
            id: SendId::new(),
            queued_at: DateTime::UNIX_EPOCH,
        };
        for outcome in [
            StepOutcome::Sent(key),
            StepOutcome::Done,
            StepOutcome::Went(Branch::No),
            StepOutcome::Skipped(StepSkipped::TooLate),
        ] {
            let send = matches!(outcome, StepOutcome::Sent(_)).then_some(key);
            assert_eq!(outcome_named(&outcome.name(), send), Some(outcome));
        }
        assert_eq!(outcome_named("sent", None), None);
    }
}
