//! A click brings the next step forward (B15).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::campaigns::Flow;
use domain::ids::{SendId, StepId, TenantId};
use uuid::Uuid;

use super::row::read;
use crate::pool::TenantWorkError;
use crate::schema::{campaign_enrollments, campaign_versions, send_logs};

pub(super) fn hasten(
    connection: &mut PgConnection,
    tenant: TenantId,
    send: SendId,
    now: DateTime<Utc>,
) -> Result<bool, TenantWorkError> {
    let sent: Option<(Option<Uuid>, Option<Uuid>)> = send_logs::table
        .filter(send_logs::tenant_id.eq(tenant.uuid()))
        .filter(send_logs::id.eq(send.uuid()))
        .select((send_logs::enrollment_id, send_logs::step_id))
        .first(connection)
        .optional()?;
    let Some((Some(enrollment), Some(step))) = sent else {
        return Ok(false);
    };
    let way = campaign_enrollments::table.find((tenant.uuid(), enrollment));
    let waits: Option<(Uuid, i32, Option<Uuid>)> = way
        .filter(campaign_enrollments::status.eq("active"))
        .filter(campaign_enrollments::next_at.gt(now))
        // What the person holds back was due before.
        .filter(campaign_enrollments::paused_at.is_null())
        .select((
            campaign_enrollments::campaign_id,
            campaign_enrollments::version,
            campaign_enrollments::next_step,
        ))
        .for_update()
        .first(connection)
        .optional()?;
    let Some((campaign, version, Some(next))) = waits else {
        return Ok(false);
    };
    let flow: serde_json::Value = campaign_versions::table
        .find((tenant.uuid(), campaign, version))
        .select(campaign_versions::flow)
        .first(connection)?;
    let flow: Flow = read(flow)?;
    let hastened = flow.hastened_by(StepId::from_uuid(step));
    if hastened.map(StepId::uuid) != Some(next) {
        return Ok(false);
    }
    diesel::update(way)
        .set(campaign_enrollments::next_at.eq(now))
        .execute(connection)?;
    Ok(true)
}
