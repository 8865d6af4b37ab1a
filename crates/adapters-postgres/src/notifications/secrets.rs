//! What signs the calls of other programs.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::delivery::Sealed;
use domain::ids::TenantId;
use domain::notifications::{StoredSecrets, WebhookSecrets};
use domain::store::StoreResult;

use crate::PgStore;
use crate::schema::webhook_secrets;

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_secrets, check_for_backend(diesel::pg::Pg))]
struct Record {
    sealed: Vec<u8>,
    previous_sealed: Option<Vec<u8>>,
    previous_until: Option<DateTime<Utc>>,
    made_at: DateTime<Utc>,
}

impl From<Record> for StoredSecrets {
    fn from(row: Record) -> Self {
        let previous = row.previous_sealed.map(Sealed);
        Self {
            current: Sealed(row.sealed),
            previous: previous.zip(row.previous_until),
            made_at: row.made_at,
        }
    }
}

fn find(connection: &mut PgConnection, tenant: TenantId) -> QueryResult<Option<StoredSecrets>> {
    let found: Option<Record> = webhook_secrets::table
        .find(tenant.uuid())
        .select(Record::as_select())
        .first(connection)
        .optional()?;
    Ok(found.map(StoredSecrets::from))
}

impl WebhookSecrets for PgStore {
    fn webhook_secrets(&self, tenant: TenantId) -> StoreResult<Option<StoredSecrets>> {
        self.in_tenant(tenant, |connection| Ok(find(connection, tenant)?))
    }

    fn make_webhook_secret(
        &self,
        tenant: TenantId,
        secret: &Sealed,
        now: DateTime<Utc>,
    ) -> StoreResult<StoredSecrets> {
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(webhook_secrets::table)
                .values((
                    webhook_secrets::tenant_id.eq(tenant.uuid()),
                    webhook_secrets::sealed.eq(&secret.0),
                    webhook_secrets::made_at.eq(now),
                ))
                .on_conflict_do_nothing()
                .execute(connection)?;
            let made = find(connection, tenant)?;
            Ok(made.ok_or(diesel::result::Error::NotFound)?)
        })
    }

    fn renew_webhook_secret(
        &self,
        tenant: TenantId,
        secret: &Sealed,
        previous_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            let renewed = diesel::update(webhook_secrets::table.find(tenant.uuid()))
                .set((
                    webhook_secrets::previous_sealed.eq(webhook_secrets::sealed.nullable()),
                    webhook_secrets::previous_until.eq(previous_until),
                    webhook_secrets::sealed.eq(&secret.0),
                    webhook_secrets::made_at.eq(now),
                ))
                .execute(connection)?;
            if renewed == 0 {
                diesel::insert_into(webhook_secrets::table)
                    .values((
                        webhook_secrets::tenant_id.eq(tenant.uuid()),
                        webhook_secrets::sealed.eq(&secret.0),
                        webhook_secrets::made_at.eq(now),
                    ))
                    .execute(connection)?;
            }
            Ok(())
        })
    }
}
