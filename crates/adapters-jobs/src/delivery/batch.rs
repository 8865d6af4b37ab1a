//! One tenant's claimed mails.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::delivery::{
    ClaimedSend, DispatchPorts, Dispatched, Due, MailContent, Mailer, OutgoingMail, ProviderKind,
    ProviderSettings, SendOutcome, SendRecord, SenderProfile, SendingTenant, compose_batch,
};
use domain::ids::{ContentId, TenantId};
use domain::leads::AsOf;
use domain::store::StoreResult;
use domain::tenancy::Tenant;

use super::PAUSE;
use super::slots::Slots;
use crate::Ports;

pub(super) struct Batch<'a> {
    ports: &'a Ports,
    tenant: &'a Tenant,
    from: SendingTenant,
    mailer: Patient<'a>,
    contents: BTreeMap<ContentId, Option<MailContent>>,
}

/// Until when a provider wants, or deserves, a pause, and why.
type Pause = (DateTime<Utc>, String);

impl<'a> Batch<'a> {
    pub(super) fn new(
        ports: &'a Ports,
        tenant: &'a Tenant,
        sender: SenderProfile,
        settings: &ProviderSettings,
        mailer: &'a dyn Mailer,
        calls: &'a Slots,
    ) -> Self {
        Self {
            ports,
            tenant,
            from: SendingTenant {
                tenant: tenant.id,
                sender,
                opens: settings.provider.opens(),
                honeypot: settings.honeypot,
                locale: tenant.locale,
            },
            mailer: Patient { mailer, calls },
            contents: BTreeMap::new(),
        }
    }

    pub(super) fn tenant(&self) -> TenantId {
        self.tenant.id
    }

    pub(super) fn as_of(&self) -> AsOf {
        AsOf::new((self.ports.clock)(), self.tenant.time_zone)
    }

    /// Composes these, waits for room among the mails in flight, and sends.
    pub(super) fn send(
        &mut self,
        sends: &[ClaimedSend],
        in_flight: &Slots,
    ) -> StoreResult<Option<Pause>> {
        let mut gone = Vec::new();
        for send in sends {
            if self.read_content(send)?.is_none() {
                let reason = "the content of the mail is gone".to_owned();
                gone.push((send.key, SendRecord::Failed { reason }));
            }
        }
        if !gone.is_empty() {
            self.ports.log.record(self.tenant.id, &gone, self.as_of())?;
        }
        let due = sends.iter().filter_map(|send| {
            let content = self.contents.get(&send.content)?.as_ref()?;
            Some(Due { send, content })
        });
        let due: Vec<Due<'_>> = due.collect();
        let clock = || self.as_of();
        let ports = DispatchPorts {
            leads: &*self.ports.leads,
            log: &*self.ports.log,
            renderer: &*self.ports.renderer,
            links: &*self.ports.links,
            mailer: &self.mailer,
            calls: self.mailer.calls.count(),
            clock: &clock,
        };
        let composed = compose_batch(&ports, &self.from, &due)?;
        let room = in_flight.take(due.len());
        let ends = composed.dispatch(&ports, &self.from)?;
        drop(room);
        let now = self.as_of().now;
        let pauses = due
            .iter()
            .zip(ends)
            .filter_map(|(due, end)| pause_after(due.send, end, now));
        Ok(pauses.max_by_key(|(until, _)| *until))
    }

    fn read_content(&mut self, send: &ClaimedSend) -> StoreResult<Option<&MailContent>> {
        if !self.contents.contains_key(&send.content) {
            let content = self.ports.contents.content(self.tenant.id, send.content)?;
            self.contents.insert(send.content, content);
        }
        Ok(self.contents.get(&send.content).and_then(Option::as_ref))
    }

    /// Lets mails that were claimed and not begun wait until then.
    pub(super) fn give_back(
        &self,
        sends: &[ClaimedSend],
        until: DateTime<Utc>,
        reason: &str,
    ) -> StoreResult<()> {
        let waiting = |send: &ClaimedSend| {
            let record = SendRecord::GivenBack {
                at: until,
                reason: reason.to_owned(),
            };
            (send.key, record)
        };
        let records: Vec<_> = sends.iter().map(waiting).collect();
        let log = &*self.ports.log;
        log.record(self.tenant.id, &records, self.as_of()).map(drop)
    }
}

fn pause_after(send: &ClaimedSend, end: Dispatched, now: DateTime<Utc>) -> Option<Pause> {
    match end {
        Dispatched::ProviderRefused(reason) => Some((now + PAUSE, reason)),
        // A try that does not count is one that the provider told us to make later.
        Dispatched::Recorded(SendRecord::RetryAt {
            at,
            reason,
            attempts,
        }) if attempts == send.attempts => Some((at, reason)),
        Dispatched::Recorded(_) | Dispatched::Lost => None,
    }
}

/// Calls a provider only when there is room for another call.
struct Patient<'a> {
    mailer: &'a dyn Mailer,
    calls: &'a Slots,
}

impl Mailer for Patient<'_> {
    fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        let _call = self.calls.take(1);
        self.mailer.send(mail)
    }

    fn kind(&self) -> ProviderKind {
        self.mailer.kind()
    }
}
