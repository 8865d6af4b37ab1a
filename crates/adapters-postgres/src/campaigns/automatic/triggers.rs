//! What lets people into active campaigns.

use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Nullable, Text, Uuid as SqlUuid};
use domain::campaigns::Trigger;
use domain::ids::{CampaignId, TenantId};
use uuid::Uuid;

use super::row::read;
use crate::pool::TenantWorkError;
use crate::statement::statement;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Jsonb)]
    trigger: serde_json::Value,
}

const TRIGGERS: &str = "
    SELECT campaign.id, version.trigger
    FROM campaigns AS campaign
    JOIN campaign_versions AS version
        ON version.tenant_id = $1 AND version.campaign_id = campaign.id AND version.version = campaign.version
    WHERE campaign.tenant_id = $1 AND campaign.status = 'active'
        AND ($2 IS NULL OR version.trigger ->> 'type' = $2)
    ORDER BY campaign.created_at, campaign.id";

/// Active campaigns, oldest first, with the triggers of their newest versions; of one kind
/// ([`Trigger::kind`]) or of any. What staff have saved since then lets nobody in.
pub(crate) fn active_triggers(
    connection: &mut PgConnection,
    tenant: TenantId,
    kind: Option<&str>,
) -> Result<Vec<(CampaignId, Trigger)>, TenantWorkError> {
    let rows: Vec<Row> = statement(TRIGGERS)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Nullable<Text>, _>(kind)
        .load(connection)?;
    let trigger = |row: Row| Ok((CampaignId::from_uuid(row.id), read(row.trigger)?));
    rows.into_iter().map(trigger).collect()
}
