use chrono::{DateTime, TimeDelta, Utc};
use domain::campaigns::{
    AbOutcome, AbTests, Broadcast, BroadcastStatus, Release, TestStanding, Variant, VariantFigures,
};
use domain::delivery::SendState;
use domain::ids::{BroadcastId, TenantId};
use domain::store::StoreResult;

use super::{InMemoryMail, State, StoredSend};

impl StoredSend {
    const fn was_sent(&self) -> bool {
        matches!(
            self.send.state,
            SendState::Accepted | SendState::Delivered | SendState::Bounced | SendState::Complained
        )
    }

    /// Whether that was done in time after the mail went out.
    fn in_time(&self, done_at: Option<DateTime<Utc>>, wait: TimeDelta) -> bool {
        let times = done_at.zip(self.send.accepted_at);
        times.is_some_and(|(done, accepted)| done <= accepted + wait)
    }

    fn waits_for_winner(&self) -> bool {
        self.send.state == SendState::Queued
            && self.variant.is_none()
            && self.send.next_attempt_at.is_none()
    }
}

impl State {
    fn undecided(&mut self, tenant: TenantId, id: BroadcastId) -> Option<&mut Broadcast> {
        self.in_status(tenant, id, BroadcastStatus::Testing)
            .filter(|broadcast| broadcast.ab_outcome.is_none())
    }

    fn variant_figures(
        &self,
        tenant: TenantId,
        id: BroadcastId,
        variant: Variant,
        wait: TimeDelta,
    ) -> VariantFigures {
        let mut figures = VariantFigures::default();
        let of_variant = self.test_group(tenant, id);
        for stored in of_variant.filter(|it| it.variant == Some(variant) && it.was_sent()) {
            figures.sent += 1;
            figures.opened += u64::from(stored.in_time(stored.send.first_opened_at, wait));
            figures.clicked += u64::from(stored.in_time(stored.send.first_clicked_at, wait));
        }
        figures
    }

    fn test_group(
        &self,
        tenant: TenantId,
        id: BroadcastId,
    ) -> impl Iterator<Item = &StoredSend> + use<'_> {
        let sends = self.sends.iter();
        sends
            .filter(move |((owner, _), it)| *owner == tenant && it.send.broadcast == Some(id))
            .map(|(_, stored)| stored)
            .filter(|stored| stored.variant.is_some())
    }
}

impl AbTests for InMemoryMail {
    fn begin_test(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        decides_at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let preparing = state.in_status(tenant, broadcast, BroadcastStatus::Preparing);
        Ok(preparing.is_some_and(|broadcast| {
            broadcast.status = BroadcastStatus::Testing;
            broadcast.ab_decides_at = Some(decides_at);
            true
        }))
    }

    fn standing(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        wait: TimeDelta,
    ) -> StoreResult<TestStanding> {
        let state = self.state();
        let figures = |variant| state.variant_figures(tenant, broadcast, variant, wait);
        let [a, b] = Variant::ALL.map(figures);
        let group: Vec<_> = state.test_group(tenant, broadcast).collect();
        let open = |is_tried: bool| {
            let open = group.iter().filter(|it| it.send.state.is_open());
            open.filter(|it| (it.send.attempts > 0) == is_tried).count() as u64
        };
        let at_once = group.iter().filter(|it| it.send.attempts == 0);
        let last_at_once = at_once.filter_map(|it| it.send.accepted_at).max();
        let last = || group.iter().filter_map(|it| it.send.accepted_at).max();
        Ok(TestStanding {
            a,
            b,
            untried: open(false),
            put_off: open(true),
            last_sent_at: last_at_once.or_else(last),
        })
    }

    fn postpone_decision(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        decides_at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let undecided = state.undecided(tenant, broadcast);
        Ok(undecided.is_some_and(|broadcast| {
            broadcast.ab_decides_at = Some(decides_at);
            true
        }))
    }

    fn keep_outcome(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        outcome: &AbOutcome,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let undecided = state.undecided(tenant, broadcast);
        Ok(undecided.is_some_and(|broadcast| {
            broadcast.ab_outcome = Some(outcome.clone());
            true
        }))
    }

    fn release(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        release: &Release,
        limit: u32,
        _now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let testing = state.in_status(tenant, broadcast, BroadcastStatus::Testing);
        if testing.is_none_or(|testing| testing.ab_outcome.is_none()) {
            return Ok(false);
        }
        let waiting = state.sends.iter_mut().filter(|((owner, _), stored)| {
            *owner == tenant
                && stored.send.broadcast == Some(broadcast)
                && stored.waits_for_winner()
        });
        let mut released = 0;
        for (_, stored) in waiting.take(limit as usize) {
            stored.send.content = Some(release.content);
            stored.send.template = Some(release.template);
            stored.send.next_attempt_at = Some(release.due_at);
            released += 1;
        }
        if released == limit {
            return Ok(true);
        }
        if let Some(testing) = state.in_status(tenant, broadcast, BroadcastStatus::Testing) {
            testing.status = BroadcastStatus::Sending;
        }
        Ok(false)
    }
}
