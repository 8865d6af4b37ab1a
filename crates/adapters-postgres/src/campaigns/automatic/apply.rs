//! Writing what one look at an enrollment came to.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Int4, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::campaigns::{
    Advance, Enrollment, EnrollmentStatus, Onward, StepEffect, StepExecution, StepOutcome,
};
use domain::delivery::SendKey;
use domain::ids::{CampaignId, StepId, TenantId};
use domain::store::StoreError;
use uuid::Uuid;

use super::effects::{self, Moment};
use crate::pool::TenantWorkError;
use crate::statement::statement;

/// All of it, or nothing where the enrollment is no longer as it was claimed.
pub(super) fn apply(
    connection: &mut PgConnection,
    tenant: TenantId,
    claimed: &Enrollment,
    advance: &Advance,
    now: DateTime<Utc>,
) -> Result<bool, TenantWorkError> {
    let Some(name) = hold(connection, tenant, claimed, advance)? else {
        return Ok(false);
    };
    if !go_on(connection, tenant, claimed, advance, now)? {
        return Ok(false);
    }
    write_executions(connection, tenant, claimed, &advance.executions)?;
    let moment = Moment {
        tenant,
        enrollment: claimed,
        campaign_name: &name,
        now,
    };
    effects::carry_out(connection, &moment, &advance.effects)?;
    if advance.onward == Onward::Ended(EnrollmentStatus::Completed) {
        count_completed(connection, tenant, claimed.campaign)?;
    }
    Ok(true)
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

const HOLD: &str = "
    SELECT campaign.name
    FROM campaigns AS campaign
    JOIN leads AS lead ON lead.tenant_id = $1 AND lead.id = $3
    WHERE campaign.tenant_id = $1 AND campaign.id = $2 AND campaign.status = 'active'
    FOR KEY SHARE OF campaign FOR KEY SHARE OF lead";

const HOLD_TO_EDIT: &str = "
    SELECT campaign.name
    FROM campaigns AS campaign
    JOIN leads AS lead ON lead.tenant_id = $1 AND lead.id = $3
    WHERE campaign.tenant_id = $1 AND campaign.id = $2 AND campaign.status = 'active'
    FOR KEY SHARE OF campaign FOR UPDATE OF lead";

/// The name of the campaign, which stays active until the transaction ends; the lead is locked as
/// the effects need it.
fn hold(
    connection: &mut PgConnection,
    tenant: TenantId,
    claimed: &Enrollment,
    advance: &Advance,
) -> QueryResult<Option<String>> {
    let edits = advance.effects.iter().any(StepEffect::changes_the_lead);
    let held: Option<Name> = statement(if edits { HOLD_TO_EDIT } else { HOLD })
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(claimed.campaign.uuid())
        .bind::<SqlUuid, _>(claimed.lead.uuid())
        .get_result(connection)
        .optional()?;
    Ok(held.map(|row| row.name))
}

fn go_on(
    connection: &mut PgConnection,
    tenant: TenantId,
    claimed: &Enrollment,
    advance: &Advance,
    now: DateTime<Utc>,
) -> Result<bool, TenantWorkError> {
    let (status, next) = match advance.onward {
        Onward::At { step, at } => (EnrollmentStatus::Active, Some((step, at))),
        Onward::Ended(status) => (status, None),
    };
    let ended_by = match status {
        EnrollmentStatus::Active | EnrollmentStatus::Paused => None,
        EnrollmentStatus::Completed | EnrollmentStatus::Exited => Some("flow"),
        EnrollmentStatus::Unsubscribed => Some("refusal"),
    };
    let version = i32::try_from(claimed.version).map_err(StoreError::unexpected)?;
    let written = statement(include_str!("apply.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(claimed.id.uuid())
        .bind::<Int4, _>(version)
        .bind::<Nullable<SqlUuid>, _>(claimed.next_step.map(StepId::uuid))
        .bind::<Nullable<Timestamptz>, _>(claimed.next_at)
        .bind::<Text, _>(status.as_str())
        .bind::<Nullable<Text>, _>(ended_by)
        .bind::<Nullable<SqlUuid>, _>(next.map(|(step, _)| step.uuid()))
        .bind::<Nullable<Timestamptz>, _>(next.map(|(_, at)| at))
        .bind::<Timestamptz, _>(advance.since)
        .bind::<Timestamptz, _>(now)
        .execute(connection)?;
    Ok(written > 0)
}

const EXECUTIONS: &str = "
    INSERT INTO campaign_step_executions (
        tenant_id, enrollment_id, campaign_id, step_id, executed_at, outcome, send_id, queued_at)
    SELECT $1, $2, $3, new.*
    FROM UNNEST($4, $5, $6, $7, $8) AS new (step_id, executed_at, outcome, send_id, queued_at)
    ON CONFLICT DO NOTHING";

fn write_executions(
    connection: &mut PgConnection,
    tenant: TenantId,
    claimed: &Enrollment,
    executions: &[StepExecution],
) -> QueryResult<()> {
    if executions.is_empty() {
        return Ok(());
    }
    let sends: Vec<Option<SendKey>> = executions
        .iter()
        .map(|execution| match execution.outcome {
            StepOutcome::Sent(key) => Some(key),
            StepOutcome::Done | StepOutcome::Went(_) | StepOutcome::Skipped(_) => None,
        })
        .collect();
    let steps: Vec<Uuid> = executions.iter().map(|done| done.step.uuid()).collect();
    let times: Vec<DateTime<Utc>> = executions.iter().map(|done| done.at).collect();
    let outcomes: Vec<String> = executions.iter().map(|done| done.outcome.name()).collect();
    let ids: Vec<Option<Uuid>> = (sends.iter().map(|key| key.map(|key| key.id.uuid()))).collect();
    let queued: Vec<_> = sends
        .iter()
        .map(|key| key.map(|key| key.queued_at))
        .collect();
    statement(EXECUTIONS)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(claimed.id.uuid())
        .bind::<SqlUuid, _>(claimed.campaign.uuid())
        .bind::<Array<SqlUuid>, _>(steps)
        .bind::<Array<Timestamptz>, _>(times)
        .bind::<Array<Text>, _>(outcomes)
        .bind::<Array<Nullable<SqlUuid>>, _>(ids)
        .bind::<Array<Nullable<Timestamptz>>, _>(queued)
        .execute(connection)
        .map(drop)
}

const COUNT: &str = "
    UPDATE campaigns SET completed_count = completed_count + 1 WHERE tenant_id = $1 AND id = $2";

fn count_completed(
    connection: &mut PgConnection,
    tenant: TenantId,
    campaign: CampaignId,
) -> QueryResult<()> {
    statement(COUNT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(campaign.uuid())
        .execute(connection)
        .map(drop)
}
