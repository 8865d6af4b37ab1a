//! Claimed sends, from the claim to their records.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::calls::call_all;
use super::{
    ClaimedSend, Composed, Composition, DispatchGate, DispatchNote, MailContent, MailIdentity,
    MailLinks, Mailer, OpenSource, SendLog, SendOutcome, SendRecord, SenderProfile, SkipReason,
    after_outcome, compose,
};
use crate::content::MailRenderer;
use crate::ids::{LeadId, TenantId};
use crate::leads::{AsOf, Lead, LeadStore};
use crate::store::StoreResult;
use crate::tenancy::Locale;

/// Mails that one process may have with providers at the same time: as many as nobody knows about
/// after it died.
pub const MOST_IN_FLIGHT: usize = 16;

/// How long a batch may take before its worker counts as vanished. Longer than a few network
/// deadlines of a mailer, one after the other.
const DISPATCH_LEASE: TimeDelta = TimeDelta::minutes(10);

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
    /// How many of its calls are made at the same time.
    pub calls: usize,
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

/// A claimed send with what it says.
#[derive(Clone, Copy, Debug)]
pub struct Due<'a> {
    /// The send.
    pub send: &'a ClaimedSend,
    /// What it says.
    pub content: &'a MailContent,
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

/// How far a send has come.
enum Stage {
    Composed(Box<Composed>),
    /// The provider may have it.
    Called(SendOutcome),
    /// It ends so, once that is written down.
    Ends(SendRecord),
    Over(Dispatched),
}

/// Claimed mails as they would go out.
pub struct ComposedBatch<'a> {
    batch: &'a [Due<'a>],
    stages: Vec<Stage>,
}

/// Composes claimed mails: at most [`MOST_IN_FLIGHT`]. Nothing is written down yet.
///
/// # Errors
/// Only those of the storage.
pub fn compose_batch<'a>(
    ports: &DispatchPorts<'_>,
    from: &SendingTenant,
    batch: &'a [Due<'a>],
) -> StoreResult<ComposedBatch<'a>> {
    let ids: Vec<LeadId> = batch.iter().map(|due| due.send.lead).collect();
    let leads = ports.leads.find_many(from.tenant, &ids)?;
    let leads: BTreeMap<LeadId, Lead> = leads.into_iter().map(|lead| (lead.id, lead)).collect();
    let stages = batch
        .iter()
        .map(|due| compose_for(ports, from, due, leads.get(&due.send.lead)))
        .collect();
    Ok(ComposedBatch { batch, stages })
}

impl ComposedBatch<'_> {
    /// Commits that the provider is about to be called, calls it, and records; the answers are in
    /// the order of the mails.
    ///
    /// One transaction each writes the intents and the outcomes, and none is open while the provider
    /// is called; if this process dies there, the sends become unknown, never doubled.
    ///
    /// # Errors
    /// Only those of the storage. Before the calls the claims simply run out; after them the sends
    /// become unknown, and reports settle them.
    pub fn dispatch(
        mut self,
        ports: &DispatchPorts<'_>,
        from: &SendingTenant,
    ) -> StoreResult<Vec<Dispatched>> {
        ask(ports, from, self.batch, &mut self.stages)?;
        hand_over(ports, &mut self.stages);
        write_down(ports, from, self.batch, self.stages)
    }
}

fn compose_for(
    ports: &DispatchPorts<'_>,
    from: &SendingTenant,
    due: &Due<'_>,
    lead: Option<&Lead>,
) -> Stage {
    let Some(lead) = lead else {
        return Stage::Ends(SendRecord::Skipped(SkipReason::LeadGone));
    };
    let composition = Composition {
        identity: MailIdentity {
            tenant: from.tenant,
            mail: due.send.mail(),
            at: (ports.clock)().now,
        },
        lead,
        sender: &from.sender,
        source: &due.content.source,
        tracking: due.content.tracking && due.send.may_track,
        opens: from.opens,
        honeypot: from.honeypot,
        locale: from.locale,
    };
    match compose(ports.renderer, ports.links, &composition) {
        Ok(composed) => Stage::Composed(Box::new(composed)),
        Err(error) => Stage::Ends(SendRecord::Failed {
            reason: error.to_string(),
        }),
    }
}

/// Commits which of the composed mails the provider is about to be called for.
fn ask(
    ports: &DispatchPorts<'_>,
    from: &SendingTenant,
    batch: &[Due<'_>],
    stages: &mut [Stage],
) -> StoreResult<()> {
    let (mut places, mut notes) = (Vec::new(), Vec::new());
    for (place, (due, stage)) in batch.iter().zip(&*stages).enumerate() {
        if let Stage::Composed(composed) = stage {
            places.push(place);
            notes.push(DispatchNote {
                send: due.send.key,
                provider: ports.mailer.kind(),
                subject: composed.mail.subject.clone(),
                content_hash: composed.content_hash,
                tracked: due.content.tracking && due.send.may_track,
            });
        }
    }
    if notes.is_empty() {
        return Ok(());
    }
    let now = (ports.clock)().now;
    let gates = ports
        .log
        .begin_dispatch(from.tenant, &notes, DISPATCH_LEASE, now)?;
    for (place, gate) in places.into_iter().zip(gates) {
        match gate {
            DispatchGate::Go => {}
            DispatchGate::Lost => stages[place] = Stage::Over(Dispatched::Lost),
            DispatchGate::Skipped(reason) => {
                let skipped = Dispatched::Recorded(SendRecord::Skipped(reason));
                stages[place] = Stage::Over(skipped);
            }
        }
    }
    Ok(())
}

/// Calls the provider for what is still composed.
fn hand_over(ports: &DispatchPorts<'_>, stages: &mut [Stage]) {
    let mails: Vec<_> = stages
        .iter()
        .filter_map(|stage| match stage {
            Stage::Composed(composed) => Some(&composed.mail),
            Stage::Called(_) | Stage::Ends(_) | Stage::Over(_) => None,
        })
        .collect();
    let outcomes = call_all(ports.mailer, &mails, ports.calls);
    let called = stages
        .iter_mut()
        .filter(|stage| matches!(stage, Stage::Composed(_)));
    for (stage, outcome) in called.zip(outcomes) {
        *stage = Stage::Called(outcome);
    }
}

/// Records what is not over yet.
fn write_down(
    ports: &DispatchPorts<'_>,
    from: &SendingTenant,
    batch: &[Due<'_>],
    stages: Vec<Stage>,
) -> StoreResult<Vec<Dispatched>> {
    let as_of = (ports.clock)();
    let (mut places, mut records) = (Vec::new(), Vec::new());
    let mut dispatched = Vec::with_capacity(stages.len());
    for (place, (due, stage)) in batch.iter().zip(stages).enumerate() {
        let (record, said) = match stage {
            Stage::Over(over) => {
                dispatched.push(over);
                continue;
            }
            Stage::Ends(record) => (record.clone(), Dispatched::Recorded(record)),
            Stage::Called(outcome) => after_call(due.send, outcome, as_of),
            // Only what the provider was not called for is still composed: it was lost.
            Stage::Composed(_) => {
                dispatched.push(Dispatched::Lost);
                continue;
            }
        };
        places.push(place);
        records.push((due.send.key, record));
        dispatched.push(said);
    }
    if records.is_empty() {
        return Ok(dispatched);
    }
    let held = ports.log.record(from.tenant, &records, as_of)?;
    for (place, is_held) in places.into_iter().zip(held) {
        let is_refusal = matches!(dispatched[place], Dispatched::ProviderRefused(_));
        if !is_held && !is_refusal {
            dispatched[place] = Dispatched::Lost;
        }
    }
    Ok(dispatched)
}

fn after_call(send: &ClaimedSend, outcome: SendOutcome, as_of: AsOf) -> (SendRecord, Dispatched) {
    let refused = match &outcome {
        SendOutcome::ProviderRefused { reason } => Some(reason.clone()),
        SendOutcome::Accepted { .. }
        | SendOutcome::Rejected { .. }
        | SendOutcome::Deferred { .. }
        | SendOutcome::Unknown { .. } => None,
    };
    let record = after_outcome(send.key.id, send.attempts, outcome, as_of.now);
    let said = refused.map_or_else(
        || Dispatched::Recorded(record.clone()),
        Dispatched::ProviderRefused,
    );
    (record, said)
}
