//! Leads, many at a time.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{count_star, sum};
use diesel::prelude::*;
use domain::ids::{LeadId, TenantId, UserId};
use domain::leads::{AsOf, AttributeDefinition, Lead, LeadFilter, LeadListing, LeadPage, LeadRow};
use domain::scoring::Band;
use domain::store::StoreResult;
use uuid::Uuid;

use super::attributes;
use super::filter::{found, sorted};
use super::row::{Row, address, with_tags};
use super::tags::tags_of;
use crate::PgStore;
use crate::schema::{lead_daily_activity as activity, lead_tags, leads, suppressions};

#[derive(Queryable, Selectable)]
#[diesel(table_name = leads, check_for_backend(diesel::pg::Pg))]
struct Listed {
    id: Uuid,
    email: String,
    name: Option<String>,
    company: Option<String>,
    phone: Option<String>,
    owner_id: Option<Uuid>,
    score: i32,
    score_band: String,
    last_engaged_at: Option<DateTime<Utc>>,
    last_clicked_url: Option<String>,
    created_at: DateTime<Utc>,
}

impl LeadListing for PgStore {
    fn page(
        &self,
        tenant: TenantId,
        filter: &LeadFilter,
        page: LeadPage,
        as_of: AsOf,
    ) -> StoreResult<Vec<LeadRow>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<Listed> = sorted(found(tenant, filter, as_of), page.sort, page.direction)
                .offset(page.offset())
                .limit(page.size.into())
                .select(Listed::as_select())
                .load(connection)?;
            let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
            let views = views_since(connection, tenant, &ids, as_of.first_day_of_last(7))?;
            let stopped = stopped_of(connection, tenant, &rows)?;
            let mut tags = tags_of(connection, tenant, &ids)?;
            let rows = rows.into_iter().map(|row| {
                let id = row.id;
                let mail_stopped = stopped.contains(&row.email);
                Ok(LeadRow {
                    tags: tags.remove(&id).unwrap_or_default(),
                    page_views_7d: views.get(&id).copied().unwrap_or_default(),
                    mail_stopped,
                    ..row.into_lead_row()?
                })
            });
            rows.collect()
        })
    }

    fn count(&self, tenant: TenantId, filter: &LeadFilter, as_of: AsOf) -> StoreResult<u64> {
        let found = found(tenant, filter, as_of).select(count_star());
        let count: i64 = self.in_tenant(tenant, |connection| Ok(found.first(connection)?))?;
        Ok(count.try_into().unwrap_or_default())
    }

    fn walk(
        &self,
        tenant: TenantId,
        filter: &LeadFilter,
        after: Option<LeadId>,
        limit: u32,
        as_of: AsOf,
    ) -> StoreResult<Vec<Lead>> {
        let mut next = found(tenant, filter, as_of);
        if let Some(id) = after {
            next = next.filter(leads::id.gt(id.uuid()));
        }
        self.in_tenant(tenant, |connection| {
            let rows: Vec<Row> = next
                .order(leads::id)
                .limit(limit.into())
                .select(Row::as_select())
                .load(connection)?;
            with_tags(connection, tenant, rows)
        })
    }

    fn tags(&self, tenant: TenantId) -> StoreResult<Vec<String>> {
        let tags = lead_tags::table
            .filter(lead_tags::tenant_id.eq(tenant.uuid()))
            .select(lead_tags::tag)
            .distinct()
            .order(lead_tags::tag);
        self.in_tenant(tenant, |connection| Ok(tags.load(connection)?))
    }

    fn attributes(&self, tenant: TenantId) -> StoreResult<Vec<AttributeDefinition>> {
        self.in_tenant(tenant, |connection| attributes::all(connection, tenant))
    }

    fn define_attributes(
        &self,
        tenant: TenantId,
        definitions: &[AttributeDefinition],
    ) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            Ok(attributes::define(connection, tenant, definitions)?)
        })
    }
}

impl Listed {
    fn into_lead_row(self) -> StoreResult<LeadRow> {
        Ok(LeadRow {
            id: LeadId::from_uuid(self.id),
            email: address(&self.email)?,
            name: self.name,
            company: self.company,
            phone: self.phone,
            tags: BTreeSet::new(),
            owner: self.owner_id.map(UserId::from_uuid),
            score: self.score,
            band: Band::parse(&self.score_band).unwrap_or_default(),
            last_engaged_at: self.last_engaged_at,
            last_clicked_url: self.last_clicked_url,
            page_views_7d: 0,
            mail_stopped: false,
            created_at: self.created_at,
        })
    }
}

fn views_since(
    connection: &mut PgConnection,
    tenant: TenantId,
    ids: &[Uuid],
    day: NaiveDate,
) -> QueryResult<BTreeMap<Uuid, u32>> {
    let rows: Vec<(Uuid, Option<i64>)> = activity::table
        .filter(activity::tenant_id.eq(tenant.uuid()))
        .filter(activity::lead_id.eq_any(ids))
        .filter(activity::day.ge(day))
        .group_by(activity::lead_id)
        .select((activity::lead_id, sum(activity::page_views)))
        .load(connection)?;
    let views = |sum: Option<i64>| u32::try_from(sum.unwrap_or_default()).unwrap_or_default();
    Ok(rows.into_iter().map(|(id, sum)| (id, views(sum))).collect())
}

fn stopped_of(
    connection: &mut PgConnection,
    tenant: TenantId,
    rows: &[Listed],
) -> QueryResult<BTreeSet<String>> {
    let addresses: Vec<&str> = rows.iter().map(|row| row.email.as_str()).collect();
    let stopped: Vec<String> = suppressions::table
        .filter(suppressions::tenant_id.eq(tenant.uuid()))
        .filter(suppressions::email.eq_any(addresses))
        .select(suppressions::email)
        .load(connection)?;
    Ok(stopped.into_iter().collect())
}
