//! Sends that come back to a queue in which nobody looks any more.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Timestamptz, Uuid as SqlUuid};
use domain::delivery::SendKey;
use domain::ids::TenantId;

use crate::statement::statement;

/// Skips those of these sends that wait although their broadcast was cancelled or their campaign has
/// ended since they were claimed.
pub(super) fn skip_ended(
    connection: &mut PgConnection,
    tenant: TenantId,
    sends: &[SendKey],
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let times: Vec<_> = sends.iter().map(|send| send.queued_at).collect();
    let ids: Vec<_> = sends.iter().map(|send| send.id.uuid()).collect();
    statement(include_str!("ended.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<Timestamptz>, _>(times)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Timestamptz, _>(now)
        .execute(connection)
        .map(drop)
}
