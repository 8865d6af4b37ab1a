//! The registered sites.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{SiteId, TenantId};
use domain::store::{StoreError, StoreResult};
use domain::tracking::{Action, Origin, RegisteredSite, Site, SiteKey, SiteStore};
use uuid::Uuid;

use super::batch::Item;
use crate::error::store_error;
use crate::pool::PgStore;
use crate::schema::{site_origins, sites};
use crate::statement::statement;

#[derive(Queryable, Selectable)]
#[diesel(table_name = sites, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    name: String,
    origin: String,
    site_key: String,
    last_received_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl SiteStore for PgStore {
    fn sites(&self, tenant: TenantId) -> StoreResult<Vec<Site>> {
        let rows: Vec<Row> = self.in_tenant(tenant, |connection| {
            Ok(sites::table
                .filter(sites::tenant_id.eq(tenant.uuid()))
                .order((sites::created_at, sites::id))
                .select(Row::as_select())
                .load(connection)?)
        })?;
        rows.into_iter().map(site).collect()
    }

    fn register_site(&self, tenant: TenantId, site: &Site) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(sites::table)
                .values((
                    sites::tenant_id.eq(tenant.uuid()),
                    sites::id.eq(site.id.uuid()),
                    sites::name.eq(&site.name),
                    sites::origin.eq(site.origin.as_str()),
                    sites::site_key.eq(site.key.as_str()),
                    sites::created_at.eq(site.created_at),
                ))
                .execute(connection)?;
            diesel::insert_into(site_origins::table)
                .values((
                    site_origins::origin.eq(site.origin.as_str()),
                    site_origins::tenant_id.eq(tenant.uuid()),
                    site_origins::site_id.eq(site.id.uuid()),
                    site_origins::site_key.eq(site.key.as_str()),
                ))
                .execute(connection)?;
            Ok(())
        })
    }

    fn remove_site(&self, tenant: TenantId, site: SiteId) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let removed = diesel::delete(sites::table)
                .filter(sites::tenant_id.eq(tenant.uuid()))
                .filter(sites::id.eq(site.uuid()))
                .execute(connection)?;
            Ok(removed > 0)
        })
    }

    fn sites_of_origin(&self, origin: &Origin) -> StoreResult<Vec<RegisteredSite>> {
        let rows: Vec<(Uuid, Uuid, String)> = site_origins::table
            .filter(site_origins::origin.eq(origin.as_str()))
            .order(site_origins::tenant_id)
            .select((
                site_origins::tenant_id,
                site_origins::site_id,
                site_origins::site_key,
            ))
            .load(&mut self.connection()?)
            .map_err(store_error)?;
        rows.into_iter().map(registered).collect()
    }

    fn all_sites(&self) -> StoreResult<Vec<(Origin, RegisteredSite)>> {
        let rows: Vec<(String, (Uuid, Uuid, String))> = site_origins::table
            .select((
                site_origins::origin,
                (
                    site_origins::tenant_id,
                    site_origins::site_id,
                    site_origins::site_key,
                ),
            ))
            .load(&mut self.connection()?)
            .map_err(store_error)?;
        rows.into_iter()
            .map(|(origin, site)| Ok((Origin::from_stored(origin), registered(site)?)))
            .collect()
    }
}

fn registered((tenant, id, key): (Uuid, Uuid, String)) -> StoreResult<RegisteredSite> {
    Ok(RegisteredSite {
        tenant: TenantId::from_uuid(tenant),
        id: SiteId::from_uuid(id),
        key: stored_key(&key)?,
    })
}

/// Once in this time is often enough, and keeps the rows of busy sites out of every transaction.
const MARKED_FOR: TimeDelta = TimeDelta::minutes(1);

/// A site that another writer is just marking is marked.
const RECEIVE: &str = "
    UPDATE sites SET last_received_at = due.received_at
    FROM (
        SELECT sites.id, new.received_at
        FROM (SELECT new.* FROM UNNEST($2, $3) AS new (origin, received_at) LIMIT cardinality($2)) AS new
        JOIN sites ON sites.tenant_id = $1 AND sites.origin = new.origin
        WHERE sites.last_received_at IS NULL
            OR sites.last_received_at < new.received_at - interval '1 minute'
        FOR UPDATE OF sites SKIP LOCKED
    ) AS due
    WHERE sites.tenant_id = $1 AND sites.id = due.id";

/// Notes on the sites that page views of them arrived, where `sites` were not marked just now.
pub(super) fn receive(
    connection: &mut PgConnection,
    tenant: TenantId,
    sites: &[(String, Option<DateTime<Utc>>)],
    items: &[Item<'_>],
) -> QueryResult<()> {
    let mut latest: BTreeMap<Origin, DateTime<Utc>> = BTreeMap::new();
    for item in items.iter().filter(|item| item.is_new) {
        if let Action::PageView { page, .. } = &item.engagement.action {
            let at = latest.entry(page.origin()).or_default();
            *at = item.engagement.received_at.max(*at);
        }
    }
    latest.retain(|origin, at| {
        let mut of_origin = sites.iter().filter(|(site, _)| site == origin.as_str());
        of_origin.any(|(_, last)| last.is_none_or(|last| last < *at - MARKED_FOR))
    });
    if latest.is_empty() {
        return Ok(());
    }
    statement(RECEIVE)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<Text>, _>(latest.keys().map(Origin::as_str).collect::<Vec<_>>())
        .bind::<Array<Timestamptz>, _>(latest.values().copied().collect::<Vec<_>>())
        .execute(connection)
        .map(drop)
}

fn site(row: Row) -> StoreResult<Site> {
    Ok(Site {
        id: SiteId::from_uuid(row.id),
        name: row.name,
        origin: Origin::from_stored(row.origin),
        key: stored_key(&row.site_key)?,
        last_received_at: row.last_received_at,
        created_at: row.created_at,
    })
}

fn stored_key(text: &str) -> StoreResult<SiteKey> {
    SiteKey::parse(text).ok_or_else(|| StoreError::unexpected("a stored site key is malformed"))
}
