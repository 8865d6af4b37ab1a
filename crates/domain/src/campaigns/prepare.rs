//! Recipients get their sends.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{AbTest, AbTests, Broadcast, BroadcastStatus, BroadcastWork, Variant};
use crate::delivery::{NewSend, SendCause};
use crate::ids::{LeadId, TenantId};
use crate::leads::{AsOf, LeadListing};
use crate::store::StoreResult;

/// How many recipients get their sends in one transaction.
pub const PREPARE_CHUNK: u32 = 500;

/// What preparing needs from outside.
#[derive(Clone, Copy)]
pub struct PreparePorts<'a> {
    /// Where the work is kept.
    pub work: &'a dyn BroadcastWork,
    /// Where tests are kept.
    pub tests: &'a dyn AbTests,
    /// Where recipients are found.
    pub leads: &'a dyn LeadListing,
}

/// Queues the sends of the next recipients, or ends the preparation when there are none.
///
/// `true` while there may be more. Recipients come in the order of their ids: a worker that dies in
/// between leaves a broadcast that the next one goes on with; two workers at once do no harm.
///
/// # Errors
/// Only those of the storage.
pub fn prepare_step(
    ports: &PreparePorts<'_>,
    tenant: TenantId,
    broadcast: &mut Broadcast,
    zone: Tz,
    now: DateTime<Utc>,
) -> StoreResult<bool> {
    let (BroadcastStatus::Preparing, Some(started_at)) = (broadcast.status, broadcast.started_at)
    else {
        return Ok(false);
    };
    let (after, as_of) = (broadcast.prepared_up_to, AsOf::new(now, zone));
    let found = ports
        .leads
        .walk(tenant, &broadcast.audience, after, PREPARE_CHUNK, as_of)?;
    let Some(last) = found.last() else {
        end(ports, tenant, broadcast, zone, now)?;
        return Ok(false);
    };
    let sends: Vec<NewSend> = found
        .iter()
        .map(|lead| send(broadcast, started_at, lead.id, zone))
        .collect();
    let queued = ports
        .work
        .queue_sends(tenant, broadcast.id, after, &sends, now)?;
    broadcast.prepared_up_to = Some(last.id);
    Ok(queued)
}

/// The mail of a recipient: at once, or that of a variant at its time, or none yet.
fn send(broadcast: &Broadcast, started_at: DateTime<Utc>, lead: LeadId, zone: Tz) -> NewSend {
    let test = broadcast.ab_test.as_ref();
    let variant = test.and_then(|test| test.variant_of(broadcast.id, lead));
    let (of, due_at) = match (test, variant) {
        (None, _) => (Variant::A, Some(started_at)),
        (Some(test), Some(variant)) => (variant, Some(test.due_at(variant, zone, started_at))),
        // Waits for the winner.
        (Some(_), None) => (Variant::A, None),
    };
    let template = test.map_or(broadcast.template, |test| {
        test.template_of(of, broadcast.template)
    });
    NewSend {
        cause: SendCause::Broadcast {
            broadcast: broadcast.id,
            started_at,
            lead,
        },
        content: broadcast.content_of(of),
        template: Some(template),
        variant,
        due_at,
        expires_at: None,
    }
}

fn end(
    ports: &PreparePorts<'_>,
    tenant: TenantId,
    broadcast: &Broadcast,
    zone: Tz,
    now: DateTime<Utc>,
) -> StoreResult<bool> {
    let has_recipients = broadcast.prepared_up_to.is_some();
    match broadcast.ab_test.as_ref().filter(|_| has_recipients) {
        Some(test) => {
            let ends = decides_at(test, broadcast, zone, now);
            ports.tests.begin_test(tenant, broadcast.id, ends)
        }
        None => ports.work.finish_preparing(tenant, broadcast.id),
    }
}

/// When the test has run for its time after the later of its variants.
fn decides_at(test: &AbTest, broadcast: &Broadcast, zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
    let from = broadcast.started_at.unwrap_or(now);
    let due = Variant::ALL.map(|variant| test.due_at(variant, zone, from));
    due.into_iter().fold(now, DateTime::max) + test.wait()
}
