//! What is going out, watched by what comes back.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::analytics::DeliveryCounts;
use domain::delivery::{Alarm, RaisedAlarm, SendWatch};
use domain::ids::TenantId;
use domain::store::{StoreError, StoreResult};
use domain::tenancy::AuditEntry;
use domain::tracking::MailSource;
use uuid::Uuid;

use super::source::source_of;
use crate::PgStore;
use crate::analytics::DeliveryRow;
use crate::pool::TenantWorkError;
use crate::statement::statement;
use crate::tenancy::audit::write_audit;

#[derive(QueryableByName)]
struct WatchedRow {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    broadcast_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    campaign_id: Option<Uuid>,
    #[diesel(embed)]
    counts: DeliveryRow,
}

impl WatchedRow {
    fn watched(self) -> Option<(MailSource, DeliveryCounts)> {
        let source = source_of(self.broadcast_id, self.campaign_id)?;
        Some((source, self.counts.into()))
    }
}

const PAUSE_BROADCAST: &str = "
    UPDATE broadcasts SET status = 'paused', paused_at = $3, paused_by = $4
    WHERE tenant_id = $1 AND id = $2 AND status IN ('testing', 'sending') AND is_watched";

const PAUSE_CAMPAIGN: &str = "
    UPDATE campaigns SET status = 'paused', paused_at = $3, paused_by = $4, updated_at = $3
    WHERE tenant_id = $1 AND id = $2 AND status = 'active' AND is_watched";

fn pause(
    connection: &mut PgConnection,
    tenant: TenantId,
    source: MailSource,
    alarm: Alarm,
    audit: &AuditEntry,
) -> QueryResult<bool> {
    let sql = match source {
        MailSource::Broadcast(_) => PAUSE_BROADCAST,
        MailSource::Campaign(_) => PAUSE_CAMPAIGN,
    };
    let paused = statement(sql)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(source.uuid())
        .bind::<Timestamptz, _>(audit.occurred_at)
        .bind::<Text, _>(alarm.as_str())
        .execute(connection)?;
    if paused > 0 {
        write_audit(connection, tenant, audit)?;
    }
    Ok(paused > 0)
}

const RAISED: &str = "
    SELECT id AS broadcast_id, NULL::uuid AS campaign_id, name, paused_by, paused_at FROM broadcasts
    WHERE tenant_id = $1 AND status = 'paused' AND paused_by IS NOT NULL AND paused_at IS NOT NULL
    UNION ALL
    SELECT NULL, id, name, paused_by, paused_at FROM campaigns
    WHERE tenant_id = $1 AND status = 'paused' AND paused_by IS NOT NULL AND paused_at IS NOT NULL
    ORDER BY paused_at DESC, name";

#[derive(QueryableByName)]
struct RaisedRow {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    broadcast_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    campaign_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    paused_by: String,
    #[diesel(sql_type = Timestamptz)]
    paused_at: DateTime<Utc>,
}

impl RaisedRow {
    fn raised(self) -> StoreResult<RaisedAlarm> {
        let source = source_of(self.broadcast_id, self.campaign_id);
        let alarm = Alarm::parse(&self.paused_by);
        let (source, alarm) = source
            .zip(alarm)
            .ok_or_else(|| StoreError::unexpected(format!("unknown alarm '{}'", self.paused_by)))?;
        Ok(RaisedAlarm {
            source,
            name: self.name,
            alarm,
            at: self.paused_at,
        })
    }
}

impl SendWatch for PgStore {
    fn watched(
        &self,
        tenant: TenantId,
        since: NaiveDate,
    ) -> StoreResult<Vec<(MailSource, DeliveryCounts)>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<WatchedRow> = statement(include_str!("watched.sql"))
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<Date, _>(since)
                .load(connection)?;
            Ok(rows.into_iter().filter_map(WatchedRow::watched).collect())
        })
    }

    fn pause(
        &self,
        tenant: TenantId,
        source: MailSource,
        alarm: Alarm,
        audit: &AuditEntry,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(pause(connection, tenant, source, alarm, audit)?)
        })
    }

    fn raised(&self, tenant: TenantId) -> StoreResult<Vec<RaisedAlarm>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<RaisedRow> = statement(RAISED)
                .bind::<SqlUuid, _>(tenant.uuid())
                .load(connection)?;
            let raised: StoreResult<_> = rows.into_iter().map(RaisedRow::raised).collect();
            raised.map_err(TenantWorkError::from)
        })
    }
}
