//! Campaigns, for people.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::campaigns::{
    Campaign, CampaignDefinition, CampaignStatus, CampaignStore, CampaignVersion,
};
use domain::ids::{CampaignId, TenantId};
use domain::store::StoreResult;
use uuid::Uuid;

use super::row::{CampaignRow, DefinitionRow, VersionRow, campaign};
use super::{activate, status};
use crate::PgStore;
use crate::schema::{campaign_enrollments, campaign_versions, campaigns, mail_contents};

/// Campaigns, each with the version that people come into.
#[diesel::dsl::auto_type]
fn with_newest_version() -> _ {
    let newest = campaign_versions::tenant_id
        .eq(campaigns::tenant_id)
        .and(campaign_versions::campaign_id.eq(campaigns::id))
        .and(campaign_versions::version.eq(campaigns::version));
    campaigns::table.left_join(campaign_versions::table.on(newest))
}

/// Removes a campaign that nobody has ever been in, with what it would have sent.
fn remove(connection: &mut PgConnection, tenant: TenantId, id: CampaignId) -> QueryResult<bool> {
    let row = campaigns::table.find((tenant.uuid(), id.uuid()));
    let held: Option<i64> = row
        .select(campaigns::enrolled_count)
        .for_update()
        .first(connection)
        .optional()?;
    let anybody: Option<Uuid> = campaign_enrollments::table
        .filter(campaign_enrollments::tenant_id.eq(tenant.uuid()))
        .filter(campaign_enrollments::campaign_id.eq(id.uuid()))
        .select(campaign_enrollments::id)
        .first(connection)
        .optional()?;
    if held != Some(0) || anybody.is_some() {
        return Ok(false);
    }
    diesel::delete(row).execute(connection)?;
    diesel::delete(mail_contents::table)
        .filter(mail_contents::tenant_id.eq(tenant.uuid()))
        .filter(mail_contents::source_id.eq(id.uuid()))
        .execute(connection)?;
    Ok(true)
}

impl CampaignStore for PgStore {
    fn create(&self, tenant: TenantId, campaign: &Campaign) -> StoreResult<()> {
        let definition = DefinitionRow::of(&campaign.definition)?;
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(campaigns::table)
                .values((
                    campaigns::tenant_id.eq(tenant.uuid()),
                    campaigns::id.eq(campaign.id.uuid()),
                    definition,
                    campaigns::created_by.eq(campaign.created_by.map(|user| user.uuid())),
                    campaigns::created_at.eq(campaign.created_at),
                    campaigns::updated_at.eq(campaign.updated_at),
                ))
                .execute(connection)?;
            Ok(())
        })
    }

    fn update(
        &self,
        tenant: TenantId,
        id: CampaignId,
        definition: &CampaignDefinition,
        seen: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let definition = DefinitionRow::of(definition)?;
        self.in_tenant(tenant, |connection| {
            let updated = diesel::update(campaigns::table.find((tenant.uuid(), id.uuid())))
                .filter(campaigns::updated_at.eq(seen))
                .set((definition, campaigns::updated_at.eq(now)))
                .execute(connection)?;
            Ok(updated > 0)
        })
    }

    fn remove(&self, tenant: TenantId, id: CampaignId) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| Ok(remove(connection, tenant, id)?))
    }

    fn find(&self, tenant: TenantId, id: CampaignId) -> StoreResult<Option<Campaign>> {
        self.in_tenant(tenant, |connection| {
            let found: Option<(CampaignRow, Option<VersionRow>)> = with_newest_version()
                .filter(campaigns::tenant_id.eq(tenant.uuid()))
                .filter(campaigns::id.eq(id.uuid()))
                .select((CampaignRow::as_select(), Option::<VersionRow>::as_select()))
                .first(connection)
                .optional()?;
            Ok(found.map(campaign).transpose()?)
        })
    }

    fn list(
        &self,
        tenant: TenantId,
        status: Option<CampaignStatus>,
        offset: u32,
        limit: u32,
    ) -> StoreResult<Vec<Campaign>> {
        self.in_tenant(tenant, |connection| {
            let mut query = with_newest_version()
                .filter(campaigns::tenant_id.eq(tenant.uuid()))
                .order((campaigns::created_at.desc(), campaigns::id.desc()))
                .offset(offset.into())
                .limit(limit.into())
                .select((CampaignRow::as_select(), Option::<VersionRow>::as_select()))
                .into_boxed();
            if let Some(status) = status {
                query = query.filter(campaigns::status.eq(status.as_str()));
            }
            let rows: Vec<(CampaignRow, Option<VersionRow>)> = query.load(connection)?;
            let found: StoreResult<Vec<_>> = rows.into_iter().map(campaign).collect();
            Ok(found?)
        })
    }

    fn activate(
        &self,
        tenant: TenantId,
        version: &CampaignVersion,
        move_along: bool,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            activate::activate(connection, tenant, version, move_along, now)
        })
    }

    fn change_status(
        &self,
        tenant: TenantId,
        id: CampaignId,
        next: CampaignStatus,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            status::change(connection, tenant, id, next, now)
        })
    }
}
