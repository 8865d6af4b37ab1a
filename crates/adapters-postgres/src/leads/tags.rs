//! Tags of leads.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use domain::ids::TenantId;
use uuid::Uuid;

use crate::schema::lead_tags;

/// The tags of the leads with these ids.
pub(super) fn tags_of(
    connection: &mut PgConnection,
    tenant: TenantId,
    ids: &[Uuid],
) -> QueryResult<BTreeMap<Uuid, BTreeSet<String>>> {
    let mut tags: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(tags);
    }
    let rows: Vec<(Uuid, String)> = lead_tags::table
        .filter(lead_tags::tenant_id.eq(tenant.uuid()))
        .filter(lead_tags::lead_id.eq_any(ids))
        .select((lead_tags::lead_id, lead_tags::tag))
        .load(connection)?;
    for (lead, tag) in rows {
        tags.entry(lead).or_default().insert(tag);
    }
    Ok(tags)
}

const ADD: &str = "
    INSERT INTO lead_tags (tenant_id, lead_id, tag)
    SELECT $1, new.lead_id, new.tag FROM UNNEST($2, $3) AS new (lead_id, tag)
    ON CONFLICT DO NOTHING";

/// Gives each lead the tag that is named with it.
pub(super) fn add(
    connection: &mut PgConnection,
    tenant: TenantId,
    tags: &[(Uuid, &str)],
) -> QueryResult<()> {
    if tags.is_empty() {
        return Ok(());
    }
    let (ids, names): (Vec<Uuid>, Vec<&str>) = tags.iter().copied().unzip();
    diesel::sql_query(ADD)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Text>, _>(names)
        .execute(connection)
        .map(drop)
}

/// Takes these tags from these leads.
pub(super) fn remove<'a>(
    connection: &mut PgConnection,
    tenant: TenantId,
    leads: &[Uuid],
    tags: impl Iterator<Item = &'a String>,
) -> QueryResult<()> {
    let tags: Vec<&String> = tags.collect();
    if tags.is_empty() {
        return Ok(());
    }
    diesel::delete(lead_tags::table)
        .filter(lead_tags::tenant_id.eq(tenant.uuid()))
        .filter(lead_tags::lead_id.eq_any(leads))
        .filter(lead_tags::tag.eq_any(tags))
        .execute(connection)
        .map(drop)
}
