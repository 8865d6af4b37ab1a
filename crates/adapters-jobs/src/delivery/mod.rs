//! Sending what is due.

mod batch;
mod slots;
mod watch;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::{
    ClaimTerms, ClaimedSend, Closed, MOST_IN_FLIGHT, MailersError, Recovered, SenderProfile,
};
use domain::ids::TenantId;
use domain::store::{StoreError, StoreResult};
use domain::tenancy::Tenant;

use self::batch::Batch;
use self::slots::Slots;
use crate::{Ports, Stop, Turn};

pub use watch::watch_sending;

/// Mails that a worker takes at once; few enough that tenants take turns.
const CLAIM: u32 = 16 * MOST_IN_FLIGHT as u32;
/// Mails in flight for each call at a time: who has the last place waits for so many calls, which
/// has to end before the mail's lease does.
const QUEUE_PER_CALL: usize = 5;
/// How long a worker may hold mails that it has not begun to send.
const CLAIM_LEASE: TimeDelta = TimeDelta::minutes(10);
/// How long a tenant waits after its provider refused the credentials or its settings were wrong.
const PAUSE: TimeDelta = TimeDelta::minutes(5);

/// Sends for every tenant in turn. Several threads may share one.
#[derive(Debug)]
pub struct Sender {
    /// Tenants for whom nothing is tried before that time. Only spares needless tries; losing it
    /// loses nothing.
    pauses: Mutex<BTreeMap<TenantId, DateTime<Utc>>>,
    /// Mails between their intent and their outcome.
    in_flight: Slots,
    /// Calls of providers.
    calls: Slots,
}

impl Default for Sender {
    /// As many calls at a time as there may be mails in flight.
    fn default() -> Self {
        Self::new(MOST_IN_FLIGHT)
    }
}

impl Sender {
    /// One that has at most so many mails with providers at the same time, and never more than
    /// [`MOST_IN_FLIGHT`] that may be with them.
    #[must_use]
    pub fn new(calls: usize) -> Self {
        Self {
            pauses: Mutex::default(),
            in_flight: Slots::new(MOST_IN_FLIGHT.min(calls.saturating_mul(QUEUE_PER_CALL))),
            calls: Slots::new(calls),
        }
    }

    /// One claim for each tenant that has something due. One tenant's trouble does not stop the
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
        let profile = ports.settings.sender_profile(tenant.id)?;
        let Some(terms) = terms(ports, tenant, &profile)? else {
            return Ok(Turn::Idle);
        };
        let settings = ports.settings.provider(tenant.id)?;
        let mailer = ports.mailers.mailer_of(tenant.id)?;
        let mut batch = Batch::new(ports, tenant, profile, &settings, &*mailer, &self.calls);
        let claimed = ports.log.claim_due(tenant.id, &terms)?;
        self.send_all(stop, &mut batch, &claimed)?;
        Ok(if claimed.is_empty() {
            Turn::Idle
        } else {
            Turn::Worked
        })
    }

    fn send_all(
        &self,
        stop: &Stop,
        batch: &mut Batch<'_>,
        mut waiting: &[ClaimedSend],
    ) -> StoreResult<()> {
        while !waiting.is_empty() {
            if stop.is_set() {
                let now = batch.as_of().now;
                return batch.give_back(waiting, now, "the worker was stopped");
            }
            // While the provider has one half, the intents of the other are written.
            let half = self.in_flight.count().div_ceil(2).min(waiting.len());
            let (next, rest) = waiting.split_at(half);
            let pause = batch.send(next, &self.in_flight)?;
            if let Some((until, reason)) = pause {
                let tenant = batch.tenant();
                tracing::warn!(%tenant, %until, reason, "sending pauses");
                self.pause(tenant, until);
                return batch.give_back(rest, until, &reason);
            }
            waiting = rest;
        }
        Ok(())
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

/// What may be claimed now; `None`: nothing.
fn terms(
    ports: &Ports,
    tenant: &Tenant,
    profile: &SenderProfile,
) -> StoreResult<Option<ClaimTerms>> {
    let terms = ClaimTerms::new(CLAIM, CLAIM_LEASE, (ports.clock)());
    let domain = profile
        .from_address
        .as_ref()
        .map(|address| address.domain());
    let policy = ports.settings.sending_policy(tenant.id)?;
    match policy.terms(terms, domain, tenant.time_zone) {
        Ok(terms) => Ok(Some(terms)),
        Err(Closed::Halted(_) | Closed::Until(_)) => Ok(None),
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
