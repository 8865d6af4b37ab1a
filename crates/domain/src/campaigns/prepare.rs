//! Recipients get their sends.

use super::{Broadcast, BroadcastStatus, BroadcastWork};
use crate::delivery::{NewSend, SendCause};
use crate::ids::TenantId;
use crate::leads::{AsOf, LeadListing};
use crate::store::StoreResult;

/// How many recipients get their sends in one transaction.
pub const PREPARE_CHUNK: u32 = 500;

/// Queues the sends of the next recipients, or ends the preparation when there are none.
///
/// `true` while there may be more. Recipients come in the order of their ids: a worker that dies in between leaves a
/// broadcast that the next one goes on with; two workers at once do no harm.
///
/// # Errors
/// Only those of the storage.
pub fn prepare_step(
    work: &dyn BroadcastWork,
    leads: &dyn LeadListing,
    tenant: TenantId,
    broadcast: &mut Broadcast,
    as_of: AsOf,
) -> StoreResult<bool> {
    let (BroadcastStatus::Preparing, Some(started_at)) = (broadcast.status, broadcast.started_at)
    else {
        return Ok(false);
    };
    let after = broadcast.prepared_up_to;
    let found = leads.walk(tenant, &broadcast.audience, after, PREPARE_CHUNK, as_of)?;
    let Some(last) = found.last() else {
        work.finish_preparing(tenant, broadcast.id)?;
        return Ok(false);
    };
    let sends: Vec<NewSend> = found
        .iter()
        .map(|lead| NewSend {
            cause: SendCause::Broadcast {
                broadcast: broadcast.id,
                started_at,
                lead: lead.id,
            },
            content: broadcast.content(),
            template: Some(broadcast.template),
            due_at: as_of.now,
            expires_at: None,
        })
        .collect();
    let queued = work.queue_sends(tenant, broadcast.id, after, &sends, as_of.now)?;
    broadcast.prepared_up_to = Some(last.id);
    Ok(queued)
}
