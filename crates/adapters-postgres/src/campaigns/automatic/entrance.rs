//! The door of a campaign: whether it is open, and where those who come in begin.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::sql_types::{Int4, Jsonb, Text, Uuid as SqlUuid};
use domain::campaigns::{CampaignStatus, ReEntry, beginning};
use domain::ids::{CampaignId, StepId, TenantId};

use super::row::{re_entry_named, read, status_named};
use crate::pool::TenantWorkError;
use crate::statement::statement;

/// Where everyone begins.
pub(super) struct Entrance {
    pub(super) version: i32,
    pub(super) re_entry: ReEntry,
    pub(super) step: StepId,
    /// When that step is due.
    pub(super) at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Int4)]
    version: i32,
    #[diesel(sql_type = Text)]
    re_entry: String,
    #[diesel(sql_type = Jsonb)]
    flow: serde_json::Value,
    #[diesel(sql_type = Text)]
    time_zone: String,
}

const ENTRANCE: &str = "
    SELECT campaign.status, campaign.version, version.re_entry, version.flow, tenants.time_zone
    FROM campaigns AS campaign
    JOIN campaign_versions AS version
        ON version.tenant_id = $1 AND version.campaign_id = campaign.id AND version.version = campaign.version
    JOIN tenants ON tenants.id = $1
    WHERE campaign.tenant_id = $1 AND campaign.id = $2
    FOR KEY SHARE OF campaign";

impl Entrance {
    /// Keeps it open until the transaction ends; `None` while nobody is let in.
    pub(super) fn of(
        connection: &mut PgConnection,
        tenant: TenantId,
        campaign: CampaignId,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>, TenantWorkError> {
        let mut found = row(connection, tenant, campaign)?;
        if found.is_none() {
            // Whoever waited here for an activation was answered with the version before it, which
            // the campaign no longer names; a second statement sees the new one.
            found = row(connection, tenant, campaign)?;
        }
        let Some(row) = found else { return Ok(None) };
        if status_named(&row.status)? != CampaignStatus::Active {
            return Ok(None);
        }
        let zone = row.time_zone.parse().unwrap_or(Tz::Asia__Tokyo);
        let Some((step, at)) = beginning(&read(row.flow)?, zone, now) else {
            return Ok(None);
        };
        Ok(Some(Self {
            version: row.version,
            re_entry: re_entry_named(&row.re_entry)?,
            step,
            at,
        }))
    }
}

fn row(
    connection: &mut PgConnection,
    tenant: TenantId,
    campaign: CampaignId,
) -> QueryResult<Option<Row>> {
    statement(ENTRANCE)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(campaign.uuid())
        .get_result(connection)
        .optional()
}
