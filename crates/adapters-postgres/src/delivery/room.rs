//! What the limits of a tenant leave of an hour and of a day. (B71)

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use domain::delivery::ClaimTerms;
use domain::ids::TenantId;

use crate::statement::statement;

/// Who claims for a tenant with a limit waits for others who do: each has to see what they took.
const LIMIT: &str = "
    SELECT (settings ->> 'hourly_limit')::bigint AS number FROM mail_providers
    WHERE tenant_id = $1 AND settings ->> 'hourly_limit' IS NOT NULL
    FOR NO KEY UPDATE";

/// The same for the ceiling of a day, and for the mails of a week that a lead may get.
const HOLD_RULES: &str = "SELECT 1 FROM sending_policies WHERE tenant_id = $1 FOR NO KEY UPDATE";

/// The same for broadcasts that go out slowly, which claim.sql counts itself.
const HOLD_SLOW_BROADCASTS: &str = "
    SELECT 1 FROM broadcasts
    WHERE tenant_id = $1 AND status IN ('sending', 'testing') AND hourly_limit IS NOT NULL
    ORDER BY id
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

/// How many mails may be claimed now. Holds the tenant's locks until the transaction ends, so that
/// two workers never take the same room.
pub(super) fn room(
    connection: &mut PgConnection,
    tenant: TenantId,
    terms: &ClaimTerms,
) -> QueryResult<u32> {
    let of_tenant = |sql| statement(sql).bind::<SqlUuid, _>(tenant.uuid());
    let hourly: Option<Number> = of_tenant(LIMIT).get_result(connection).optional()?;
    if terms.today.is_some() || terms.frequency_cap.is_some() {
        of_tenant(HOLD_RULES).execute(connection)?;
    }
    of_tenant(HOLD_SLOW_BROADCASTS).execute(connection)?;
    let mut room = terms.limit;
    if let Some(hourly) = hourly {
        let hour_ago = terms.now - TimeDelta::hours(1);
        room = room.min(left(connection, tenant, hourly.number, hour_ago)?);
    }
    if let Some(today) = terms.today {
        room = room.min(left(connection, tenant, today.limit.into(), today.since)?);
    }
    Ok(room)
}

/// What mails since then leave of this limit.
fn left(
    connection: &mut PgConnection,
    tenant: TenantId,
    limit: i64,
    since: DateTime<Utc>,
) -> QueryResult<u32> {
    let taken: Number = statement(TAKEN)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(since)
        .get_result(connection)?;
    let left = limit.saturating_sub(taken.number).max(0);
    Ok(u32::try_from(left).unwrap_or(u32::MAX))
}
