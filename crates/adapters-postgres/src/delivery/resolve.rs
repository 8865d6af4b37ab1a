//! Which send a report is about.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::delivery::DeliveryReport;
use domain::ids::{LeadId, SendId, TenantId};
use domain::tracking::MailRef;
use uuid::Uuid;

use super::source::source_of;
use crate::schema::send_logs;

#[derive(Queryable, Selectable)]
#[diesel(table_name = send_logs, check_for_backend(diesel::pg::Pg))]
struct MailRow {
    id: Uuid,
    lead_id: Uuid,
    queued_at: DateTime<Utc>,
    broadcast_id: Option<Uuid>,
    campaign_id: Option<Uuid>,
    provider_message_id: Option<String>,
}

impl MailRow {
    fn mail(&self) -> MailRef {
        MailRef {
            send: SendId::from_uuid(self.id),
            lead: LeadId::from_uuid(self.lead_id),
            queued_at: self.queued_at,
            source: source_of(self.broadcast_id, self.campaign_id),
            event: None,
        }
    }
}

/// The mail of each report: by our id, else by the provider's (A23).
pub(super) fn resolve(
    connection: &mut PgConnection,
    tenant: TenantId,
    reports: &[DeliveryReport],
) -> QueryResult<Vec<Option<MailRef>>> {
    let ids: Vec<Uuid> = reports
        .iter()
        .filter_map(|report| report.send.map(SendId::uuid))
        .collect();
    let messages: Vec<&str> = reports
        .iter()
        .filter_map(|report| report.provider_message_id.as_deref())
        .collect();
    let of_tenant = send_logs::table
        .filter(send_logs::tenant_id.eq(tenant.uuid()))
        .select(MailRow::as_select());
    let by_id: Vec<MailRow> = of_tenant
        .filter(send_logs::id.eq_any(ids))
        .load(connection)?;
    let by_message: Vec<MailRow> = of_tenant
        .filter(send_logs::provider_message_id.eq_any(messages))
        .load(connection)?;
    let by_id: BTreeMap<Uuid, &MailRow> = by_id.iter().map(|row| (row.id, row)).collect();
    let by_message: BTreeMap<&str, &MailRow> = by_message
        .iter()
        .filter_map(|row| Some((row.provider_message_id.as_deref()?, row)))
        .collect();
    let find = |report: &DeliveryReport| {
        let ours = report.send.and_then(|id| by_id.get(&id.uuid()));
        let theirs = || by_message.get(report.provider_message_id.as_deref()?);
        ours.or_else(theirs).map(|row| row.mail())
    };
    Ok(reports.iter().map(find).collect())
}
