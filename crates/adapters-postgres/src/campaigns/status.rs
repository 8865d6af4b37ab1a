//! Pausing, resuming, cancelling and taking back.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::campaigns::BroadcastStatus;
use domain::delivery::{SendState, SkipReason};
use domain::ids::{BroadcastId, TenantId};

use super::row::status_named;
use crate::pool::TenantWorkError;
use crate::schema::{broadcasts, links, mail_contents, send_logs};

/// Brings a broadcast to `next` where that is allowed, with everything that belongs to it.
pub(super) fn change_status(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    next: BroadcastStatus,
    now: DateTime<Utc>,
) -> Result<bool, TenantWorkError> {
    let row = broadcasts::table.find((tenant.uuid(), id.uuid()));
    let status: Option<String> = row
        .select(broadcasts::status)
        .for_update()
        .first(connection)
        .optional()?;
    let Some(status) = status else {
        return Ok(false);
    };
    if !status_named(&status)?.allows(next) {
        return Ok(false);
    }
    diesel::update(row)
        .set(broadcasts::status.eq(next.as_str()))
        .execute(connection)?;
    match next {
        BroadcastStatus::Cancelled => {
            diesel::update(row)
                .set(broadcasts::finished_at.eq(now))
                .execute(connection)?;
            skip_waiting(connection, tenant, id, now)?;
        }
        BroadcastStatus::Draft => {
            diesel::update(row)
                .set(broadcasts::scheduled_at.eq(None::<DateTime<Utc>>))
                .execute(connection)?;
            forget_contents(connection, tenant, id)?;
        }
        BroadcastStatus::Paused => {
            diesel::update(row)
                .set(broadcasts::paused_at.eq(now))
                .execute(connection)?;
        }
        BroadcastStatus::Testing | BroadcastStatus::Sending => {
            // Both columns as they were before: whoever resumes in spite of an alarm has seen it.
            diesel::update(row)
                .set((
                    broadcasts::is_watched
                        .eq(broadcasts::is_watched.and(broadcasts::paused_by.is_null())),
                    broadcasts::paused_at.eq(None::<DateTime<Utc>>),
                    broadcasts::paused_by.eq(None::<String>),
                ))
                .execute(connection)?;
        }
        BroadcastStatus::Scheduled | BroadcastStatus::Preparing | BroadcastStatus::Completed => {}
    }
    Ok(true)
}

/// Skips what no worker has; a worker that has one asks again before it calls the provider.
fn skip_waiting(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let waiting = [SendState::Queued.as_str(), SendState::RetryWait.as_str()];
    diesel::update(send_logs::table)
        .filter(send_logs::tenant_id.eq(tenant.uuid()))
        .filter(send_logs::broadcast_id.eq(id.uuid()))
        .filter(send_logs::state.eq_any(waiting))
        .set((
            send_logs::state.eq(SendState::Skipped.as_str()),
            send_logs::state_reason.eq(SkipReason::Cancelled.as_str()),
            send_logs::next_attempt_at.eq(None::<DateTime<Utc>>),
            send_logs::updated_at.eq(now),
        ))
        .execute(connection)
        .map(drop)
}

/// A draft has nothing frozen.
fn forget_contents(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
) -> QueryResult<()> {
    diesel::delete(links::table)
        .filter(links::tenant_id.eq(tenant.uuid()))
        .filter(links::source_id.eq(id.uuid()))
        .execute(connection)?;
    diesel::delete(mail_contents::table)
        .filter(mail_contents::tenant_id.eq(tenant.uuid()))
        .filter(mail_contents::source_id.eq(id.uuid()))
        .execute(connection)
        .map(drop)
}
