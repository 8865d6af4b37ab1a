//! Tenants.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use domain::ids::TenantId;
use domain::store::StoreResult;
use domain::tenancy::{AuditEntry, NewTenant, Tenant, TenantSettings, TenantStore};

use crate::PgStore;
use crate::error::store_error;
use crate::pool::enter_tenant;
use crate::schema::{login_addresses, tenants};

use super::audit::write_audit;
use super::rows::TenantRow;
use super::users::insert_user;

/// Where many set-ups meet, each round lets at least one through.
const ROUNDS: u32 = 5;

fn anybody_can_sign_in(connection: &mut PgConnection) -> QueryResult<bool> {
    let addresses = login_addresses::table.select(login_addresses::user_id);
    diesel::select(diesel::dsl::exists(addresses)).get_result(connection)
}

fn insert_tenant(connection: &mut PgConnection, new: &NewTenant) -> QueryResult<()> {
    let tenant = &new.tenant;
    diesel::insert_into(tenants::table)
        .values((
            tenants::id.eq(tenant.id.uuid()),
            tenants::name.eq(&tenant.name),
            tenants::time_zone.eq(tenant.time_zone.name()),
            tenants::locale.eq(tenant.locale.as_str()),
            tenants::webhook_key.eq(&tenant.webhook_key),
            tenants::created_at.eq(tenant.created_at),
            tenants::updated_at.eq(tenant.created_at),
        ))
        .execute(connection)?;
    enter_tenant(connection, tenant.id)?;
    insert_user(connection, tenant.id, &new.administrator)?;
    write_audit(connection, tenant.id, &new.audit)
}

/// No constraint says "only one set-up". Serializable transactions do: each of two at once reads
/// that nobody can sign in, and writes what the other has read, so one of them is refused.
fn create_if_first(connection: &mut PgConnection, new: &NewTenant) -> QueryResult<bool> {
    connection
        .build_transaction()
        .serializable()
        .run(|connection| {
            if anybody_can_sign_in(connection)? {
                return Ok(false);
            }
            insert_tenant(connection, new)?;
            Ok(true)
        })
}

impl TenantStore for PgStore {
    fn is_set_up(&self) -> StoreResult<bool> {
        anybody_can_sign_in(&mut *self.connection()?).map_err(store_error)
    }

    fn create_first(&self, new: &NewTenant) -> StoreResult<bool> {
        let mut connection = self.connection()?;
        let mut created = create_if_first(&mut connection, new);
        for _ in 1..ROUNDS {
            match created {
                Err(Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => {
                    created = create_if_first(&mut connection, new);
                }
                decided => return decided.map_err(store_error),
            }
        }
        created.map_err(store_error)
    }

    fn create(&self, new: &NewTenant) -> StoreResult<()> {
        let mut connection = self.connection()?;
        connection
            .transaction(|connection| insert_tenant(connection, new))
            .map_err(store_error)
    }

    fn find(&self, tenant: TenantId) -> StoreResult<Option<Tenant>> {
        let found = tenants::table
            .find(tenant.uuid())
            .select(TenantRow::as_select())
            .first(&mut self.connection()?)
            .optional();
        found
            .map_err(store_error)?
            .map(TenantRow::tenant)
            .transpose()
    }

    fn find_by_webhook_key(&self, key: &str) -> StoreResult<Option<Tenant>> {
        let found = tenants::table
            .filter(tenants::webhook_key.eq(key))
            .select(TenantRow::as_select())
            .first(&mut self.connection()?)
            .optional();
        found
            .map_err(store_error)?
            .map(TenantRow::tenant)
            .transpose()
    }

    fn list(&self) -> StoreResult<Vec<Tenant>> {
        let rows = tenants::table
            .order((tenants::created_at, tenants::id))
            .select(TenantRow::as_select())
            .load(&mut self.connection()?)
            .map_err(store_error)?;
        rows.into_iter().map(TenantRow::tenant).collect()
    }

    fn change_settings(
        &self,
        tenant: TenantId,
        settings: &TenantSettings,
        audit: &AuditEntry,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let changed = diesel::update(tenants::table.find(tenant.uuid()))
                .set((
                    tenants::name.eq(&settings.name),
                    tenants::time_zone.eq(settings.time_zone.name()),
                    tenants::locale.eq(settings.locale.as_str()),
                    tenants::updated_at.eq(audit.occurred_at),
                ))
                .execute(connection)?;
            if changed == 1 {
                write_audit(connection, tenant, audit)?;
            }
            Ok(changed == 1)
        })
    }
}
