//! Imports as workers see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{ImportId, TenantId, UserId};
use domain::leads::Upserted;
use domain::leads::import::{
    Chunk, ClaimedImport, Commit, Import, ImportFailure, ImportQueue, ImportStatus, Owners,
};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use super::import_rows::{ImportRow, imports_of, insert_refusals, natural, stored};
use super::row::address;
use super::upsert::upsert;
use crate::PgStore;
use crate::pool::{TenantWorkError, enter_tenant};
use crate::schema::{lead_imports, tenants, users};

impl ImportQueue for PgStore {
    fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> StoreResult<Option<ClaimedImport>> {
        let mut connection = self.connection()?;
        let claimed = connection.transaction(|connection| -> Result<_, TenantWorkError> {
            let tenants: Vec<Uuid> = tenants::table.select(tenants::id).load(connection)?;
            for tenant in tenants.into_iter().map(TenantId::from_uuid) {
                enter_tenant(connection, tenant)?;
                if let Some(import) = claim_of(connection, tenant, now, lease_until)? {
                    let owners = owners_of(connection, tenant)?;
                    return Ok(Some(ClaimedImport {
                        tenant,
                        import,
                        owners,
                    }));
                }
            }
            Ok(None)
        });
        claimed.map_err(StoreError::from)
    }

    fn commit_chunk(
        &self,
        tenant: TenantId,
        id: ImportId,
        chunk: &Chunk,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> StoreResult<Commit> {
        self.in_tenant(tenant, |connection| {
            let standing: Option<i64> = imports_of(tenant)
                .filter(lead_imports::id.eq(id.uuid()))
                .filter(lead_imports::status.eq(ImportStatus::Running.as_str()))
                .select(lead_imports::next_line)
                .for_update()
                .first(connection)
                .optional()?;
            if standing.map(natural) != Some(chunk.from_line) {
                return Ok(Commit::Lost);
            }
            let outcome = upsert(connection, tenant, &chunk.drafts, now)?;
            insert_refusals(connection, tenant, id, &chunk.refusals)?;
            let rows_refused = move_on(connection, tenant, id, chunk, &outcome, lease_until)?;
            if chunk.is_last {
                finish(connection, tenant, id, ImportStatus::Completed, None, now)?;
            }
            Ok(Commit::Done {
                rows_refused: natural(rows_refused),
            })
        })
    }

    fn fail(
        &self,
        tenant: TenantId,
        id: ImportId,
        failure: ImportFailure,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            let failed = ImportStatus::Failed;
            Ok(finish(connection, tenant, id, failed, Some(failure), now)?)
        })
    }

    fn release(&self, tenant: TenantId, id: ImportId) -> StoreResult<()> {
        let running = imports_of(tenant)
            .filter(lead_imports::id.eq(id.uuid()))
            .filter(lead_imports::status.eq(ImportStatus::Running.as_str()));
        self.in_tenant(tenant, |connection| {
            diesel::update(running)
                .set(lead_imports::lease_until.eq(None::<DateTime<Utc>>))
                .execute(connection)?;
            Ok(())
        })
    }
}

/// The tenant's oldest import that nobody works at.
fn claim_of(
    connection: &mut PgConnection,
    tenant: TenantId,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Option<Import>, TenantWorkError> {
    let is_left = lead_imports::lease_until
        .is_null()
        .or(lead_imports::lease_until.le(now).assume_not_null());
    let due: Option<Uuid> = imports_of(tenant)
        .filter(lead_imports::status.eq_any([
            ImportStatus::Queued.as_str(),
            ImportStatus::Running.as_str(),
        ]))
        .filter(is_left)
        .order((lead_imports::created_at, lead_imports::id))
        .select(lead_imports::id)
        .for_update()
        .skip_locked()
        .first(connection)
        .optional()?;
    let Some(id) = due else {
        return Ok(None);
    };
    diesel::update(imports_of(tenant).filter(lead_imports::id.eq(id)))
        .filter(lead_imports::started_at.is_null())
        .set(lead_imports::started_at.eq(now))
        .execute(connection)?;
    let claimed: ImportRow = diesel::update(imports_of(tenant).filter(lead_imports::id.eq(id)))
        .set((
            lead_imports::status.eq(ImportStatus::Running.as_str()),
            lead_imports::lease_until.eq(lease_until),
        ))
        .returning(ImportRow::as_returning())
        .get_result(connection)?;
    Ok(Some(claimed.into_import()?))
}

fn owners_of(connection: &mut PgConnection, tenant: TenantId) -> Result<Owners, TenantWorkError> {
    let staff: Vec<(String, Uuid)> = users::table
        .filter(users::tenant_id.eq(tenant.uuid()))
        .select((users::email, users::id))
        .load(connection)?;
    let owner = |(email, id): (String, Uuid)| Ok((address(&email)?, UserId::from_uuid(id)));
    staff.into_iter().map(owner).collect()
}

/// Adds a chunk to the progress and returns how many rows are refused by now.
fn move_on(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
    chunk: &Chunk,
    outcome: &[Upserted],
    lease_until: DateTime<Utc>,
) -> QueryResult<i64> {
    let is_created = |one: &&Upserted| matches!(one, Upserted::Created(_));
    let created = outcome.iter().filter(is_created).count();
    let updated = outcome.len() - created;
    diesel::update(imports_of(tenant).filter(lead_imports::id.eq(id.uuid())))
        .set((
            lead_imports::next_line.eq(stored(chunk.next_line)),
            lead_imports::bytes_read.eq(stored(chunk.bytes_read)),
            lead_imports::rows_created.eq(lead_imports::rows_created + created as i64),
            lead_imports::rows_updated.eq(lead_imports::rows_updated + updated as i64),
            lead_imports::rows_refused.eq(lead_imports::rows_refused + stored(chunk.rows_refused)),
            lead_imports::lease_until.eq(lease_until),
        ))
        .returning(lead_imports::rows_refused)
        .get_result(connection)
}

fn finish(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: ImportId,
    status: ImportStatus,
    failure: Option<ImportFailure>,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    let running = imports_of(tenant)
        .filter(lead_imports::id.eq(id.uuid()))
        .filter(lead_imports::status.eq(ImportStatus::Running.as_str()));
    diesel::update(running)
        .set((
            lead_imports::status.eq(status.as_str()),
            lead_imports::failure.eq(failure.map(ImportFailure::as_str)),
            lead_imports::finished_at.eq(now),
            lead_imports::lease_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(connection)
        .map(drop)
}
