//! Imports as people see them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{ImportId, TenantId, UserId};
use domain::leads::AttributeDefinition;
use domain::leads::import::{
    ColumnMapping, FileFormat, Import, ImportStatus, ImportStore, NewImport, Refusal,
};
use domain::store::{StoreError, StoreResult};

use super::attributes;
use super::import_rows::{ImportRow, RefusalRow, imports_of, stored};
use crate::PgStore;
use crate::schema::{lead_import_refusals, lead_imports};

impl ImportStore for PgStore {
    fn create(&self, tenant: TenantId, import: NewImport, now: DateTime<Utc>) -> StoreResult<()> {
        let mapping = serde_json::to_value(&import.mapping).map_err(StoreError::unexpected)?;
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(lead_imports::table)
                .values((
                    lead_imports::tenant_id.eq(tenant.uuid()),
                    lead_imports::id.eq(import.id.uuid()),
                    lead_imports::file_name.eq(&import.file_name),
                    lead_imports::status.eq(ImportStatus::Uploaded.as_str()),
                    lead_imports::encoding.eq(import.format.encoding.as_str()),
                    lead_imports::separator.eq(import.format.separator.as_str()),
                    lead_imports::mapping.eq(mapping),
                    lead_imports::bytes_total.eq(stored(import.bytes_total)),
                    lead_imports::created_by.eq(import.created_by.map(UserId::uuid)),
                    lead_imports::created_at.eq(now),
                ))
                .execute(connection)?;
            Ok(())
        })
    }

    fn queue(
        &self,
        tenant: TenantId,
        id: ImportId,
        format: FileFormat,
        mapping: &ColumnMapping,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let stored_mapping = serde_json::to_value(mapping).map_err(StoreError::unexpected)?;
        let waiting = imports_of(tenant)
            .filter(lead_imports::id.eq(id.uuid()))
            .filter(lead_imports::status.eq(ImportStatus::Uploaded.as_str()));
        self.in_tenant(tenant, |connection| {
            let queued = diesel::update(waiting)
                .set((
                    lead_imports::status.eq(ImportStatus::Queued.as_str()),
                    lead_imports::encoding.eq(format.encoding.as_str()),
                    lead_imports::separator.eq(format.separator.as_str()),
                    lead_imports::mapping.eq(stored_mapping),
                ))
                .execute(connection)?;
            if queued > 0 {
                attributes::define(connection, tenant, &definitions(mapping, now))?;
            }
            Ok(queued > 0)
        })
    }

    fn cancel(&self, tenant: TenantId, id: ImportId, now: DateTime<Utc>) -> StoreResult<bool> {
        let open = [
            ImportStatus::Uploaded,
            ImportStatus::Queued,
            ImportStatus::Running,
        ];
        let found = imports_of(tenant)
            .filter(lead_imports::id.eq(id.uuid()))
            .filter(lead_imports::status.eq_any(open.map(ImportStatus::as_str)));
        self.in_tenant(tenant, |connection| {
            let cancelled = diesel::update(found)
                .set((
                    lead_imports::status.eq(ImportStatus::Cancelled.as_str()),
                    lead_imports::finished_at.eq(now),
                ))
                .execute(connection)?;
            Ok(cancelled > 0)
        })
    }

    fn find(&self, tenant: TenantId, id: ImportId) -> StoreResult<Option<Import>> {
        let found = imports_of(tenant).filter(lead_imports::id.eq(id.uuid()));
        let row: Option<ImportRow> = self.in_tenant(tenant, |connection| {
            Ok(found
                .select(ImportRow::as_select())
                .first(connection)
                .optional()?)
        })?;
        row.map(ImportRow::into_import).transpose()
    }

    fn latest(&self, tenant: TenantId, limit: u32) -> StoreResult<Vec<Import>> {
        let newest_first = (lead_imports::created_at.desc(), lead_imports::id.desc());
        let found = imports_of(tenant).order(newest_first).limit(limit.into());
        let rows: Vec<ImportRow> = self.in_tenant(tenant, |connection| {
            Ok(found.select(ImportRow::as_select()).load(connection)?)
        })?;
        rows.into_iter().map(ImportRow::into_import).collect()
    }

    fn refusals(
        &self,
        tenant: TenantId,
        id: ImportId,
        offset: u64,
        limit: u32,
    ) -> StoreResult<Vec<Refusal>> {
        use lead_import_refusals as refusals;
        let found = refusals::table
            .filter(refusals::tenant_id.eq(tenant.uuid()))
            .filter(refusals::import_id.eq(id.uuid()))
            .order((refusals::line, refusals::position))
            .offset(stored(offset))
            .limit(limit.into());
        let rows: Vec<RefusalRow> = self.in_tenant(tenant, |connection| {
            Ok(found.select(RefusalRow::as_select()).load(connection)?)
        })?;
        rows.into_iter().map(RefusalRow::into_refusal).collect()
    }
}

fn definitions(mapping: &ColumnMapping, now: DateTime<Utc>) -> Vec<AttributeDefinition> {
    let definition = |(key, label, kind): (&str, &str, _)| AttributeDefinition {
        key: key.to_owned(),
        label: label.to_owned(),
        kind,
        created_at: now,
    };
    mapping.attributes().map(definition).collect()
}
