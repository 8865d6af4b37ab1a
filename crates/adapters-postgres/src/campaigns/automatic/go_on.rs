//! Campaigns go on as soon as the person does not hold them back any more.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use domain::ids::{LeadId, TenantId};

use crate::statement::statement;

/// Whoever has one of these reads what the person wants after this is committed.
const WAYS: &str = "
    UPDATE campaign_enrollments AS enrollment SET next_at = $3
    FROM (
        SELECT id FROM campaign_enrollments
        WHERE tenant_id = $1 AND lead_id = $2 AND status = 'active' AND paused_at IS NOT NULL
            AND next_at > $3
        FOR UPDATE SKIP LOCKED
    ) AS held
    WHERE enrollment.tenant_id = $1 AND enrollment.id = held.id";

const MAILS: &str = "
    UPDATE send_logs SET next_attempt_at = $3, updated_at = $3
    WHERE tenant_id = $1 AND lead_id = $2 AND campaign_id IS NOT NULL AND state = 'retry_wait'
        AND state_reason IN ('paused_by_lead', 'awaiting_confirmation') AND next_attempt_at > $3";

/// Makes due what waited for the person: steps, and mails that were queued before. Whether something
/// else still stops them is asked when they are claimed.
pub(crate) fn go_on(
    connection: &mut PgConnection,
    tenant: TenantId,
    lead: LeadId,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    for sql in [WAYS, MAILS] {
        statement(sql)
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<SqlUuid, _>(lead.uuid())
            .bind::<Timestamptz, _>(now)
            .execute(connection)?;
    }
    Ok(())
}
