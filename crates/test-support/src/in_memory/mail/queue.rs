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

/// Why a mail does not go out now.
enum Stop {
    Skip(SkipReason),
    /// It waits until then.
    Wait(SkipReason, DateTime<Utc>),
}

impl InMemoryMail {
    /// Why a send to this lead must not go out.
    fn stop_of(
        &self,
        state: &State,
        tenant: TenantId,
        send: &StoredSend,
        now: DateTime<Utc>,
    ) -> StoreResult<Option<Stop>> {
        let Some(lead) = self.leads.find(tenant, send.send.lead)? else {
            return Ok(Some(Stop::Skip(SkipReason::LeadGone)));
        };
        let is_over = send.expires_at.is_some_and(|end| end <= now);
        let stop = state.stop(tenant, &lead.email, now);
        let stop = stop.or(is_over.then_some(SkipReason::TooLate));
        Ok(stop
            .map(Stop::Skip)
            .or_else(|| state.withheld(tenant, send, now)))
    }
}

impl State {
    fn withheld(&self, tenant: TenantId, stored: &StoredSend, now: DateTime<Utc>) -> Option<Stop> {
        let (lead, broadcast) = (stored.send.lead, stored.send.broadcast);
        let withheld = self.privacy.withhold(tenant, lead, broadcast, now)?;
        let goes_on_at = withheld
            .step_goes_on_at(now)
            .filter(|_| broadcast.is_none());
        Some(match goes_on_at {
            Some(at) => Stop::Wait(withheld.reason(), at),
            None => Stop::Skip(withheld.reason()),
        })
    }

    fn is_sending(&self, tenant: TenantId, broadcast: Option<BroadcastId>) -> bool {
        broadcast.is_none_or(|id| {
            self.broadcasts
                .get(&(tenant, id))
                .is_some_and(|broadcast| broadcast.status == BroadcastStatus::Sending)
        })
    }

    fn is_cancelled(&self, tenant: TenantId, send: SendId) -> bool {
        let stored = self.sends.get(&(tenant, send));
        let broadcast = stored.and_then(|stored| stored.send.broadcast);
        broadcast
            .and_then(|id| self.broadcasts.get(&(tenant, id)))
            .is_some_and(|broadcast| broadcast.status == BroadcastStatus::Cancelled)
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
            .map(|((_, id), stored)| {
                let is_of_broadcast = stored.send.broadcast.is_some();
                (is_of_broadcast, stored.send.next_attempt_at, *id)
            })
            .collect();
        due.sort_unstable();
        due.into_iter().map(|(_, _, id)| id).collect()
    }

    /// What the hour leaves of the tenant's limit, at most `wanted`.
    fn room(&self, tenant: TenantId, wanted: u32, now: DateTime<Utc>) -> usize {
        let provider = self.providers.get(&tenant);
        let Some(limit) = provider.and_then(|settings| settings.hourly_limit) else {
            return wanted as usize;
        };
        let hour_ago = now - TimeDelta::hours(1);
        let counts = |send: &Send| match send.state {
            SendState::Claimed | SendState::Dispatching | SendState::Unknown => true,
            SendState::Queued
            | SendState::Accepted
            | SendState::RetryWait
            | SendState::Failed
            | SendState::Skipped
            | SendState::Delivered
            | SendState::Bounced
            | SendState::Complained => send.accepted_at.is_some_and(|at| at > hour_ago),
        };
        let sends = self.sends.iter();
        let taken = sends.filter(|((owner, _), stored)| *owner == tenant && counts(&stored.send));
        (limit as usize)
            .saturating_sub(taken.count())
            .min(wanted as usize)
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
    fn is_any_due(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<bool> {
        Ok(!self.state().due(tenant, now).is_empty())
    }

    fn claim_due(
        &self,
        tenant: TenantId,
        limit: u32,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<ClaimedSend>> {
        let mut state = self.state();
        let mut claimed = Vec::new();
        let room = state.room(tenant, limit, now);
        for id in state.due(tenant, now).into_iter().take(room) {
            let Some(due) = state.sends.get(&(tenant, id)) else {
                continue;
            };
            let stop = self.stop_of(&state, tenant, due, now)?;
            let may_track = state.privacy.allows_tracking(tenant, due.send.lead);
            let Some(stored) = state.sends.get_mut(&(tenant, id)) else {
                continue;
            };
            let (Some(source), Some(content)) = (stored.send.source(), stored.send.content) else {
                continue;
            };
            match stop {
                Some(Stop::Skip(reason)) => stored.skip(reason),
                Some(Stop::Wait(reason, at)) => {
                    stored.becomes(SendState::RetryWait, Some(reason.as_str().to_owned()));
                    stored.send.next_attempt_at = Some(at);
                }
                None => {
                    stored.hold(SendState::Claimed, now + lease);
                    claimed.push(ClaimedSend {
                        key: stored.send.key,
                        lead: stored.send.lead,
                        source,
                        content,
                        template: stored.send.template,
                        attempts: stored.send.attempts,
                        may_track,
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
        let Some(held) = held else {
            return Ok(DispatchGate::Lost);
        };
        let stop = state
            .is_cancelled(tenant, send.id)
            .then_some(Stop::Skip(SkipReason::Cancelled))
            .or(self.stop_of(&state, tenant, held, now)?);
        let is_unasked = note.tracked && !state.privacy.allows_tracking(tenant, held.send.lead);
        let Some(stored) = state.sends.get_mut(&(tenant, send.id)) else {
            return Ok(DispatchGate::Lost);
        };
        if matches!(stop, Some(Stop::Wait(..))) || (stop.is_none() && is_unasked) {
            stored.becomes(SendState::Queued, None);
            stored.send.next_attempt_at = Some(now);
            return Ok(DispatchGate::Lost);
        }
        if let Some(Stop::Skip(reason)) = stop {
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
