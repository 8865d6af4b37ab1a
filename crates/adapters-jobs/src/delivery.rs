//! Sending what is due.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::{
    ClaimedSend, DispatchPorts, Dispatched, MailContent, Mailer, MailersError, Recovered,
    SendRecord, SendingTenant, dispatch,
};
use domain::ids::{ContentId, TenantId};
use domain::leads::AsOf;
use domain::store::{StoreError, StoreResult};
use domain::tenancy::Tenant;

use crate::{Ports, Stop, Turn};

/// Mails that a worker takes at once; small, so that tenants take turns.
const BATCH: u32 = 50;
/// How long a worker may hold mails that it has not begun to send.
const CLAIM_LEASE: TimeDelta = TimeDelta::minutes(10);
/// How long a tenant waits after its provider refused the credentials or its settings were wrong.
const PAUSE: TimeDelta = TimeDelta::minutes(5);

/// Sends for every tenant in turn. Several threads may share one.
#[derive(Debug, Default)]
pub struct Sender {
    /// Tenants for whom nothing is tried before that time. Only spares needless tries; losing it
    /// loses nothing.
    pauses: Mutex<BTreeMap<TenantId, DateTime<Utc>>>,
}

/// One tenant's batch.
struct Batch<'a> {
    ports: &'a Ports,
    tenant: &'a Tenant,
    from: SendingTenant,
    mailer: &'a dyn Mailer,
    contents: BTreeMap<ContentId, Option<MailContent>>,
}

impl Sender {
    /// One batch for each tenant that has something due. One tenant's trouble does not stop the
    /// others.
    ///
    /// # Errors
    /// `Unavailable` if the storage is away.
    pub fn turn(&self, ports: &Ports, stop: &Stop) -> StoreResult<Turn> {
        let mut turn = Turn::Idle;
        for tenant in ports.tenants.list()? {
            if stop.is_set() {
                break;
            }
            if self.is_paused(tenant.id, (ports.clock)()) {
                continue;
            }
            match self.send_for(ports, stop, &tenant) {
                Ok(Turn::Worked) => turn = Turn::Worked,
                Ok(Turn::Idle) => {}
                Err(MailersError::Store(error @ StoreError::Unavailable(_))) => return Err(error),
                Err(error) => {
                    tracing::error!(tenant = %tenant.id, %error, "the tenant's mail cannot be sent");
                    self.pause(tenant.id, (ports.clock)() + PAUSE);
                }
            }
        }
        Ok(turn)
    }

    fn send_for(&self, ports: &Ports, stop: &Stop, tenant: &Tenant) -> Result<Turn, MailersError> {
        recover(ports, tenant.id)?;
        // Spares looking for a mailer where there is nothing to send.
        if !ports.log.is_any_due(tenant.id, (ports.clock)())? {
            return Ok(Turn::Idle);
        }
        let settings = ports.settings.provider(tenant.id)?;
        let mailer = ports.mailers.mailer_of(tenant.id)?;
        let mut batch = Batch {
            ports,
            tenant,
            from: SendingTenant {
                tenant: tenant.id,
                sender: ports.settings.sender_profile(tenant.id)?,
                opens: settings.provider.opens(),
                honeypot: settings.honeypot,
                locale: tenant.locale,
            },
            mailer: &*mailer,
            contents: BTreeMap::new(),
        };
        let now = (ports.clock)();
        let claimed = ports.log.claim_due(tenant.id, BATCH, CLAIM_LEASE, now)?;
        for (done, send) in claimed.iter().enumerate() {
            if stop.is_set() {
                batch.give_back(&claimed[done..], now, "the worker was stopped")?;
                break;
            }
            if let Some((until, reason)) = batch.send(send)? {
                tracing::warn!(tenant = %tenant.id, %until, reason, "sending pauses");
                self.pause(tenant.id, until);
                batch.give_back(&claimed[done + 1..], until, &reason)?;
                break;
            }
        }
        Ok(if claimed.is_empty() {
            Turn::Idle
        } else {
            Turn::Worked
        })
    }

    fn is_paused(&self, tenant: TenantId, now: DateTime<Utc>) -> bool {
        let mut pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        pauses.retain(|_, until| *until > now);
        pauses.contains_key(&tenant)
    }

    fn pause(&self, tenant: TenantId, until: DateTime<Utc>) {
        let mut pauses = self.pauses.lock().unwrap_or_else(PoisonError::into_inner);
        pauses.insert(tenant, until);
    }
}

fn recover(ports: &Ports, tenant: TenantId) -> StoreResult<()> {
    let recovered = ports.log.recover_expired(tenant, (ports.clock)())?;
    if recovered != Recovered::default() {
        let Recovered { requeued, unknown } = recovered;
        tracing::warn!(%tenant, requeued, unknown, "mails of a vanished worker were recovered");
    }
    Ok(())
}

impl Batch<'_> {
    fn as_of(&self) -> AsOf {
        AsOf::new((self.ports.clock)(), self.tenant.time_zone)
    }

    /// `Some` if the provider wants, or deserves, a pause until then.
    fn send(&mut self, send: &ClaimedSend) -> StoreResult<Option<(DateTime<Utc>, String)>> {
        let Some(content) = self.content_of(send)? else {
            let reason = "the content of the mail is gone".to_owned();
            let failed = SendRecord::Failed { reason };
            self.record(send, &failed)?;
            return Ok(None);
        };
        let clock = || self.as_of();
        let ports = DispatchPorts {
            leads: &*self.ports.leads,
            log: &*self.ports.log,
            renderer: &*self.ports.renderer,
            links: &*self.ports.links,
            mailer: self.mailer,
            clock: &clock,
        };
        Ok(match dispatch(&ports, &self.from, &content, send)? {
            Dispatched::ProviderRefused(reason) => Some((self.as_of().now + PAUSE, reason)),
            // A try that does not count is one that the provider told us to make later.
            Dispatched::Recorded(SendRecord::RetryAt {
                at,
                reason,
                attempts,
            }) if attempts == send.attempts => Some((at, reason)),
            Dispatched::Recorded(_) | Dispatched::Lost => None,
        })
    }

    fn content_of(&mut self, send: &ClaimedSend) -> StoreResult<Option<MailContent>> {
        if let Some(content) = self.contents.get(&send.content) {
            return Ok(content.clone());
        }
        let content = self.ports.contents.content(self.tenant.id, send.content)?;
        self.contents.insert(send.content, content.clone());
        Ok(content)
    }

    /// Lets mails that were claimed and not begun wait until then.
    fn give_back(
        &self,
        sends: &[ClaimedSend],
        until: DateTime<Utc>,
        reason: &str,
    ) -> StoreResult<()> {
        for send in sends {
            let waiting = SendRecord::RetryAt {
                at: until,
                reason: reason.to_owned(),
                attempts: send.attempts,
            };
            self.record(send, &waiting)?;
        }
        Ok(())
    }

    fn record(&self, send: &ClaimedSend, record: &SendRecord) -> StoreResult<bool> {
        let log = &*self.ports.log;
        log.record(self.tenant.id, &send.key, record, self.as_of())
    }
}
