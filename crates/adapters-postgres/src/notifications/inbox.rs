//! What each member of staff is told.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use domain::ids::{LeadId, NotificationId, TenantId, UserId};
use domain::notifications::{Inbox, Notification};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use crate::PgStore;
use crate::schema::notifications;
use crate::statement::statement;

/// How long notifications are kept, read or not.
const KEPT: TimeDelta = TimeDelta::days(90);
/// So many are forgotten at a time, so that nobody waits for it.
const FORGOTTEN_AT_ONCE: i64 = 1_000;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = notifications, check_for_backend(diesel::pg::Pg))]
struct Record {
    tenant_id: Uuid,
    id: Uuid,
    user_id: Uuid,
    notice: serde_json::Value,
    lead_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
}

impl Record {
    fn of(tenant: TenantId, told: &Notification) -> StoreResult<Self> {
        Ok(Self {
            tenant_id: tenant.uuid(),
            id: told.id.uuid(),
            user_id: told.user.uuid(),
            notice: serde_json::to_value(&told.notice).map_err(StoreError::unexpected)?,
            lead_id: told.lead.map(LeadId::uuid),
            created_at: told.created_at,
            read_at: told.read_at,
        })
    }
}

impl TryFrom<Record> for Notification {
    type Error = StoreError;

    fn try_from(row: Record) -> StoreResult<Self> {
        Ok(Self {
            id: NotificationId::from_uuid(row.id),
            user: UserId::from_uuid(row.user_id),
            notice: serde_json::from_value(row.notice).map_err(StoreError::unexpected)?,
            lead: row.lead_id.map(LeadId::from_uuid),
            created_at: row.created_at,
            read_at: row.read_at,
        })
    }
}

const FORGET: &str = "
    DELETE FROM notifications WHERE tenant_id = $1 AND id IN (
        SELECT old.id FROM notifications AS old
        WHERE old.tenant_id = $1 AND old.created_at <= $2
        ORDER BY old.created_at LIMIT $3 FOR UPDATE SKIP LOCKED)";

impl Inbox for PgStore {
    fn put(&self, tenant: TenantId, told: &[Notification]) -> StoreResult<Vec<NotificationId>> {
        let records: StoreResult<Vec<Record>> =
            told.iter().map(|one| Record::of(tenant, one)).collect();
        let records = records?;
        let ids: Vec<Uuid> = told.iter().map(|one| one.id.uuid()).collect();
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(notifications::table)
                .values(&records)
                .on_conflict_do_nothing()
                .execute(connection)?;
            let unmailed: Vec<Uuid> = notifications::table
                .filter(notifications::tenant_id.eq(tenant.uuid()))
                .filter(notifications::id.eq_any(ids))
                .filter(notifications::mailed_at.is_null())
                .order(notifications::id)
                .select(notifications::id)
                .load(connection)?;
            Ok(unmailed
                .into_iter()
                .map(NotificationId::from_uuid)
                .collect())
        })
    }

    fn mailed(&self, tenant: TenantId, id: NotificationId, now: DateTime<Utc>) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            diesel::update(notifications::table.find((tenant.uuid(), id.uuid())))
                .set(notifications::mailed_at.eq(now))
                .execute(connection)?;
            Ok(())
        })
    }

    fn told(&self, tenant: TenantId, user: UserId, limit: u32) -> StoreResult<Vec<Notification>> {
        self.in_tenant(tenant, |connection| {
            let found: Vec<Record> = notifications::table
                .filter(notifications::tenant_id.eq(tenant.uuid()))
                .filter(notifications::user_id.eq(user.uuid()))
                .order((notifications::created_at.desc(), notifications::id.desc()))
                .limit(limit.into())
                .select(Record::as_select())
                .load(connection)?;
            let found: StoreResult<Vec<Notification>> =
                found.into_iter().map(Notification::try_from).collect();
            Ok(found?)
        })
    }

    fn count_unread(&self, tenant: TenantId, user: UserId) -> StoreResult<u64> {
        self.in_tenant(tenant, |connection| {
            let count: i64 = notifications::table
                .filter(notifications::tenant_id.eq(tenant.uuid()))
                .filter(notifications::user_id.eq(user.uuid()))
                .filter(notifications::read_at.is_null())
                .count()
                .get_result(connection)?;
            Ok(count.unsigned_abs())
        })
    }

    fn mark_read(
        &self,
        tenant: TenantId,
        user: UserId,
        which: Option<NotificationId>,
        now: DateTime<Utc>,
    ) -> StoreResult<u64> {
        self.in_tenant(tenant, |connection| {
            let unread = notifications::table
                .filter(notifications::tenant_id.eq(tenant.uuid()))
                .filter(notifications::user_id.eq(user.uuid()))
                .filter(notifications::read_at.is_null());
            let read = notifications::read_at.eq(now);
            let marked = match which {
                Some(id) => diesel::update(unread.filter(notifications::id.eq(id.uuid())))
                    .set(read)
                    .execute(connection)?,
                None => diesel::update(unread).set(read).execute(connection)?,
            };
            Ok(u64::try_from(marked).unwrap_or(u64::MAX))
        })
    }
}

impl PgStore {
    /// Forgets notifications that are 90 days old, a limited number at a time; says how many.
    ///
    /// # Errors
    /// Only those of the storage itself.
    pub fn forget_notifications(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<usize> {
        self.in_tenant(tenant, |connection| {
            Ok(statement(FORGET)
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<Timestamptz, _>(now - KEPT)
                .bind::<BigInt, _>(FORGOTTEN_AT_ONCE)
                .execute(connection)?)
        })
    }
}
