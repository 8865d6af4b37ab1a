//! Imports as the table has them.

use chrono::{DateTime, Utc};
use diesel::dsl::{Eq, Filter};
use diesel::prelude::*;
use domain::ids::{ImportId, TenantId, UserId};
use domain::leads::import::{
    FileEncoding, FileFormat, Import, ImportFailure, ImportStatus, Refusal, RefusalReason,
    Separator,
};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use crate::schema::{lead_import_refusals, lead_imports};

type ImportsOf = Filter<lead_imports::table, Eq<lead_imports::tenant_id, Uuid>>;

pub(super) fn imports_of(tenant: TenantId) -> ImportsOf {
    lead_imports::table.filter(lead_imports::tenant_id.eq(tenant.uuid()))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = lead_imports, check_for_backend(diesel::pg::Pg))]
pub(super) struct ImportRow {
    id: Uuid,
    file_name: String,
    status: String,
    encoding: String,
    separator: String,
    mapping: serde_json::Value,
    bytes_total: i64,
    bytes_read: i64,
    next_line: i64,
    rows_created: i64,
    rows_updated: i64,
    rows_refused: i64,
    failure: Option<String>,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

impl ImportRow {
    pub(super) fn into_import(self) -> StoreResult<Import> {
        Ok(Import {
            id: ImportId::from_uuid(self.id),
            file_name: self.file_name,
            status: named(ImportStatus::parse, &self.status)?,
            format: FileFormat {
                encoding: named(FileEncoding::parse, &self.encoding)?,
                separator: named(Separator::parse, &self.separator)?,
            },
            mapping: serde_json::from_value(self.mapping).map_err(StoreError::unexpected)?,
            bytes_total: natural(self.bytes_total),
            bytes_read: natural(self.bytes_read),
            next_line: natural(self.next_line),
            rows_created: natural(self.rows_created),
            rows_updated: natural(self.rows_updated),
            rows_refused: natural(self.rows_refused),
            failure: self.failure.as_deref().and_then(ImportFailure::parse),
            created_by: self.created_by.map(UserId::from_uuid),
            created_at: self.created_at,
            started_at: self.started_at,
            finished_at: self.finished_at,
        })
    }
}

fn named<T>(parse: fn(&str) -> Option<T>, name: &str) -> StoreResult<T> {
    parse(name).ok_or_else(|| StoreError::unexpected(format!("unknown name {name} in an import")))
}

/// What the database counts, as the domain does.
pub(super) fn natural(number: i64) -> u64 {
    number.try_into().unwrap_or_default()
}

/// What the domain counts, as the database does; no file has that many lines or bytes.
pub(super) fn stored(number: u64) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = lead_import_refusals, check_for_backend(diesel::pg::Pg))]
pub(super) struct RefusalRow {
    line: i64,
    column_name: Option<String>,
    reason: String,
    value: Option<String>,
}

impl RefusalRow {
    pub(super) fn into_refusal(self) -> StoreResult<Refusal> {
        Ok(Refusal {
            line: natural(self.line),
            column: self.column_name,
            reason: named(RefusalReason::parse, &self.reason)?,
            value: self.value,
        })
    }
}

/// Rows of one insert; PostgreSQL takes 65,535 values.
const ROWS_OF_INSERT: usize = 1_000;

/// Writes the refusals of a chunk, numbered within their line.
pub(super) fn insert_refusals(
    connection: &mut PgConnection,
    tenant: TenantId,
    import: ImportId,
    refusals: &[Refusal],
) -> QueryResult<()> {
    use lead_import_refusals as table;
    let (mut line, mut position) = (0, 0);
    let rows: Vec<_> = refusals
        .iter()
        .map(|refusal| {
            position = if refusal.line == line {
                position + 1
            } else {
                0
            };
            line = refusal.line;
            (
                table::tenant_id.eq(tenant.uuid()),
                table::import_id.eq(import.uuid()),
                table::line.eq(stored(refusal.line)),
                table::position.eq(position),
                table::column_name.eq(refusal.column.as_deref()),
                table::reason.eq(refusal.reason.as_str()),
                table::value.eq(refusal.value.as_deref()),
            )
        })
        .collect();
    for some in rows.chunks(ROWS_OF_INSERT) {
        diesel::insert_into(table::table)
            .values(some)
            .execute(connection)?;
    }
    Ok(())
}
