//! What was sent.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::delivery::{Send, SendHistory, SendKey, SendState};
use domain::ids::{BroadcastId, CampaignId, ContentId, LeadId, SendId, TemplateId, TenantId};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use crate::PgStore;
use crate::pool::TenantWorkError;
use crate::schema::send_logs;

#[derive(Queryable, Selectable)]
#[diesel(table_name = send_logs, check_for_backend(diesel::pg::Pg))]
struct SendRow {
    queued_at: DateTime<Utc>,
    id: Uuid,
    lead_id: Uuid,
    broadcast_id: Option<Uuid>,
    campaign_id: Option<Uuid>,
    content_id: Option<Uuid>,
    template_id: Option<Uuid>,
    state: String,
    state_reason: Option<String>,
    attempts: i16,
    next_attempt_at: Option<DateTime<Utc>>,
    subject: Option<String>,
    accepted_at: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
    bounced_at: Option<DateTime<Utc>>,
    first_opened_at: Option<DateTime<Utc>>,
    machine_opened_count: i32,
    first_clicked_at: Option<DateTime<Utc>>,
    machine_clicked_count: i32,
}

/// The state of this name; the check of the table keeps others out.
pub(super) fn state_named(name: &str) -> StoreResult<SendState> {
    SendState::parse(name)
        .ok_or_else(|| StoreError::unexpected(format!("unknown state of a send '{name}'")))
}

impl TryFrom<SendRow> for Send {
    type Error = StoreError;

    fn try_from(row: SendRow) -> Result<Self, Self::Error> {
        Ok(Self {
            key: SendKey {
                id: SendId::from_uuid(row.id),
                queued_at: row.queued_at,
            },
            lead: LeadId::from_uuid(row.lead_id),
            broadcast: row.broadcast_id.map(BroadcastId::from_uuid),
            campaign: row.campaign_id.map(CampaignId::from_uuid),
            content: row.content_id.map(ContentId::from_uuid),
            template: row.template_id.map(TemplateId::from_uuid),
            state: state_named(&row.state)?,
            state_reason: row.state_reason,
            attempts: row.attempts.unsigned_abs(),
            next_attempt_at: row.next_attempt_at,
            subject: row.subject,
            accepted_at: row.accepted_at,
            delivered_at: row.delivered_at,
            bounced_at: row.bounced_at,
            first_opened_at: row.first_opened_at,
            machine_opens: row.machine_opened_count.unsigned_abs(),
            first_clicked_at: row.first_clicked_at,
            machine_clicks: row.machine_clicked_count.unsigned_abs(),
        })
    }
}

fn sends(rows: Vec<SendRow>) -> Result<Vec<Send>, TenantWorkError> {
    let sends: StoreResult<Vec<_>> = rows.into_iter().map(Send::try_from).collect();
    Ok(sends?)
}

impl SendHistory for PgStore {
    fn find(&self, tenant: TenantId, send: SendId) -> StoreResult<Option<Send>> {
        self.in_tenant(tenant, |connection| {
            let rows = send_logs::table
                .filter(send_logs::tenant_id.eq(tenant.uuid()))
                .filter(send_logs::id.eq(send.uuid()))
                .select(SendRow::as_select())
                .load(connection)?;
            Ok(sends(rows)?.into_iter().next())
        })
    }

    fn of_lead(&self, tenant: TenantId, lead: LeadId, limit: u32) -> StoreResult<Vec<Send>> {
        self.in_tenant(tenant, |connection| {
            let rows = send_logs::table
                .filter(send_logs::tenant_id.eq(tenant.uuid()))
                .filter(send_logs::lead_id.eq(lead.uuid()))
                .order((send_logs::queued_at.desc(), send_logs::id.desc()))
                .limit(limit.into())
                .select(SendRow::as_select())
                .load(connection)?;
            sends(rows)
        })
    }

    fn of_broadcast(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        state: Option<SendState>,
        after: Option<SendId>,
        limit: u32,
    ) -> StoreResult<Vec<Send>> {
        self.in_tenant(tenant, |connection| {
            let mut query = send_logs::table
                .filter(send_logs::tenant_id.eq(tenant.uuid()))
                .filter(send_logs::broadcast_id.eq(broadcast.uuid()))
                .order(send_logs::id)
                .limit(limit.into())
                .select(SendRow::as_select())
                .into_boxed();
            if let Some(state) = state {
                query = query.filter(send_logs::state.eq(state.as_str()));
            }
            if let Some(after) = after {
                query = query.filter(send_logs::id.gt(after.uuid()));
            }
            sends(query.load(connection)?)
        })
    }
}
