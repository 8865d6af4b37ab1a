//! Definitions of custom attributes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::TenantId;
use domain::leads::{AttributeDefinition, AttributeKind};
use domain::store::StoreError;

use crate::pool::TenantWorkError;
use crate::schema::attribute_definitions as definitions;

pub(super) fn all(
    connection: &mut PgConnection,
    tenant: TenantId,
) -> Result<Vec<AttributeDefinition>, TenantWorkError> {
    let rows: Vec<(String, String, String, DateTime<Utc>)> = definitions::table
        .filter(definitions::tenant_id.eq(tenant.uuid()))
        .order(definitions::key)
        .select((
            definitions::key,
            definitions::label,
            definitions::kind,
            definitions::created_at,
        ))
        .load(connection)?;
    let definition = |(key, label, kind, created_at): (String, String, String, _)| {
        let kind = AttributeKind::parse(&kind)
            .ok_or_else(|| StoreError::unexpected(format!("unknown attribute kind {kind}")))?;
        Ok(AttributeDefinition {
            key,
            label,
            kind,
            created_at,
        })
    };
    rows.into_iter().map(definition).collect()
}

/// Those that exist stay as they are.
pub(super) fn define(
    connection: &mut PgConnection,
    tenant: TenantId,
    new: &[AttributeDefinition],
) -> QueryResult<()> {
    let rows: Vec<_> = new
        .iter()
        .map(|one| {
            (
                definitions::tenant_id.eq(tenant.uuid()),
                definitions::key.eq(&one.key),
                definitions::label.eq(&one.label),
                definitions::kind.eq(one.kind.as_str()),
                definitions::created_at.eq(one.created_at),
            )
        })
        .collect();
    diesel::insert_into(definitions::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(connection)
        .map(drop)
}
