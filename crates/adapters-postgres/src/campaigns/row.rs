//! A broadcast as it is stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::campaigns::{Broadcast, BroadcastStatus};
use domain::ids::{BroadcastId, LeadId, TemplateId, UserId};
use domain::store::{StoreError, StoreResult};
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
}

impl TryFrom<BroadcastRow> for Broadcast {
    type Error = StoreError;

    fn try_from(row: BroadcastRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: BroadcastId::from_uuid(row.id),
            name: row.name,
            template: TemplateId::from_uuid(row.template_id),
            audience: serde_json::from_value(row.audience).map_err(StoreError::unexpected)?,
            tracking: row.tracking,
            status: status_named(&row.status)?,
            prepared_up_to: row.prepared_up_to.map(LeadId::from_uuid),
            recipients: row.recipients.unsigned_abs(),
            created_by: row.created_by.map(UserId::from_uuid),
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        })
    }
}

/// The status of this name; the check of the table keeps others out.
pub(super) fn status_named(name: &str) -> StoreResult<BroadcastStatus> {
    BroadcastStatus::parse(name)
        .ok_or_else(|| StoreError::unexpected(format!("unknown status of a broadcast '{name}'")))
}
