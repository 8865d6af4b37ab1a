//! The people in campaigns, for the workers.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Text, Uuid as SqlUuid};
use domain::campaigns::{Advance, CampaignVersion, CampaignWork, Deed, Enrollment, Trigger};
use domain::content::{FrozenContent, TemplateSource};
use domain::ids::{CampaignId, ContentId, LeadId, SendId, StepId, TemplateId, TenantId};
use domain::leads::AttributeValue;
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use super::row::{VersionRow, json, re_entry_named, read};
use super::{active_triggers, apply, claim, deeds, hasten};
use crate::PgStore;
use crate::pool::TenantWorkError;
use crate::schema::{campaign_steps, campaign_versions};

type ContentRow = (Uuid, Option<Uuid>, Option<Uuid>);

/// A content by its id: what it says is not needed to advance anybody.
fn content((step, template, content): ContentRow) -> Option<(StepId, FrozenContent)> {
    let frozen = FrozenContent {
        id: ContentId::from_uuid(content?),
        template: template.map(TemplateId::from_uuid),
        source: TemplateSource::default(),
        tracking: false,
        first_link: 0,
        links: Vec::new(),
    };
    Some((StepId::from_uuid(step), frozen))
}

fn version_of(
    connection: &mut PgConnection,
    tenant: TenantId,
    campaign: CampaignId,
    version: u32,
) -> Result<Option<CampaignVersion>, TenantWorkError> {
    let number = i32::try_from(version).map_err(StoreError::unexpected)?;
    let kept: Option<VersionRow> = campaign_versions::table
        .find((tenant.uuid(), campaign.uuid(), number))
        .select(VersionRow::as_select())
        .first(connection)
        .optional()?;
    let Some(kept) = kept else {
        return Ok(None);
    };
    let contents: Vec<ContentRow> = campaign_steps::table
        .filter(campaign_steps::tenant_id.eq(tenant.uuid()))
        .filter(campaign_steps::campaign_id.eq(campaign.uuid()))
        .filter(campaign_steps::version.eq(number))
        .filter(campaign_steps::content_id.is_not_null())
        .order(campaign_steps::step_order)
        .select((
            campaign_steps::step_id,
            campaign_steps::email_template_id,
            campaign_steps::content_id,
        ))
        .load(connection)?;
    Ok(Some(CampaignVersion {
        campaign,
        version,
        trigger: read(kept.trigger)?,
        entry: read(kept.entry)?,
        re_entry: re_entry_named(&kept.re_entry)?,
        tracking: kept.tracking,
        flow: read(kept.flow)?,
        exits: read(kept.exits)?,
        contents: contents.into_iter().filter_map(content).collect(),
    }))
}

/// Reads every lead of the tenant: asked once a day for a trigger, which is no reason for an index
/// that each change of a lead would have to keep.
const DUE_DATES: &str = "
    SELECT id FROM leads WHERE tenant_id = $1 AND attributes -> $2 = $3 ORDER BY id";

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

impl CampaignWork for PgStore {
    fn claim_due(
        &self,
        tenant: TenantId,
        limit: u32,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<Enrollment>> {
        self.in_tenant(tenant, |connection| {
            claim::claim_due(connection, tenant, limit, lease, now)
        })
    }

    fn version(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        version: u32,
    ) -> StoreResult<Option<CampaignVersion>> {
        self.in_tenant(tenant, |connection| {
            version_of(connection, tenant, campaign, version)
        })
    }

    fn did(&self, tenant: TenantId, enrollment: &Enrollment, deed: &Deed) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(deeds::did(connection, tenant, enrollment, deed)?)
        })
    }

    fn apply(
        &self,
        tenant: TenantId,
        claimed: &Enrollment,
        advance: &Advance,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            apply::apply(connection, tenant, claimed, advance, now)
        })
    }

    fn hasten(&self, tenant: TenantId, send: SendId, now: DateTime<Utc>) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            hasten::hasten(connection, tenant, send, now)
        })
    }

    fn active_triggers(&self, tenant: TenantId) -> StoreResult<Vec<(CampaignId, Trigger)>> {
        self.in_tenant(tenant, |connection| {
            active_triggers(connection, tenant, None)
        })
    }

    fn due_dates(
        &self,
        tenant: TenantId,
        attribute: &str,
        day: NaiveDate,
    ) -> StoreResult<Vec<LeadId>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<Due> = diesel::sql_query(DUE_DATES)
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<Text, _>(attribute)
                .bind::<Jsonb, _>(json(&AttributeValue::Date(day))?)
                .load(connection)?;
            Ok(rows
                .into_iter()
                .map(|row| LeadId::from_uuid(row.id))
                .collect())
        })
    }
}
