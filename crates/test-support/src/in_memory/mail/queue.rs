use chrono::{DateTime, TimeDelta, Utc};
use domain::campaigns::BroadcastStatus;
use domain::delivery::{
    ClaimedSend, DispatchGate, DispatchNote, Recovered, Send, SendHistory, SendKey, SendLog,
    SendRecord, SendState, SkipReason,
};
use domain::ids::{BroadcastId, LeadId, SendId, TenantId};
use domain::leads::AsOf;
use domain::store::StoreResult;

use super::{InMemoryMail, State, StoredSend};

impl InMemoryMail {
    /// Why a send to this lead must not go out.
    fn stop_of(
        &self,
        state: &State,
        tenant: TenantId,
        lead: LeadId,
        now: DateTime<Utc>,
    ) -> StoreResult<Option<SkipReason>> {
        let Some(lead) = self.leads.find(tenant, lead)? else {
            return Ok(Some(SkipReason::LeadGone));
        };
        Ok(state.stop(tenant, &lead.email, now))
    }
}

impl State {
    fn is_sending(&self, tenant: TenantId, broadcast: Option<BroadcastId>) -> bool {
        broadcast.is_none_or(|id| {
            self.broadcasts
                .get(&(tenant, id))
                .is_some_and(|stored| stored.broadcast.status == BroadcastStatus::Sending)
        })
    }

    fn is_cancelled(&self, tenant: TenantId, send: SendId) -> bool {
        let stored = self.sends.get(&(tenant, send));
        let broadcast = stored.and_then(|stored| stored.send.broadcast);
        broadcast
            .and_then(|id| self.broadcasts.get(&(tenant, id)))
            .is_some_and(|stored| stored.broadcast.status == BroadcastStatus::Cancelled)
    }

    fn due(&self, tenant: TenantId, now: DateTime<Utc>) -> Vec<SendId> {
        let mut due: Vec<_> = self
            .sends
            .iter()
            .filter(|((owner, _), stored)| {
                *owner == tenant
                    && matches!(stored.send.state, SendState::Queued | SendState::RetryWait)
                    && stored.send.next_attempt_at.is_none_or(|at| at <= now)
                    && self.is_sending(tenant, stored.send.broadcast)
            })
            .map(|((_, id), stored)| (stored.send.next_attempt_at, *id))
            .collect();
        due.sort_unstable();
        due.into_iter().map(|(_, id)| id).collect()
    }
}

impl StoredSend {
    pub(super) fn becomes(&mut self, state: SendState, reason: Option<String>) {
        self.send.state = state;
        self.send.state_reason = reason;
        self.lease_until = None;
        self.send.next_attempt_at = None;
    }

    fn skip(&mut self, reason: SkipReason) {
        self.becomes(SendState::Skipped, Some(reason.as_str().to_owned()));
    }

    fn hold(&mut self, state: SendState, until: DateTime<Utc>) {
        self.becomes(state, None);
        self.lease_until = Some(until);
    }

    fn record(&mut self, record: &SendRecord, now: DateTime<Utc>) {
        match record {
            SendRecord::Accepted {
                provider_message_id,
            } => {
                self.becomes(SendState::Accepted, None);
                self.send.accepted_at = Some(now);
                self.provider_message_id = Some(provider_message_id.clone());
            }
            SendRecord::Failed { reason } => self.becomes(SendState::Failed, Some(reason.clone())),
            SendRecord::RetryAt {
                at,
                reason,
                attempts,
            } => {
                self.becomes(SendState::RetryWait, Some(reason.clone()));
                self.send.next_attempt_at = Some(*at);
                self.send.attempts = *attempts;
            }
            SendRecord::Unknown { reason } => {
                self.becomes(SendState::Unknown, Some(reason.clone()));
            }
            SendRecord::Skipped(reason) => self.skip(*reason),
        }
    }
}

impl SendLog for InMemoryMail {
    fn claim_due(
        &self,
        tenant: TenantId,
        limit: u32,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<ClaimedSend>> {
        let mut state = self.state();
        let mut claimed = Vec::new();
        for id in state.due(tenant, now).into_iter().take(limit as usize) {
            let Some(lead) = state
                .sends
                .get(&(tenant, id))
                .map(|stored| stored.send.lead)
            else {
                continue;
            };
            let stop = self.stop_of(&state, tenant, lead, now)?;
            let Some(stored) = state.sends.get_mut(&(tenant, id)) else {
                continue;
            };
            match stop {
                Some(reason) => stored.skip(reason),
                None => {
                    stored.hold(SendState::Claimed, now + lease);
                    claimed.push(ClaimedSend {
                        key: stored.send.key,
                        lead,
                        broadcast: stored.send.broadcast,
                        template: stored.send.template,
                        attempts: stored.send.attempts,
                    });
                }
            }
        }
        Ok(claimed)
    }

    fn begin_dispatch(
        &self,
        tenant: TenantId,
        send: &SendKey,
        note: &DispatchNote,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<DispatchGate> {
        let mut state = self.state();
        let held = state.sends.get(&(tenant, send.id)).filter(|stored| {
            stored.send.state == SendState::Claimed
                && stored.lease_until.is_some_and(|until| until > now)
        });
        let Some(lead) = held.map(|stored| stored.send.lead) else {
            return Ok(DispatchGate::Lost);
        };
        let stop = state
            .is_cancelled(tenant, send.id)
            .then_some(SkipReason::Cancelled)
            .or(self.stop_of(&state, tenant, lead, now)?);
        let Some(stored) = state.sends.get_mut(&(tenant, send.id)) else {
            return Ok(DispatchGate::Lost);
        };
        if let Some(reason) = stop {
            stored.skip(reason);
            return Ok(DispatchGate::Skipped(reason));
        }
        stored.hold(SendState::Dispatching, now + lease);
        stored.send.subject = Some(note.subject.clone());
        Ok(DispatchGate::Go)
    }

    fn record(
        &self,
        tenant: TenantId,
        send: &SendKey,
        record: &SendRecord,
        as_of: AsOf,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let Some(stored) = state.sends.get_mut(&(tenant, send.id)) else {
            return Ok(false);
        };
        let held = matches!(
            stored.send.state,
            SendState::Claimed | SendState::Dispatching
        );
        let settles = stored.send.state == SendState::Unknown
            && matches!(record, SendRecord::Accepted { .. });
        if held || settles {
            stored.record(record, as_of.now);
        }
        Ok(held || settles)
    }

    fn recover_expired(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<Recovered> {
        let mut state = self.state();
        let mut recovered = Recovered::default();
        let of_tenant = state
            .sends
            .iter_mut()
            .filter(|((owner, _), _)| *owner == tenant);
        for (_, stored) in of_tenant {
            if stored.lease_until.is_none_or(|until| until > now) {
                continue;
            }
            if stored.send.state == SendState::Claimed {
                stored.becomes(SendState::Queued, None);
                stored.send.next_attempt_at = Some(now);
                recovered.requeued += 1;
            } else {
                stored.becomes(SendState::Unknown, Some("worker lost".to_owned()));
                recovered.unknown += 1;
            }
        }
        Ok(recovered)
    }

    fn handed_over_since(&self, tenant: TenantId, since: DateTime<Utc>) -> StoreResult<u64> {
        let state = self.state();
        let handed_over = state.sends.iter().filter(|((owner, _), stored)| {
            *owner == tenant
                && (matches!(
                    stored.send.state,
                    SendState::Claimed | SendState::Dispatching
                ) || stored.send.accepted_at.is_some_and(|at| at > since))
        });
        Ok(handed_over.count() as u64)
    }

    fn resend_unknown(
        &self,
        tenant: TenantId,
        send: SendId,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let found = state.sends.get_mut(&(tenant, send));
        let Some(stored) = found.filter(|stored| stored.send.state == SendState::Unknown) else {
            return Ok(false);
        };
        stored.becomes(SendState::Queued, None);
        stored.send.next_attempt_at = Some(now);
        let broadcast = stored.send.broadcast;
        if let Some(id) = broadcast {
            state.reopen(tenant, id);
        }
        Ok(true)
    }
}

impl SendHistory for InMemoryMail {
    fn find(&self, tenant: TenantId, send: SendId) -> StoreResult<Option<Send>> {
        let state = self.state();
        let found = state.sends.get(&(tenant, send));
        Ok(found.map(|stored| stored.send.clone()))
    }

    fn of_lead(&self, tenant: TenantId, lead: LeadId, limit: u32) -> StoreResult<Vec<Send>> {
        let state = self.state();
        let mut sends: Vec<_> = state
            .sends
            .iter()
            .filter(|((owner, _), stored)| *owner == tenant && stored.send.lead == lead)
            .map(|(_, stored)| stored.send.clone())
            .collect();
        sends.sort_by_key(|send| std::cmp::Reverse((send.key.queued_at, send.key.id)));
        sends.truncate(limit as usize);
        Ok(sends)
    }

    fn of_broadcast(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        wanted: Option<SendState>,
        after: Option<SendId>,
        limit: u32,
    ) -> StoreResult<Vec<Send>> {
        let state = self.state();
        Ok(state
            .sends
            .iter()
            .filter(|((owner, id), stored)| {
                *owner == tenant
                    && stored.send.broadcast == Some(broadcast)
                    && wanted.is_none_or(|wanted| stored.send.state == wanted)
                    && after.is_none_or(|after| *id > after)
            })
            .take(limit as usize)
            .map(|(_, stored)| stored.send.clone())
            .collect())
    }
}
