use chrono::{DateTime, TimeDelta, Utc};
use domain::campaigns::{BroadcastStatus, CampaignStatus, EnrollmentStatus};
use domain::delivery::{
    ClaimTerms, ClaimedSend, DispatchGate, DispatchNote, Recovered, Send, SendKey, SendLog,
    SendRecord, SendState, SkipReason,
};
use domain::ids::{SendId, TenantId};
use domain::leads::AsOf;
use domain::store::StoreResult;

use super::{InMemoryMail, State, StoredSend};

/// Why a mail does not go out now.
pub(super) enum Stop {
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
        let stop = stop
            .or(state
                .has_left(tenant, &send.send)
                .then_some(SkipReason::CampaignStopped))
            .or(is_over.then_some(SkipReason::TooLate));
        Ok(stop
            .map(Stop::Skip)
            .or_else(|| state.withheld(tenant, send, now)))
    }

    fn gate(
        &self,
        state: &mut State,
        tenant: TenantId,
        note: &DispatchNote,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> StoreResult<DispatchGate> {
        let held = state.sends.get(&(tenant, note.send.id)).filter(|stored| {
            stored.send.state == SendState::Claimed
                && stored.lease_until.is_some_and(|until| until > now)
        });
        let Some(held) = held else {
            return Ok(DispatchGate::Lost);
        };
        let stop = state
            .is_cancelled(tenant, note.send.id)
            .then_some(Stop::Skip(SkipReason::Cancelled))
            .or(self.stop_of(state, tenant, held, now)?);
        let is_unasked = note.tracked && !state.privacy.allows_tracking(tenant, held.send.lead);
        let goes_back = is_unasked || state.is_held(tenant, &held.send);
        let Some(stored) = state.sends.get_mut(&(tenant, note.send.id)) else {
            return Ok(DispatchGate::Lost);
        };
        if matches!(stop, Some(Stop::Wait(..))) || (stop.is_none() && goes_back) {
            stored.becomes(SendState::Queued, None);
            stored.send.next_attempt_at = Some(now);
            return Ok(DispatchGate::Lost);
        }
        if let Some(Stop::Skip(reason)) = stop {
            stored.skip(reason);
            return Ok(DispatchGate::Skipped(reason));
        }
        stored.hold(SendState::Dispatching, until);
        stored.send.subject = Some(note.subject.clone());
        Ok(DispatchGate::Go)
    }
}

impl State {
    fn withheld(&self, tenant: TenantId, stored: &StoredSend, now: DateTime<Utc>) -> Option<Stop> {
        let (lead, broadcast) = (stored.send.lead, stored.send.broadcast);
        let source = stored.send.source();
        let withheld = self.privacy.withhold(tenant, lead, source, now)?;
        let goes_on_at = withheld
            .step_goes_on_at(now)
            .filter(|_| broadcast.is_none());
        Some(match goes_on_at {
            Some(at) => Stop::Wait(withheld.reason(), at),
            None => Stop::Skip(withheld.reason()),
        })
    }

    fn goes_out(&self, tenant: TenantId, send: &Send) -> bool {
        use BroadcastStatus::{Sending, Testing};
        let broadcast = send
            .broadcast
            .and_then(|id| self.broadcasts.get(&(tenant, id)));
        let campaign = send.campaign;
        let status = campaign.and_then(|id| self.automatic.status_of(tenant, id));
        match send.broadcast {
            Some(_) => broadcast.is_some_and(|it| matches!(it.status, Sending | Testing)),
            None => {
                status.is_none_or(|status| status == CampaignStatus::Active)
                    && !self.is_paused(tenant, send)
            }
        }
    }

    /// Staff have paused the person in the campaign.
    fn is_paused(&self, tenant: TenantId, send: &Send) -> bool {
        let standing = self.automatic.standing_of(tenant, send.key.id);
        standing == Some(EnrollmentStatus::Paused)
    }

    /// The person left the campaign before its end.
    fn has_left(&self, tenant: TenantId, send: &Send) -> bool {
        let standing = self.automatic.standing_of(tenant, send.key.id);
        standing.is_some_and(|standing| match standing {
            EnrollmentStatus::Exited | EnrollmentStatus::Unsubscribed => true,
            EnrollmentStatus::Active | EnrollmentStatus::Paused | EnrollmentStatus::Completed => {
                false
            }
        })
    }

    /// It was paused, or everything was stopped.
    fn is_held(&self, tenant: TenantId, send: &Send) -> bool {
        let broadcast = send
            .broadcast
            .and_then(|id| self.broadcasts.get(&(tenant, id)));
        let campaign = send.campaign;
        let status = campaign.and_then(|id| self.automatic.status_of(tenant, id));
        let policy = self.policies.get(&tenant);
        policy.is_some_and(|policy| policy.halt.is_some())
            || broadcast.is_some_and(|it| it.status == BroadcastStatus::Paused)
            || status == Some(CampaignStatus::Paused)
            || self.is_paused(tenant, send)
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
                    && stored.send.next_attempt_at.is_some_and(|at| at <= now)
                    && self.goes_out(tenant, &stored.send)
            })
            .map(|((_, id), stored)| {
                let is_of_broadcast = stored.send.broadcast.is_some();
                (is_of_broadcast, stored.send.next_attempt_at, *id)
            })
            .collect();
        due.sort_unstable();
        due.into_iter().map(|(_, _, id)| id).collect()
    }
}

impl State {
    /// What goes back to the queue of a broadcast that was cancelled meanwhile is looked for by nobody.
    fn skip_if_cancelled(&mut self, tenant: TenantId, send: SendId) {
        let is_cancelled = self.is_cancelled(tenant, send);
        let stored = self.sends.get_mut(&(tenant, send));
        let waits = |stored: &&mut StoredSend| {
            matches!(stored.send.state, SendState::Queued | SendState::RetryWait)
        };
        if let Some(stored) = stored.filter(waits).filter(|_| is_cancelled) {
            stored.skip(SkipReason::Cancelled);
        }
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

    /// What a claim makes of it.
    fn claim(
        &mut self,
        stop: Option<Stop>,
        may_track: bool,
        terms: &ClaimTerms,
    ) -> Option<ClaimedSend> {
        match stop {
            Some(Stop::Skip(reason)) => self.skip(reason),
            Some(Stop::Wait(reason, at)) => {
                self.becomes(SendState::RetryWait, Some(reason.as_str().to_owned()));
                self.send.next_attempt_at = Some(at);
            }
            None => {
                self.hold(SendState::Claimed, terms.now + terms.lease);
                return Some(ClaimedSend {
                    key: self.send.key,
                    lead: self.send.lead,
                    source: self.send.source()?,
                    content: self.send.content?,
                    template: self.send.template,
                    attempts: self.send.attempts,
                    may_track,
                });
            }
        }
        None
    }

    /// Records, if a worker holds it or a provider's acceptance settles it.
    fn record_if_held(&mut self, record: &SendRecord, now: DateTime<Utc>) -> bool {
        let is_unbegun = matches!(record, SendRecord::GivenBack { .. });
        let is_held = self.send.state == SendState::Claimed
            || (self.send.state == SendState::Dispatching && !is_unbegun);
        let settles =
            self.send.state == SendState::Unknown && matches!(record, SendRecord::Accepted { .. });
        if is_held || settles {
            self.record(record, now);
        }
        is_held || settles
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
            SendRecord::GivenBack { at, reason } => {
                self.becomes(SendState::RetryWait, Some(reason.clone()));
                self.send.next_attempt_at = Some(*at);
            }
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

    fn claim_due(&self, tenant: TenantId, terms: &ClaimTerms) -> StoreResult<Vec<ClaimedSend>> {
        let mut state = self.state();
        let mut claimed = Vec::new();
        let mut room = state.room(tenant, terms);
        for id in state.due(tenant, terms.now) {
            let Some(due) = state.sends.get(&(tenant, id)) else {
                continue;
            };
            if room == 0 || !state.broadcast_has_room(tenant, &due.send, terms.now) {
                continue;
            }
            room -= 1;
            let stop = self.stop_of(&state, tenant, due, terms.now)?;
            let stop = stop.or_else(|| state.capped(tenant, &due.send, terms));
            let may_track = state.privacy.allows_tracking(tenant, due.send.lead);
            let Some(stored) = state.sends.get_mut(&(tenant, id)) else {
                continue;
            };
            claimed.extend(stored.claim(stop, may_track, terms));
        }
        Ok(claimed)
    }

    fn begin_dispatch(
        &self,
        tenant: TenantId,
        notes: &[DispatchNote],
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<DispatchGate>> {
        let mut state = self.state();
        let until = now + lease;
        let gate = |note| self.gate(&mut state, tenant, note, until, now);
        notes.iter().map(gate).collect()
    }

    fn record(
        &self,
        tenant: TenantId,
        records: &[(SendKey, SendRecord)],
        as_of: AsOf,
    ) -> StoreResult<Vec<bool>> {
        let mut state = self.state();
        let mut record = |(send, record): &(SendKey, SendRecord)| {
            let stored = state.sends.get_mut(&(tenant, send.id));
            let is_held = stored.is_some_and(|stored| stored.record_if_held(record, as_of.now));
            state.skip_if_cancelled(tenant, send.id);
            is_held
        };
        Ok(records.iter().map(&mut record).collect())
    }

    fn recover_expired(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<Recovered> {
        let mut state = self.state();
        let mut recovered = Recovered::default();
        let mut requeued = Vec::new();
        let of_tenant = state
            .sends
            .iter_mut()
            .filter(|((owner, _), _)| *owner == tenant);
        for ((_, id), stored) in of_tenant {
            if stored.lease_until.is_none_or(|until| until > now) {
                continue;
            }
            if stored.send.state == SendState::Claimed {
                stored.becomes(SendState::Queued, None);
                stored.send.next_attempt_at = Some(now);
                requeued.push(*id);
            } else {
                stored.becomes(SendState::Unknown, Some("worker lost".to_owned()));
                recovered.unknown += 1;
            }
        }
        recovered.requeued = requeued.len() as u64;
        for id in requeued {
            state.skip_if_cancelled(tenant, id);
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
        if state.is_cancelled(tenant, send) {
            return Ok(false);
        }
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
