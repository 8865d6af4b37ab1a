//! What the limits of an hour, a day and a week leave.

use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::{ClaimTerms, FREQUENCY_SPAN, Send, SendState, SkipReason};
use domain::ids::{LeadId, TenantId};

use super::State;
use super::queue::Stop;

/// Whether a mail went out after that, or may have, or may go out.
fn counts(send: &Send, since: DateTime<Utc>) -> bool {
    match send.state {
        SendState::Claimed | SendState::Dispatching | SendState::Unknown => true,
        SendState::Queued
        | SendState::Accepted
        | SendState::RetryWait
        | SendState::Failed
        | SendState::Skipped
        | SendState::Delivered
        | SendState::Bounced
        | SendState::Complained => send.accepted_at.is_some_and(|at| at > since),
    }
}

impl State {
    fn taken(
        &self,
        tenant: TenantId,
        since: DateTime<Utc>,
        is_wanted: impl Fn(&Send) -> bool,
    ) -> usize {
        let sends = self.sends.iter();
        let taken = sends.filter(|((owner, _), stored)| {
            *owner == tenant && is_wanted(&stored.send) && counts(&stored.send, since)
        });
        taken.count()
    }

    /// What the hour and the day leave of the tenant's limits, at most what is wanted.
    pub(super) fn room(&self, tenant: TenantId, terms: &ClaimTerms) -> usize {
        let left = |limit: u32, since| {
            (limit as usize).saturating_sub(self.taken(tenant, since, |_| true))
        };
        let hourly = self.providers.get(&tenant).and_then(|it| it.hourly_limit);
        let hourly = hourly.map(|limit| left(limit, terms.now - TimeDelta::hours(1)));
        let daily = terms.today.map(|today| left(today.limit, today.since));
        let wanted = terms.limit as usize;
        [hourly, daily]
            .into_iter()
            .flatten()
            .fold(wanted, usize::min)
    }

    /// Whether the hour leaves one more mail of the broadcast's own limit.
    pub(super) fn broadcast_has_room(
        &self,
        tenant: TenantId,
        send: &Send,
        now: DateTime<Utc>,
    ) -> bool {
        let broadcast = send
            .broadcast
            .and_then(|id| self.broadcasts.get(&(tenant, id)));
        let limit = broadcast.and_then(|broadcast| broadcast.hourly_limit);
        let is_of_it = |other: &Send| other.broadcast == send.broadcast;
        let taken = || self.taken(tenant, now - TimeDelta::hours(1), is_of_it);
        limit.is_none_or(|limit| taken() < limit as usize)
    }

    /// What becomes of a mail to somebody who had as many in seven days as they may.
    pub(super) fn capped(&self, tenant: TenantId, send: &Send, terms: &ClaimTerms) -> Option<Stop> {
        let cap = usize::from(terms.frequency_cap?);
        let week_ago = terms.now - FREQUENCY_SPAN;
        let is_to_lead = |other: &Send| other.lead == send.lead;
        if self.taken(tenant, week_ago, is_to_lead) < cap {
            return None;
        }
        let reason = SkipReason::FrequencyCap;
        let was_postponed = send.state_reason.as_deref() == Some(reason.as_str());
        if send.broadcast.is_some() || was_postponed {
            return Some(Stop::Skip(reason));
        }
        let mut times = self.accepted_since(tenant, send.lead, week_ago);
        times.sort_unstable_by(|a, b| b.cmp(a));
        let last = times.get(cap - 1).copied().unwrap_or(terms.now);
        Some(Stop::Wait(reason, last + FREQUENCY_SPAN))
    }

    fn accepted_since(
        &self,
        tenant: TenantId,
        lead: LeadId,
        since: DateTime<Utc>,
    ) -> Vec<DateTime<Utc>> {
        let of_lead = self
            .sends
            .iter()
            .filter(|((owner, _), stored)| *owner == tenant && stored.send.lead == lead);
        let times = of_lead.filter_map(|(_, stored)| stored.send.accepted_at);
        times.filter(|at| *at > since).collect()
    }
}
