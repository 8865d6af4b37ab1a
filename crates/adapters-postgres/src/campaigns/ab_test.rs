//! Tests of two variants.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Interval, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::campaigns::{
    AbOutcome, AbTests, BroadcastStatus, Release, TestStanding, Variant, VariantFigures,
};
use domain::ids::{BroadcastId, TenantId};
use domain::store::{StoreError, StoreResult};

use super::row::written;
use crate::PgStore;
use crate::pool::TenantWorkError;
use crate::schema::broadcasts;

const TESTING: &str = BroadcastStatus::Testing.as_str();

#[derive(QueryableByName)]
#[diesel(check_for_backend(Pg))]
struct VariantRow {
    #[diesel(sql_type = Text)]
    variant: String,
    #[diesel(sql_type = BigInt)]
    sent: i64,
    #[diesel(sql_type = BigInt)]
    opened: i64,
    #[diesel(sql_type = BigInt)]
    clicked: i64,
    #[diesel(sql_type = BigInt)]
    untried: i64,
    #[diesel(sql_type = BigInt)]
    put_off: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_sent_at: Option<DateTime<Utc>>,
}

fn standing(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    wait: TimeDelta,
) -> Result<TestStanding, TenantWorkError> {
    let rows: Vec<VariantRow> = diesel::sql_query(include_str!("standing.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Interval, _>(wait)
        .load(connection)?;
    let mut standing = TestStanding::default();
    for row in rows {
        let figures = VariantFigures {
            sent: row.sent.unsigned_abs(),
            opened: row.opened.unsigned_abs(),
            clicked: row.clicked.unsigned_abs(),
        };
        let variant = Variant::parse(&row.variant)
            .ok_or_else(|| StoreError::unexpected(format!("unknown variant '{}'", row.variant)))?;
        match variant {
            Variant::A => standing.a = figures,
            Variant::B => standing.b = figures,
        }
        standing.untried += row.untried.unsigned_abs();
        standing.put_off += row.put_off.unsigned_abs();
        standing.last_sent_at = standing.last_sent_at.max(row.last_sent_at);
    }
    Ok(standing)
}

fn release(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    release: &Release,
    limit: u32,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let row = broadcasts::table.find((tenant.uuid(), id.uuid()));
    let started_at: Option<Option<DateTime<Utc>>> = row
        .filter(broadcasts::status.eq(TESTING))
        .filter(broadcasts::ab_outcome.is_not_null())
        .select(broadcasts::started_at)
        .for_update()
        .first(connection)
        .optional()?;
    let Some(Some(started_at)) = started_at else {
        return Ok(false);
    };
    let released = diesel::sql_query(include_str!("release.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Timestamptz, _>(started_at)
        .bind::<BigInt, _>(i64::from(limit))
        .bind::<SqlUuid, _>(release.content.uuid())
        .bind::<SqlUuid, _>(release.template.uuid())
        .bind::<Timestamptz, _>(release.due_at)
        .bind::<Timestamptz, _>(now)
        .execute(connection)?;
    if released == limit as usize {
        return Ok(true);
    }
    diesel::update(row)
        .set(broadcasts::status.eq(BroadcastStatus::Sending.as_str()))
        .execute(connection)?;
    Ok(false)
}

impl AbTests for PgStore {
    fn begin_test(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        decides_at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let begun = diesel::update(broadcasts::table.find((tenant.uuid(), broadcast.uuid())))
                .filter(broadcasts::status.eq(BroadcastStatus::Preparing.as_str()))
                .set((
                    broadcasts::status.eq(TESTING),
                    broadcasts::ab_decides_at.eq(decides_at),
                ))
                .execute(connection)?;
            Ok(begun > 0)
        })
    }

    fn standing(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        wait: TimeDelta,
    ) -> StoreResult<TestStanding> {
        self.in_tenant(tenant, |connection| {
            standing(connection, tenant, broadcast, wait)
        })
    }

    fn postpone_decision(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        decides_at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let row = broadcasts::table.find((tenant.uuid(), broadcast.uuid()));
            let postponed = diesel::update(row)
                .filter(broadcasts::status.eq(TESTING))
                .filter(broadcasts::ab_outcome.is_null())
                .set(broadcasts::ab_decides_at.eq(decides_at))
                .execute(connection)?;
            Ok(postponed > 0)
        })
    }

    fn keep_outcome(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        outcome: &AbOutcome,
    ) -> StoreResult<bool> {
        let outcome = written(outcome)?;
        self.in_tenant(tenant, |connection| {
            let row = broadcasts::table.find((tenant.uuid(), broadcast.uuid()));
            let kept = diesel::update(row)
                .filter(broadcasts::status.eq(TESTING))
                .filter(broadcasts::ab_outcome.is_null())
                .set(broadcasts::ab_outcome.eq(outcome))
                .execute(connection)?;
            Ok(kept > 0)
        })
    }

    fn release(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        what: &Release,
        limit: u32,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(release(connection, tenant, broadcast, what, limit, now)?)
        })
    }
}
