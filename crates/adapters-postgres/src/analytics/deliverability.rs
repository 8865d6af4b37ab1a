//! How mail arrives.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Text, Timestamptz, Uuid as SqlUuid};
use domain::analytics::{DeliverabilityReports, DeliveryCounts, DomainDelivery, Period};
use domain::ids::TenantId;
use domain::store::StoreResult;

use super::count;
use super::rows::DeliveryRow;
use crate::pool::PgStore;

#[derive(QueryableByName)]
struct DomainRow {
    #[diesel(sql_type = Text)]
    domain: String,
    #[diesel(sql_type = BigInt)]
    sends: i64,
    #[diesel(sql_type = BigInt)]
    delivered: i64,
    #[diesel(sql_type = BigInt)]
    bounces: i64,
    #[diesel(sql_type = BigInt)]
    complaints: i64,
    #[diesel(sql_type = BigInt)]
    clicked: i64,
    #[diesel(sql_type = BigInt)]
    scanned: i64,
    #[diesel(sql_type = BigInt)]
    machine_opened: i64,
}

impl From<DomainRow> for DomainDelivery {
    fn from(row: DomainRow) -> Self {
        Self {
            domain: row.domain,
            sends: count(row.sends),
            delivered: count(row.delivered),
            bounces: count(row.bounces),
            complaints: count(row.complaints),
            clicked: count(row.clicked),
            scanned: count(row.scanned),
            machine_opened: count(row.machine_opened),
        }
    }
}

impl DeliverabilityReports for PgStore {
    fn delivery(&self, tenant: TenantId, period: Period) -> StoreResult<DeliveryCounts> {
        self.in_tenant(tenant, |connection| {
            let row: DeliveryRow = diesel::sql_query(include_str!("delivery.sql"))
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<Date, _>(period.first())
                .bind::<Date, _>(period.last())
                .get_result(connection)?;
            Ok(row.into())
        })
    }

    fn by_domain(
        &self,
        tenant: TenantId,
        since: DateTime<Utc>,
        limit: u32,
    ) -> StoreResult<Vec<DomainDelivery>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<DomainRow> = diesel::sql_query(include_str!("by_domain.sql"))
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<Timestamptz, _>(since)
                .bind::<BigInt, _>(i64::from(limit))
                .load(connection)?;
            Ok(rows.into_iter().map(DomainDelivery::from).collect())
        })
    }
}
