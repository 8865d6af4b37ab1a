//! New sends.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::campaigns::Variant;
use domain::delivery::{NewSend, SendCause, SendState};
use domain::ids::TenantId;
use uuid::Uuid;

use crate::schema::send_logs;

/// A statement takes a limited number of values.
const CHUNK: usize = 1_000;

#[derive(Insertable)]
#[diesel(table_name = send_logs)]
struct QueuedRow {
    tenant_id: Uuid,
    queued_at: DateTime<Utc>,
    id: Uuid,
    lead_id: Uuid,
    broadcast_id: Option<Uuid>,
    campaign_id: Option<Uuid>,
    enrollment_id: Option<Uuid>,
    step_id: Option<Uuid>,
    content_id: Uuid,
    template_id: Option<Uuid>,
    state: &'static str,
    next_attempt_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
    variant: Option<&'static str>,
    updated_at: DateTime<Utc>,
}

impl QueuedRow {
    fn of(tenant: TenantId, send: &NewSend, now: DateTime<Utc>) -> Self {
        let key = send.cause.key();
        let (broadcast, campaign, enrollment, step) = match send.cause {
            SendCause::Broadcast { broadcast, .. } => (Some(broadcast), None, None, None),
            SendCause::Step {
                campaign,
                enrollment,
                step,
                ..
            } => (None, Some(campaign), Some(enrollment), Some(step)),
        };
        Self {
            tenant_id: tenant.uuid(),
            queued_at: key.queued_at,
            id: key.id.uuid(),
            lead_id: send.cause.lead().uuid(),
            broadcast_id: broadcast.map(|id| id.uuid()),
            campaign_id: campaign.map(|id| id.uuid()),
            enrollment_id: enrollment.map(|id| id.uuid()),
            step_id: step.map(|id| id.uuid()),
            content_id: send.content.uuid(),
            template_id: send.template.map(|id| id.uuid()),
            state: SendState::Queued.as_str(),
            next_attempt_at: send.due_at,
            expires_at: send.expires_at,
            variant: send.variant.map(Variant::as_str),
            updated_at: now,
        }
    }
}

/// Queues these sends and says how many are new; a cause whose send exists already adds none. For
/// the transaction that writes down the cause.
pub(crate) fn queue_sends(
    connection: &mut PgConnection,
    tenant: TenantId,
    sends: &[NewSend],
    now: DateTime<Utc>,
) -> QueryResult<usize> {
    let mut queued = 0;
    for chunk in sends.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|send| QueuedRow::of(tenant, send, now))
            .collect();
        queued += diesel::insert_into(send_logs::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(connection)?;
    }
    Ok(queued)
}
