//! The people in campaigns, for people and programs.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::campaigns::{
    CampaignFigures, EnrollCause, Enrolled, Enrollment, EnrollmentStatus, EnrollmentStore,
    EnrollmentTrace, StepExecution,
};
use domain::ids::{CampaignId, EnrollmentId, LeadId, StepId, TenantId};
use domain::store::StoreResult;
use uuid::Uuid;

use super::people::{EnrollmentRow, ExecutionRow};
use super::{enroll, figures};
use crate::PgStore;
use crate::pool::TenantWorkError;
use crate::schema::{campaign_enrollments, campaign_step_executions};
use crate::statement::statement;

fn enrollments(rows: Vec<EnrollmentRow>) -> StoreResult<Vec<Enrollment>> {
    rows.into_iter().map(Enrollment::try_from).collect()
}

/// The ways with what was done on each, in the same order.
fn traced(
    connection: &mut PgConnection,
    tenant: TenantId,
    rows: Vec<EnrollmentRow>,
) -> Result<Vec<EnrollmentTrace>, TenantWorkError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let done: Vec<ExecutionRow> = campaign_step_executions::table
        .filter(campaign_step_executions::tenant_id.eq(tenant.uuid()))
        .filter(campaign_step_executions::enrollment_id.eq_any(ids))
        .order(campaign_step_executions::executed_at)
        .select(ExecutionRow::as_select())
        .load(connection)?;
    let mut of: BTreeMap<Uuid, Vec<StepExecution>> = BTreeMap::new();
    for row in done {
        let executions = of.entry(row.enrollment_id).or_default();
        executions.push(row.try_into()?);
    }
    let trace = |row: EnrollmentRow| {
        Ok(EnrollmentTrace {
            executions: of.remove(&row.id).unwrap_or_default(),
            enrollment: row.try_into()?,
        })
    };
    let traces: StoreResult<Vec<_>> = rows.into_iter().map(trace).collect();
    Ok(traces?)
}

/// The campaign stands still or goes on until this is written.
const HOLD: &str = "
    SELECT 1 FROM campaigns AS campaign
    JOIN campaign_enrollments AS enrollment ON enrollment.tenant_id = $1 AND enrollment.id = $2
    WHERE campaign.tenant_id = $1 AND campaign.id = enrollment.campaign_id
    FOR KEY SHARE OF campaign";

/// A step that the person holds back was due before.
const PAUSE: &str = "
    UPDATE campaign_enrollments SET status = 'paused', next_at = COALESCE(paused_at, next_at),
        paused_at = $3, lease_until = NULL
    WHERE tenant_id = $1 AND id = $2 AND status = 'active'";

/// What was to come is as far away as it was when the lead was paused. In a campaign that is paused
/// itself, the time from its pause on counts when it is resumed.
const RESUME: &str = "
    UPDATE campaign_enrollments AS enrollment SET status = 'active',
        next_at = enrollment.next_at + pause.length, since = enrollment.since + pause.length, paused_at = NULL
    FROM (
        SELECT inside.id,
            GREATEST(LEAST($3, campaign.paused_at) - inside.paused_at, INTERVAL '0') AS length
        FROM campaign_enrollments AS inside
        JOIN campaigns AS campaign ON campaign.tenant_id = $1 AND campaign.id = inside.campaign_id
        WHERE inside.tenant_id = $1 AND inside.id = $2
    ) AS pause
    WHERE enrollment.tenant_id = $1 AND enrollment.id = pause.id AND enrollment.status = 'paused'";

const TAKE_OUT: &str = "
    UPDATE campaign_enrollments SET status = $4, ended_by = 'staff', completed_at = $3,
        next_step = NULL, next_at = NULL, paused_at = NULL, lease_until = NULL
    WHERE tenant_id = $1 AND id = $2 AND status IN ('active', 'paused')";

fn change_status(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: EnrollmentId,
    next: EnrollmentStatus,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let of_way = |sql| {
        statement(sql)
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<SqlUuid, _>(id.uuid())
    };
    of_way(HOLD).execute(connection)?;
    let change = |sql| of_way(sql).bind::<Timestamptz, _>(now);
    let changed = match next {
        EnrollmentStatus::Paused => change(PAUSE).execute(connection)?,
        EnrollmentStatus::Active => change(RESUME).execute(connection)?,
        EnrollmentStatus::Completed | EnrollmentStatus::Exited | EnrollmentStatus::Unsubscribed => {
            change(TAKE_OUT)
                .bind::<Text, _>(next.as_str())
                .execute(connection)?
        }
    };
    Ok(changed > 0)
}

impl EnrollmentStore for PgStore {
    fn enroll(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        causes: &[EnrollCause],
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<Enrolled>> {
        self.in_tenant(tenant, |connection| {
            enroll::enroll(connection, tenant, campaign, causes, now)
        })
    }

    fn figures(&self, tenant: TenantId, campaign: CampaignId) -> StoreResult<CampaignFigures> {
        self.in_tenant(tenant, |connection| {
            Ok(figures::figures(connection, tenant, campaign)?)
        })
    }

    fn of_campaign(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        status: Option<EnrollmentStatus>,
        step: Option<StepId>,
        offset: u32,
        limit: u32,
    ) -> StoreResult<Vec<Enrollment>> {
        let statuses: Vec<&str> = match status {
            Some(status) => vec![status.as_str()],
            None => EnrollmentStatus::ALL.map(EnrollmentStatus::as_str).to_vec(),
        };
        self.in_tenant(tenant, |connection| {
            let rows: Vec<EnrollmentRow> = statement(include_str!("of_campaign.sql"))
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<SqlUuid, _>(campaign.uuid())
                .bind::<Array<Text>, _>(statuses)
                .bind::<Nullable<SqlUuid>, _>(step.map(StepId::uuid))
                .bind::<BigInt, _>(i64::from(offset))
                .bind::<BigInt, _>(i64::from(limit))
                .load(connection)?;
            Ok(enrollments(rows)?)
        })
    }

    fn of_lead(&self, tenant: TenantId, lead: LeadId) -> StoreResult<Vec<EnrollmentTrace>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<EnrollmentRow> = campaign_enrollments::table
                .filter(campaign_enrollments::tenant_id.eq(tenant.uuid()))
                .filter(campaign_enrollments::lead_id.eq(lead.uuid()))
                .order((
                    campaign_enrollments::enrolled_at.desc(),
                    campaign_enrollments::id.desc(),
                ))
                .select(EnrollmentRow::as_select())
                .load(connection)?;
            traced(connection, tenant, rows)
        })
    }

    fn trace(&self, tenant: TenantId, id: EnrollmentId) -> StoreResult<Option<EnrollmentTrace>> {
        self.in_tenant(tenant, |connection| {
            let row: Option<EnrollmentRow> = campaign_enrollments::table
                .find((tenant.uuid(), id.uuid()))
                .select(EnrollmentRow::as_select())
                .first(connection)
                .optional()?;
            Ok(traced(connection, tenant, row.into_iter().collect())?.pop())
        })
    }

    fn change_status(
        &self,
        tenant: TenantId,
        id: EnrollmentId,
        next: EnrollmentStatus,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(change_status(connection, tenant, id, next, now)?)
        })
    }
}
