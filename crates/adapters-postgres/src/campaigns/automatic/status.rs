//! Pausing, resuming and completing campaigns.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use domain::campaigns::CampaignStatus;
use domain::ids::{CampaignId, TenantId};

use super::row::status_named;
use super::take_time;
use crate::pool::TenantWorkError;
use crate::schema::campaigns;
use crate::statement::statement;

/// The status of a campaign, held against everyone who would enroll or advance somebody.
pub(super) struct Held {
    pub(super) status: CampaignStatus,
    pub(super) version: i32,
    pub(super) hastens: bool,
    pub(super) paused_at: Option<DateTime<Utc>>,
}

pub(super) fn hold(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: CampaignId,
) -> Result<Option<Held>, TenantWorkError> {
    take_time(connection)?;
    let found: Option<(String, i32, bool, Option<DateTime<Utc>>)> = campaigns::table
        .find((tenant.uuid(), id.uuid()))
        .select((
            campaigns::status,
            campaigns::version,
            campaigns::hastens,
            campaigns::paused_at,
        ))
        .for_update()
        .first(connection)
        .optional()?;
    let Some((status, version, hastens, paused_at)) = found else {
        return Ok(None);
    };
    let status = status_named(&status)?;
    Ok(Some(Held {
        status,
        version,
        hastens,
        paused_at,
    }))
}

/// Pauses, resumes or completes. A draft becomes active with its first version only.
pub(super) fn change(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: CampaignId,
    next: CampaignStatus,
    now: DateTime<Utc>,
) -> Result<bool, TenantWorkError> {
    let Some(held) = hold(connection, tenant, id)? else {
        return Ok(false);
    };
    let has_version = next != CampaignStatus::Active || held.version > 0;
    if !held.status.allows(next) || !has_version {
        return Ok(false);
    }
    set(connection, tenant, id, next, now)?;
    match next {
        CampaignStatus::Active => resume(connection, tenant, id, held.paused_at, now)?,
        CampaignStatus::Completed => {
            take_everybody_out(connection, tenant, id, now)?;
            skip_waiting(connection, tenant, id, now)?;
        }
        CampaignStatus::Draft | CampaignStatus::Paused => {}
    }
    Ok(true)
}

/// Writes the status, with the times that go with it.
pub(super) fn set(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: CampaignId,
    next: CampaignStatus,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let is_paused = next == CampaignStatus::Paused;
    if !is_paused {
        calm(connection, tenant, id)?;
    }
    let row = diesel::update(campaigns::table.find((tenant.uuid(), id.uuid())));
    let times = (
        campaigns::status.eq(next.as_str()),
        campaigns::paused_at.eq(is_paused.then_some(now)),
        campaigns::updated_at.eq(now),
    );
    if next == CampaignStatus::Active {
        row.set((times, campaigns::activated_at.eq(now)))
            .execute(connection)?;
    } else {
        row.set(times).execute(connection)?;
    }
    Ok(())
}

/// What a person goes on with in spite of an alarm gives no other.
fn calm(connection: &mut PgConnection, tenant: TenantId, id: CampaignId) -> QueryResult<()> {
    diesel::update(campaigns::table.find((tenant.uuid(), id.uuid())))
        .filter(campaigns::paused_by.is_not_null())
        .set((
            campaigns::paused_by.eq(None::<String>),
            campaigns::is_watched.eq(false),
        ))
        .execute(connection)
        .map(drop)
}

/// What a person holds back is due again, and the next claim sees whether it still is held back.
const RESUME: &str = "
    UPDATE campaign_enrollments SET next_at = COALESCE(paused_at, next_at) + ($4 - $3),
        since = since + ($4 - $3), paused_at = NULL
    WHERE tenant_id = $1 AND campaign_id = $2 AND status = 'active'";

/// The time from then on counts when the person goes on.
const RESUME_PAUSED: &str = "
    UPDATE campaign_enrollments SET next_at = next_at + (paused_at - $3),
        since = since + (paused_at - $3)
    WHERE tenant_id = $1 AND campaign_id = $2 AND status = 'paused' AND paused_at > $3";

/// Everyone goes on as far from the next step as they were when the campaign was paused; for those
/// who were paused while it was, this is the time before that.
pub(super) fn resume(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: CampaignId,
    paused_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let Some(paused_at) = paused_at.filter(|paused_at| *paused_at < now) else {
        return Ok(());
    };
    statement(RESUME)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Timestamptz, _>(paused_at)
        .bind::<Timestamptz, _>(now)
        .execute(connection)?;
    statement(RESUME_PAUSED)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Timestamptz, _>(paused_at)
        .execute(connection)
        .map(drop)
}

const TAKE_OUT: &str = "
    UPDATE campaign_enrollments SET status = 'exited', ended_by = 'campaign', completed_at = $3,
        next_step = NULL, next_at = NULL, paused_at = NULL, lease_until = NULL
    WHERE tenant_id = $1 AND campaign_id = $2 AND status IN ('active', 'paused')";

fn take_everybody_out(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: CampaignId,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    statement(TAKE_OUT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Timestamptz, _>(now)
        .execute(connection)
        .map(drop)
}

const SKIP: &str = "
    UPDATE send_logs SET state = 'skipped', state_reason = 'campaign_stopped', next_attempt_at = NULL,
        updated_at = $3
    WHERE tenant_id = $1 AND campaign_id = $2 AND state IN ('queued', 'retry_wait')";

/// Skips mails that no worker has; a worker that has one asks again before it calls the provider.
fn skip_waiting(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: CampaignId,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    statement(SKIP)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Timestamptz, _>(now)
        .execute(connection)
        .map(drop)
}
