//! What the hour leaves of a tenant's limit. (B71)

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use domain::ids::TenantId;

use crate::statement::statement;

/// Who claims for a tenant with a limit waits for others who do: each has to see what they took.
const LIMIT: &str = "
    SELECT (settings ->> 'hourly_limit')::bigint AS number FROM mail_providers
    WHERE tenant_id = $1 AND settings ->> 'hourly_limit' IS NOT NULL
    FOR NO KEY UPDATE";

/// A mail that a worker has may go out, and one that nobody knows about may have.
const TAKEN: &str = "
    SELECT (SELECT count(*) FROM send_logs WHERE tenant_id = $1 AND accepted_at > $2)
         + (SELECT count(*) FROM send_logs
            WHERE tenant_id = $1 AND state IN ('claimed', 'dispatching'))
         + (SELECT count(*) FROM send_logs
            WHERE tenant_id = $1 AND state = 'unknown' AND updated_at > $2) AS number";

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// How many of `wanted` mails may be claimed now. Holds the tenant's lock until the transaction
/// ends, so that two workers never take the same room.
pub(super) fn room(
    connection: &mut PgConnection,
    tenant: TenantId,
    wanted: u32,
    now: DateTime<Utc>,
) -> QueryResult<u32> {
    let limit: Option<Number> = statement(LIMIT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .get_result(connection)
        .optional()?;
    let Some(limit) = limit else {
        return Ok(wanted);
    };
    let taken: Number = statement(TAKEN)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(now - TimeDelta::hours(1))
        .get_result(connection)?;
    let left = limit.number.saturating_sub(taken.number).max(0);
    Ok(u32::try_from(left).map_or(wanted, |left| left.min(wanted)))
}
