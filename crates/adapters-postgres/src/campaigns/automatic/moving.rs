//! People go on in the next version.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Int4, Timestamptz, Uuid as SqlUuid};
use domain::campaigns::{CampaignVersion, Flow};
use domain::ids::{StepId, TenantId};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use super::row::read;
use crate::pool::TenantWorkError;
use crate::schema::{campaign_enrollments, campaign_versions};
use crate::statement::statement;

/// Where people wait in earlier versions, and where they go on; parallel columns of as many rows
/// as there are places, however many people.
#[derive(Default)]
struct Moves {
    versions: Vec<i32>,
    steps: Vec<Uuid>,
    next: Vec<Uuid>,
}

/// Everybody inside goes on at the step that [`Flow::landing`] says; where it says none, they have
/// reached the end.
pub(super) fn move_everybody(
    connection: &mut PgConnection,
    tenant: TenantId,
    newest: &CampaignVersion,
    number: i32,
    now: DateTime<Utc>,
) -> Result<(), TenantWorkError> {
    let flows = flows(connection, tenant, newest)?;
    let (mut moved, mut ended) = (Moves::default(), Moves::default());
    for (version, step) in places(connection, tenant, newest)? {
        let Some(flow) = flows.get(&version) else {
            continue;
        };
        match flow.landing(StepId::from_uuid(step), &newest.flow) {
            Some(next) => {
                moved.versions.push(version);
                moved.steps.push(step);
                moved.next.push(next.uuid());
            }
            None => {
                ended.versions.push(version);
                ended.steps.push(step);
            }
        }
    }
    let campaign = newest.campaign.uuid();
    if !moved.steps.is_empty() {
        statement(MOVE)
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<SqlUuid, _>(campaign)
            .bind::<Int4, _>(number)
            .bind::<Timestamptz, _>(now)
            .bind::<Array<Int4>, _>(moved.versions)
            .bind::<Array<SqlUuid>, _>(moved.steps)
            .bind::<Array<SqlUuid>, _>(moved.next)
            .execute(connection)?;
    }
    if !ended.steps.is_empty() {
        let completed = statement(END)
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<SqlUuid, _>(campaign)
            .bind::<Timestamptz, _>(now)
            .bind::<Array<Int4>, _>(ended.versions)
            .bind::<Array<SqlUuid>, _>(ended.steps)
            .execute(connection)?;
        statement(COUNT)
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<SqlUuid, _>(campaign)
            .bind::<BigInt, _>(i64::try_from(completed).map_err(StoreError::unexpected)?)
            .execute(connection)?;
    }
    Ok(())
}

/// Whoever is paused stays as far from the next step as they were. What the person holds back is due
/// now; the next claim sees whether it still is held back.
const MOVE: &str = "
    UPDATE campaign_enrollments AS enrollment SET version = $3, next_step = old.next_step,
        current_step = step.step_order, lease_until = NULL,
        next_at = CASE
            WHEN enrollment.status = 'paused' THEN enrollment.next_at
            ELSE GREATEST(COALESCE(enrollment.paused_at, enrollment.next_at), $4)
        END,
        paused_at = CASE WHEN enrollment.status = 'paused' THEN enrollment.paused_at END
    FROM UNNEST($5, $6, $7) AS old (version, step_id, next_step)
    JOIN campaign_steps AS step
        ON step.tenant_id = $1 AND step.campaign_id = $2 AND step.version = $3 AND step.step_id = old.next_step
    WHERE enrollment.tenant_id = $1 AND enrollment.campaign_id = $2
        AND enrollment.status IN ('active', 'paused')
        AND enrollment.version = old.version AND enrollment.next_step = old.step_id";

const END: &str = "
    UPDATE campaign_enrollments AS enrollment SET status = 'completed', ended_by = 'flow', completed_at = $3,
        next_step = NULL, next_at = NULL, paused_at = NULL, lease_until = NULL
    FROM UNNEST($4, $5) AS old (version, step_id)
    WHERE enrollment.tenant_id = $1 AND enrollment.campaign_id = $2
        AND enrollment.status IN ('active', 'paused')
        AND enrollment.version = old.version AND enrollment.next_step = old.step_id";

const COUNT: &str = "
    UPDATE campaigns SET completed_count = completed_count + $3 WHERE tenant_id = $1 AND id = $2";

/// The flows of the earlier versions.
fn flows(
    connection: &mut PgConnection,
    tenant: TenantId,
    newest: &CampaignVersion,
) -> Result<BTreeMap<i32, Flow>, TenantWorkError> {
    let rows: Vec<(i32, serde_json::Value)> = campaign_versions::table
        .filter(campaign_versions::tenant_id.eq(tenant.uuid()))
        .filter(campaign_versions::campaign_id.eq(newest.campaign.uuid()))
        .select((campaign_versions::version, campaign_versions::flow))
        .load(connection)?;
    let flow = |(version, flow)| Ok((version, read(flow)?));
    let flows: StoreResult<BTreeMap<i32, Flow>> = rows.into_iter().map(flow).collect();
    Ok(flows?)
}

/// The steps that somebody waits for, in which versions.
fn places(
    connection: &mut PgConnection,
    tenant: TenantId,
    newest: &CampaignVersion,
) -> QueryResult<Vec<(i32, Uuid)>> {
    let rows: Vec<(i32, Option<Uuid>)> = campaign_enrollments::table
        .filter(campaign_enrollments::tenant_id.eq(tenant.uuid()))
        .filter(campaign_enrollments::campaign_id.eq(newest.campaign.uuid()))
        .filter(campaign_enrollments::status.eq_any(["active", "paused"]))
        .select((
            campaign_enrollments::version,
            campaign_enrollments::next_step,
        ))
        .distinct()
        .load(connection)?;
    let place = |(version, step): (i32, Option<Uuid>)| Some((version, step?));
    Ok(rows.into_iter().filter_map(place).collect())
}
