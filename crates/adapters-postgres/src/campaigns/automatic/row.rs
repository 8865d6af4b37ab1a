//! A campaign as it is stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::campaigns::{Campaign, CampaignDefinition, CampaignStatus, ReEntry};
use domain::ids::{CampaignId, UserId};
use domain::store::{StoreError, StoreResult};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::schema::{campaign_versions, campaigns};

#[derive(Queryable, Selectable)]
#[diesel(table_name = campaigns, check_for_backend(diesel::pg::Pg))]
pub(super) struct CampaignRow {
    id: Uuid,
    name: String,
    description: String,
    trigger_conditions: serde_json::Value,
    entry: serde_json::Value,
    exits: serde_json::Value,
    re_entry: String,
    tracking: bool,
    flow: serde_json::Value,
    status: String,
    version: i32,
    enrolled_count: i64,
    completed_count: i64,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    activated_at: Option<DateTime<Utc>>,
    paused_at: Option<DateTime<Utc>>,
}

/// What a version of a campaign was made of.
#[derive(Queryable, Selectable)]
#[diesel(table_name = campaign_versions, check_for_backend(diesel::pg::Pg))]
pub(super) struct VersionRow {
    pub(super) trigger: serde_json::Value,
    pub(super) entry: serde_json::Value,
    pub(super) exits: serde_json::Value,
    pub(super) re_entry: String,
    pub(super) tracking: bool,
    pub(super) flow: serde_json::Value,
}

impl VersionRow {
    /// Under the name that the campaign has now.
    fn definition(self, name: &str, description: &str) -> StoreResult<CampaignDefinition> {
        Ok(CampaignDefinition {
            name: name.to_owned(),
            description: description.to_owned(),
            trigger: read(self.trigger)?,
            entry: read(self.entry)?,
            exits: read(self.exits)?,
            re_entry: re_entry_named(&self.re_entry)?,
            tracking: self.tracking,
            flow: read(self.flow)?,
        })
    }
}

/// A campaign with its newest version.
pub(super) fn campaign((row, live): (CampaignRow, Option<VersionRow>)) -> StoreResult<Campaign> {
    let live = live.map(|live| live.definition(&row.name, &row.description));
    Ok(Campaign {
        id: CampaignId::from_uuid(row.id),
        live: live.transpose()?,
        definition: CampaignDefinition {
            name: row.name,
            description: row.description,
            trigger: read(row.trigger_conditions)?,
            entry: read(row.entry)?,
            exits: read(row.exits)?,
            re_entry: re_entry_named(&row.re_entry)?,
            tracking: row.tracking,
            flow: read(row.flow)?,
        },
        status: status_named(&row.status)?,
        version: row.version.unsigned_abs(),
        enrolled_count: row.enrolled_count.unsigned_abs(),
        completed_count: row.completed_count.unsigned_abs(),
        created_by: row.created_by.map(UserId::from_uuid),
        created_at: row.created_at,
        updated_at: row.updated_at,
        activated_at: row.activated_at,
        paused_at: row.paused_at,
    })
}

/// The columns of a definition.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = campaigns)]
pub(super) struct DefinitionRow<'a> {
    name: &'a str,
    description: &'a str,
    trigger_type: &'static str,
    trigger_conditions: serde_json::Value,
    entry: serde_json::Value,
    exits: serde_json::Value,
    re_entry: &'static str,
    tracking: bool,
    flow: serde_json::Value,
}

impl<'a> DefinitionRow<'a> {
    pub(super) fn of(definition: &'a CampaignDefinition) -> StoreResult<Self> {
        Ok(Self {
            name: definition.name.trim(),
            description: definition.description.trim(),
            trigger_type: definition.trigger.kind(),
            trigger_conditions: json(&definition.trigger)?,
            entry: json(&definition.entry)?,
            exits: json(&definition.exits)?,
            re_entry: definition.re_entry.as_str(),
            tracking: definition.tracking,
            flow: json(&definition.flow)?,
        })
    }
}

/// A value as JSON.
pub(super) fn json<T: Serialize>(value: &T) -> StoreResult<serde_json::Value> {
    serde_json::to_value(value).map_err(StoreError::unexpected)
}

/// A value from the JSON that it was stored as.
pub(super) fn read<T: DeserializeOwned>(stored: serde_json::Value) -> StoreResult<T> {
    serde_json::from_value(stored).map_err(StoreError::unexpected)
}

/// The status of this name; the check of the table keeps others out.
pub(super) fn status_named(name: &str) -> StoreResult<CampaignStatus> {
    CampaignStatus::parse(name)
        .ok_or_else(|| StoreError::unexpected(format!("unknown status of a campaign '{name}'")))
}

/// The choice of this name.
pub(super) fn re_entry_named(name: &str) -> StoreResult<ReEntry> {
    ReEntry::parse(name)
        .ok_or_else(|| StoreError::unexpected(format!("unknown choice of re-entry '{name}'")))
}
