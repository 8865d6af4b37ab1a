//! A campaign as programs see it.

use chrono::{DateTime, Utc};
use domain::campaigns::{Campaign, ExitCondition, Flow};
use domain::ids::CampaignId;
use domain::leads::LeadCondition;
use serde::Serialize;
use serde_json::Value;

use super::steps::{StepShape, shapes};
use super::trigger;
use crate::error::Failure;

/// What a list shows (B57).
#[derive(Serialize)]
pub(super) struct CampaignShape {
    id: CampaignId,
    name: String,
    description: String,
    status: &'static str,
    trigger_type: String,
    trigger_conditions: Value,
    version: u32,
    enrolled_count: u64,
    completed_count: u64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    activated_at: Option<DateTime<Utc>>,
    paused_at: Option<DateTime<Utc>>,
}

/// The same with what it does.
#[derive(Serialize)]
pub(super) struct CampaignInFull {
    #[serde(flatten)]
    campaign: CampaignShape,
    entry: Vec<LeadCondition>,
    exits: Vec<ExitCondition>,
    re_entry: &'static str,
    tracking: bool,
    steps: Vec<StepShape>,
    flow: Flow,
}

impl CampaignShape {
    pub(super) fn of(campaign: &Campaign) -> Result<Self, Failure> {
        let definition = &campaign.definition;
        let (trigger_type, trigger_conditions) = trigger::write(&definition.trigger)?;
        Ok(Self {
            id: campaign.id,
            name: definition.name.clone(),
            description: definition.description.clone(),
            status: campaign.status.as_str(),
            trigger_type,
            trigger_conditions,
            version: campaign.version,
            enrolled_count: campaign.enrolled_count,
            completed_count: campaign.completed_count,
            created_at: campaign.created_at,
            updated_at: campaign.updated_at,
            activated_at: campaign.activated_at,
            paused_at: campaign.paused_at,
        })
    }
}

impl CampaignInFull {
    pub(super) fn of(campaign: Campaign) -> Result<Self, Failure> {
        Ok(Self {
            campaign: CampaignShape::of(&campaign)?,
            re_entry: campaign.definition.re_entry.as_str(),
            tracking: campaign.definition.tracking,
            steps: shapes(&campaign.definition.flow),
            entry: campaign.definition.entry,
            exits: campaign.definition.exits,
            flow: campaign.definition.flow,
        })
    }
}
