use chrono::{DateTime, Utc};
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

    const fn is_untried(&self) -> bool {
        matches!(
            self.send.state,
            SendState::Queued | SendState::Claimed | SendState::Dispatching
        ) && self.send.attempts == 0
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
    ) -> VariantFigures {
        let mut figures = VariantFigures::default();
        let of_variant = self.test_group(tenant, id);
        for stored in of_variant.filter(|it| it.variant == Some(variant) && it.was_sent()) {
            figures.sent += 1;
            figures.opened += u64::from(stored.send.first_opened_at.is_some());
            figures.clicked += u64::from(stored.send.first_clicked_at.is_some());
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

    fn standing(&self, tenant: TenantId, broadcast: BroadcastId) -> StoreResult<TestStanding> {
        let state = self.state();
        let [a, b] = Variant::ALL.map(|variant| state.variant_figures(tenant, broadcast, variant));
        let untried = state
            .test_group(tenant, broadcast)
            .filter(|stored| stored.is_untried());
        let at_once = state
            .test_group(tenant, broadcast)
            .filter(|stored| stored.send.attempts == 0);
        Ok(TestStanding {
            a,
            b,
            untried: untried.count() as u64,
            last_sent_at: at_once.filter_map(|stored| stored.send.accepted_at).max(),
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
