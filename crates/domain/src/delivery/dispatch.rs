//! One claimed send, from the claim to its record.

use chrono::TimeDelta;

use super::{
    ClaimedSend, Composed, Composition, DispatchGate, DispatchNote, MailContent, MailIdentity,
    MailLinks, Mailer, OpenSource, SendLog, SendRecord, SenderProfile, SkipReason, after_outcome,
    compose,
};
use crate::content::MailRenderer;
use crate::ids::TenantId;
use crate::leads::{AsOf, Lead, LeadStore};
use crate::store::StoreResult;
use crate::tenancy::Locale;

/// How long one try may take before its worker counts as vanished. Longer than any network
/// deadline of a mailer.
const DISPATCH_LEASE: TimeDelta = TimeDelta::minutes(5);

/// What dispatching needs from outside.
pub struct DispatchPorts<'a> {
    /// To whom.
    pub leads: &'a dyn LeadStore,
    /// What is written down.
    pub log: &'a dyn SendLog,
    /// How templates are filled in.
    pub renderer: &'a dyn MailRenderer,
    /// How links are signed.
    pub links: &'a dyn MailLinks,
    /// By what mail goes out.
    pub mailer: &'a dyn Mailer,
    /// The time now, and the tenant's day.
    pub clock: &'a dyn Fn() -> AsOf,
}

/// On whose behalf.
#[derive(Clone, Debug)]
pub struct SendingTenant {
    /// The tenant.
    pub tenant: TenantId,
    /// Its sender profile.
    pub sender: SenderProfile,
    /// Whose open events count.
    pub opens: OpenSource,
    /// Its tracked mails carry a link that people cannot see (H3).
    pub honeypot: bool,
    /// Its language.
    pub locale: Locale,
}

/// What dispatching came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dispatched {
    /// The send is recorded so.
    Recorded(SendRecord),
    /// The provider refuses our credentials: nothing more should be tried for a while.
    ProviderRefused(String),
    /// The send was no longer this worker's.
    Lost,
}

/// Composes a claimed mail, commits that the provider is about to be called, calls it, and records.
///
/// No transaction is open while the provider is called; if this process
/// dies there, the send becomes unknown, never doubled.
///
/// # Errors
/// Only those of the storage. Before the call the claim simply runs out; after it the send
/// becomes unknown, and a report settles it.
pub fn dispatch(
    ports: &DispatchPorts<'_>,
    from: &SendingTenant,
    content: &MailContent,
    send: &ClaimedSend,
) -> StoreResult<Dispatched> {
    let Some(lead) = ports.leads.find(from.tenant, send.lead)? else {
        return record(ports, from, send, SendRecord::Skipped(SkipReason::LeadGone));
    };
    let composed = match compose_for(ports, from, content, send, &lead) {
        Ok(composed) => composed,
        Err(error) => {
            let reason = error.to_string();
            return record(ports, from, send, SendRecord::Failed { reason });
        }
    };
    let note = DispatchNote {
        provider: ports.mailer.kind(),
        subject: composed.mail.subject.clone(),
        content_hash: composed.content_hash,
        tracked: content.tracking && send.may_track,
    };
    let now = (ports.clock)().now;
    let gate = ports
        .log
        .begin_dispatch(from.tenant, &send.key, &note, DISPATCH_LEASE, now)?;
    match gate {
        DispatchGate::Go => {}
        DispatchGate::Lost => return Ok(Dispatched::Lost),
        DispatchGate::Skipped(reason) => {
            return Ok(Dispatched::Recorded(SendRecord::Skipped(reason)));
        }
    }
    hand_over(ports, from, send, &composed)
}

fn compose_for(
    ports: &DispatchPorts<'_>,
    from: &SendingTenant,
    content: &MailContent,
    send: &ClaimedSend,
    lead: &Lead,
) -> Result<Composed, super::ComposeError> {
    let composition = Composition {
        identity: MailIdentity {
            tenant: from.tenant,
            mail: send.mail(),
            at: (ports.clock)().now,
        },
        lead,
        sender: &from.sender,
        source: &content.source,
        tracking: content.tracking && send.may_track,
        opens: from.opens,
        honeypot: from.honeypot,
        locale: from.locale,
    };
    compose(ports.renderer, ports.links, &composition)
}

fn hand_over(
    ports: &DispatchPorts<'_>,
    from: &SendingTenant,
    send: &ClaimedSend,
    composed: &Composed,
) -> StoreResult<Dispatched> {
    use super::SendOutcome as Outcome;
    let outcome = ports.mailer.send(&composed.mail);
    let refused = match &outcome {
        Outcome::ProviderRefused { reason } => Some(reason.clone()),
        Outcome::Accepted { .. }
        | Outcome::Rejected { .. }
        | Outcome::Deferred { .. }
        | Outcome::Unknown { .. } => None,
    };
    let now = (ports.clock)().now;
    let recorded = record(
        ports,
        from,
        send,
        after_outcome(send.key.id, send.attempts, outcome, now),
    )?;
    Ok(refused.map_or(recorded, Dispatched::ProviderRefused))
}

fn record(
    ports: &DispatchPorts<'_>,
    from: &SendingTenant,
    send: &ClaimedSend,
    record: SendRecord,
) -> StoreResult<Dispatched> {
    let held = ports
        .log
        .record(from.tenant, &send.key, &record, (ports.clock)())?;
    Ok(if held {
        Dispatched::Recorded(record)
    } else {
        Dispatched::Lost
    })
}
