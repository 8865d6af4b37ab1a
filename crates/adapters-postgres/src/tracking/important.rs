//! The list of important pages.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{ImportantPageId, TenantId};
use domain::store::StoreResult;
use domain::tracking::{ImportantPage, ImportantPageStore};
use uuid::Uuid;

use crate::pool::PgStore;
use crate::schema::important_pages;

impl ImportantPageStore for PgStore {
    fn important_pages(&self, tenant: TenantId) -> StoreResult<Vec<ImportantPage>> {
        self.in_tenant(tenant, |connection| Ok(list(connection, tenant)?))
    }

    fn add_important_page(
        &self,
        tenant: TenantId,
        page: &ImportantPage,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(important_pages::table)
                .values((
                    important_pages::tenant_id.eq(tenant.uuid()),
                    important_pages::id.eq(page.id.uuid()),
                    important_pages::fragment.eq(&page.fragment),
                    important_pages::created_at.eq(now),
                ))
                .execute(connection)?;
            Ok(())
        })
    }

    fn remove_important_page(&self, tenant: TenantId, page: ImportantPageId) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let removed = diesel::delete(important_pages::table)
                .filter(important_pages::tenant_id.eq(tenant.uuid()))
                .filter(important_pages::id.eq(page.uuid()))
                .execute(connection)?;
            Ok(removed > 0)
        })
    }
}

/// The list, oldest first.
fn list(connection: &mut PgConnection, tenant: TenantId) -> QueryResult<Vec<ImportantPage>> {
    let rows: Vec<(Uuid, String)> = important_pages::table
        .filter(important_pages::tenant_id.eq(tenant.uuid()))
        .order((important_pages::created_at, important_pages::id))
        .select((important_pages::id, important_pages::fragment))
        .load(connection)?;
    let page = |(id, fragment)| ImportantPage {
        id: ImportantPageId::from_uuid(id),
        fragment,
    };
    Ok(rows.into_iter().map(page).collect())
}
