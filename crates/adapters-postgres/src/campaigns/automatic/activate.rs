//! Making a version that people can be in.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::campaigns::{CampaignStatus, CampaignVersion, Placed};
use domain::content::FrozenContent;
use domain::ids::{StepId, TemplateId, TenantId};
use domain::store::{StoreError, StoreResult};
use domain::tracking::MailSource;
use uuid::Uuid;

use super::moving::move_everybody;
use super::row::json;
use super::status::{self, hold};
use crate::delivery::contents::keep_contents;
use crate::pool::TenantWorkError;
use crate::schema::{campaign_steps, campaign_versions, campaigns};

/// Keeps the version with its steps and contents and lets people in.
pub(super) fn activate(
    connection: &mut PgConnection,
    tenant: TenantId,
    version: &CampaignVersion,
    move_along: bool,
    now: DateTime<Utc>,
) -> Result<bool, TenantWorkError> {
    let id = version.campaign;
    let Some(held) = hold(connection, tenant, id)? else {
        return Ok(false);
    };
    let allowed =
        held.status == CampaignStatus::Active || held.status.allows(CampaignStatus::Active);
    let number = i32::try_from(version.version).map_err(StoreError::unexpected)?;
    if !allowed || held.version.checked_add(1) != Some(number) {
        return Ok(false);
    }
    let source = MailSource::Campaign(id);
    let contents: Vec<FrozenContent> =
        (version.contents.iter().map(|(_, content)| content.clone())).collect();
    keep_contents(connection, tenant, source, &contents, now)?;
    keep_version(connection, tenant, version, number, now)?;

    let placed = version.flow.placed();
    let can_hasten = placed.iter().any(|placed| placed.step.action.hastens());
    status::set(connection, tenant, id, CampaignStatus::Active, now)?;
    diesel::update(campaigns::table.find((tenant.uuid(), id.uuid())))
        .set((
            campaigns::version.eq(number),
            // People may be inside an earlier version that does.
            campaigns::hastens.eq(can_hasten || held.hastens),
        ))
        .execute(connection)?;
    status::resume(connection, tenant, id, held.paused_at, now)?;
    if move_along {
        move_everybody(connection, tenant, version, number, now)?;
    }
    Ok(true)
}

fn keep_version(
    connection: &mut PgConnection,
    tenant: TenantId,
    version: &CampaignVersion,
    number: i32,
    now: DateTime<Utc>,
) -> Result<(), TenantWorkError> {
    diesel::insert_into(campaign_versions::table)
        .values((
            campaign_versions::tenant_id.eq(tenant.uuid()),
            campaign_versions::campaign_id.eq(version.campaign.uuid()),
            campaign_versions::version.eq(number),
            campaign_versions::flow.eq(json(&version.flow)?),
            campaign_versions::exits.eq(json(&version.exits)?),
            campaign_versions::activated_at.eq(now),
            campaign_versions::trigger.eq(json(&version.trigger)?),
            campaign_versions::entry.eq(json(&version.entry)?),
            campaign_versions::re_entry.eq(version.re_entry.as_str()),
            campaign_versions::tracking.eq(version.tracking),
        ))
        .execute(connection)?;
    let contents: BTreeMap<StepId, &FrozenContent> = (version
        .contents
        .iter()
        .map(|(step, content)| (*step, content)))
    .collect();
    let place = Place {
        tenant: tenant.uuid(),
        campaign: version.campaign.uuid(),
        version: number,
    };
    let rows: StoreResult<Vec<StepRow<'_>>> = version
        .flow
        .placed()
        .iter()
        .map(|placed| StepRow::of(&place, placed, contents.get(&placed.step.id).copied()))
        .collect();
    diesel::insert_into(campaign_steps::table)
        .values(rows?)
        .execute(connection)?;
    Ok(())
}

struct Place {
    tenant: Uuid,
    campaign: Uuid,
    version: i32,
}

#[derive(Insertable)]
#[diesel(table_name = campaign_steps)]
struct StepRow<'a> {
    tenant_id: Uuid,
    campaign_id: Uuid,
    version: i32,
    step_id: Uuid,
    step_order: i32,
    parent_id: Option<Uuid>,
    branch: Option<&'static str>,
    name: &'a str,
    kind: &'static str,
    delay_value: i32,
    delay_unit: &'static str,
    email_template_id: Option<Uuid>,
    content_id: Option<Uuid>,
    conditions: serde_json::Value,
}

impl<'a> StepRow<'a> {
    fn of(
        place: &Place,
        placed: &Placed<'a>,
        content: Option<&FrozenContent>,
    ) -> StoreResult<Self> {
        let step = placed.step;
        Ok(Self {
            tenant_id: place.tenant,
            campaign_id: place.campaign,
            version: place.version,
            step_id: step.id.uuid(),
            step_order: i32::try_from(placed.order).map_err(StoreError::unexpected)?,
            parent_id: placed.parent.map(|(parent, _)| parent.uuid()),
            branch: placed.parent.map(|(_, branch)| branch.as_str()),
            name: &step.name,
            kind: step.action.kind(),
            delay_value: i32::try_from(step.delay.value).map_err(StoreError::refused)?,
            delay_unit: step.delay.unit.as_str(),
            email_template_id: step.action.template().map(TemplateId::uuid),
            content_id: content.map(|content| content.id.uuid()),
            conditions: json(&step.only_if)?,
        })
    }
}
