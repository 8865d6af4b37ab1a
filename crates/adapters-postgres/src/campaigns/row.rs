//! A broadcast as it is stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::campaigns::{Broadcast, BroadcastStatus};
use domain::delivery::Alarm;
use domain::ids::{BroadcastId, LeadId, TemplateId, UserId};
use domain::store::{StoreError, StoreResult};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::schema::broadcasts;

#[derive(Queryable, Selectable)]
#[diesel(table_name = broadcasts, check_for_backend(diesel::pg::Pg))]
pub(super) struct BroadcastRow {
    id: Uuid,
    name: String,
    template_id: Uuid,
    audience: serde_json::Value,
    status: String,
    tracking: bool,
    prepared_up_to: Option<Uuid>,
    recipients: i32,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    scheduled_at: Option<DateTime<Utc>>,
    hourly_limit: Option<i32>,
    ab_test: Option<serde_json::Value>,
    ab_outcome: Option<serde_json::Value>,
    ab_decides_at: Option<DateTime<Utc>>,
    paused_at: Option<DateTime<Utc>>,
    paused_by: Option<String>,
    is_watched: bool,
}

impl TryFrom<BroadcastRow> for Broadcast {
    type Error = StoreError;

    fn try_from(row: BroadcastRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: BroadcastId::from_uuid(row.id),
            name: row.name,
            template: TemplateId::from_uuid(row.template_id),
            audience: read(row.audience)?,
            tracking: row.tracking,
            hourly_limit: row.hourly_limit.map(i32::unsigned_abs),
            ab_test: row.ab_test.map(read).transpose()?,
            ab_outcome: row.ab_outcome.map(read).transpose()?,
            ab_decides_at: row.ab_decides_at,
            status: status_named(&row.status)?,
            scheduled_at: row.scheduled_at,
            prepared_up_to: row.prepared_up_to.map(LeadId::from_uuid),
            recipients: row.recipients.unsigned_abs(),
            created_by: row.created_by.map(UserId::from_uuid),
            created_at: row.created_at,
            started_at: row.started_at,
            paused_at: row.paused_at,
            paused_by: row.paused_by.as_deref().map(alarm_named).transpose()?,
            is_watched: row.is_watched,
            finished_at: row.finished_at,
        })
    }
}

/// A value of ours, as it was kept.
pub(super) fn read<T: DeserializeOwned>(kept: serde_json::Value) -> StoreResult<T> {
    serde_json::from_value(kept).map_err(StoreError::unexpected)
}

/// A value of ours, to be kept.
pub(super) fn written<T: Serialize>(value: &T) -> StoreResult<serde_json::Value> {
    serde_json::to_value(value).map_err(StoreError::unexpected)
}

fn alarm_named(name: &str) -> StoreResult<Alarm> {
    Alarm::parse(name).ok_or_else(|| StoreError::unexpected(format!("unknown alarm '{name}'")))
}

/// The status of this name; the check of the table keeps others out.
pub(super) fn status_named(name: &str) -> StoreResult<BroadcastStatus> {
    BroadcastStatus::parse(name)
        .ok_or_else(|| StoreError::unexpected(format!("unknown status of a broadcast '{name}'")))
}
