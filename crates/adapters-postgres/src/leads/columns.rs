//! Many leads in one statement: a column of each field.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{Array, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::TenantId;
use domain::leads::{Lead, search_text};
use domain::store::StoreError;
use uuid::Uuid;

use crate::pool::TenantWorkError;

const INSERT: &str = include_str!("insert.sql");
const UPDATE: &str = include_str!("update.sql");

#[derive(QueryableByName)]
struct Inserted {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Inserts leads, except where the tenant has a lead with the address. Returns the ids of those
/// that are new.
pub(super) fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    leads: &[&Lead],
) -> Result<Vec<Uuid>, TenantWorkError> {
    let inserted: Vec<Inserted> = bound(INSERT, tenant, leads)?.load(connection)?;
    Ok(inserted.into_iter().map(|row| row.id).collect())
}

/// Writes what people and files say about leads; scores and what is tracked stay.
pub(super) fn update(
    connection: &mut PgConnection,
    tenant: TenantId,
    leads: &[&Lead],
) -> Result<(), TenantWorkError> {
    if !leads.is_empty() {
        bound(UPDATE, tenant, leads)?.execute(connection)?;
    }
    Ok(())
}

/// Both statements take the same columns in the same order.
fn bound<'a>(
    statement: &str,
    tenant: TenantId,
    leads: &[&'a Lead],
) -> Result<BoxedSqlQuery<'a, Pg, SqlQuery>, TenantWorkError> {
    let attributes = leads
        .iter()
        .map(|lead| serde_json::to_value(&lead.attributes));
    let attributes = attributes
        .collect::<Result<Vec<_>, _>>()
        .map_err(StoreError::unexpected)?;
    let ids: Vec<Uuid> = leads.iter().map(|lead| lead.id.uuid()).collect();
    let emails: Vec<&str> = leads.iter().map(|lead| lead.email.as_str()).collect();
    let owners: Vec<Option<Uuid>> = column(leads, |lead| lead.owner.map(|id| id.uuid()));
    let search: Vec<String> = column(leads, search_text);
    type Texts = Array<Nullable<Text>>;
    type Numbers = Array<Nullable<Integer>>;
    Ok(diesel::sql_query(statement)
        .into_boxed()
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Text>, _>(emails)
        .bind::<Texts, _>(column(leads, |lead| lead.name.as_deref()))
        .bind::<Texts, _>(column(leads, |lead| lead.kana.as_deref()))
        .bind::<Texts, _>(column(leads, |lead| lead.company.as_deref()))
        .bind::<Texts, _>(column(leads, |lead| lead.department.as_deref()))
        .bind::<Texts, _>(column(leads, |lead| lead.title.as_deref()))
        .bind::<Texts, _>(column(leads, |lead| lead.phone.as_deref()))
        .bind::<Numbers, _>(column(leads, |lead| lead.graduation_year))
        .bind::<Texts, _>(column(leads, |lead| lead.grade.as_deref()))
        .bind::<Texts, _>(column(leads, |lead| lead.industry.as_deref()))
        .bind::<Numbers, _>(column(leads, |lead| lead.company_size))
        .bind::<Texts, _>(column(leads, |lead| lead.region.as_deref()))
        .bind::<Array<Jsonb>, _>(attributes)
        .bind::<Array<Nullable<SqlUuid>>, _>(owners)
        .bind::<Array<Text>, _>(search)
        .bind::<Array<Timestamptz>, _>(column(leads, |lead| lead.updated_at)))
}

fn column<'a, T>(leads: &[&'a Lead], field: impl Fn(&'a Lead) -> T) -> Vec<T> {
    leads.iter().map(|&lead| field(lead)).collect()
}
