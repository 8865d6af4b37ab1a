//! Taking people whose next step is due.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use domain::campaigns::Enrollment;
use domain::ids::TenantId;
use domain::privacy::CONFIRMATION_LIFETIME;
use domain::store::StoreResult;

use super::people::EnrollmentRow;
use crate::pool::TenantWorkError;

/// In the order in which their steps were due.
pub(super) fn claim_due(
    connection: &mut PgConnection,
    tenant: TenantId,
    limit: u32,
    lease: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Vec<Enrollment>, TenantWorkError> {
    // Planned anew each time: a plan made while nobody was enrolled would read everybody.
    let rows: Vec<EnrollmentRow> = diesel::sql_query(include_str!("claim.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Timestamptz, _>(now)
        .bind::<BigInt, _>(i64::from(limit))
        .bind::<Timestamptz, _>(now + lease)
        .bind::<Timestamptz, _>(now - CONFIRMATION_LIFETIME)
        .load(connection)?;
    let all: StoreResult<Vec<Enrollment>> = rows.into_iter().map(Enrollment::try_from).collect();
    let mut claimed: Vec<Enrollment> = all?;
    let is_due = |enrollment: &Enrollment| enrollment.next_at.is_some_and(|at| at <= now);
    claimed.retain(is_due);
    claimed.sort_by_key(|enrollment| (enrollment.next_at, enrollment.id));
    Ok(claimed)
}
