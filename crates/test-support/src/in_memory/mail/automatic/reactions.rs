use chrono::{DateTime, TimeDelta, Utc};
use domain::automation::{Carrier, ClaimedReaction, Reaction, ReactionQueue};
use domain::ids::{ReactionId, TenantId};
use domain::store::StoreResult;

use super::super::InMemoryMail;
use super::{Automatic, Settled, StoredReaction};

impl Automatic {
    pub(super) fn react(&mut self, tenant: TenantId, reaction: &Reaction) {
        let key = (tenant, reaction.id);
        self.reactions.entry(key).or_insert_with(|| StoredReaction {
            reaction: reaction.clone(),
            lease_until: None,
            attempts: 0,
            settled: None,
        });
    }
}

impl InMemoryMail {
    /// The reactions of a tenant that wait, in the order in which they are due.
    #[must_use]
    pub fn waiting_reactions(&self, tenant: TenantId) -> Vec<Reaction> {
        let state = self.state();
        let of_tenant = state.automatic.reactions.iter();
        let mut waiting: Vec<Reaction> = of_tenant
            .filter(|((owner, _), stored)| *owner == tenant && stored.settled.is_none())
            .map(|(_, stored)| stored.reaction.clone())
            .collect();
        waiting.sort_by_key(|reaction| (reaction.due_at, reaction.id));
        waiting
    }
}

impl ReactionQueue for InMemoryMail {
    fn add(
        &self,
        tenant: TenantId,
        reactions: &[Reaction],
        _now: DateTime<Utc>,
    ) -> StoreResult<()> {
        let mut state = self.state();
        for reaction in reactions {
            state.automatic.react(tenant, reaction);
        }
        Ok(())
    }

    fn claim_due(
        &self,
        tenant: TenantId,
        carrier: Carrier,
        limit: u32,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<ClaimedReaction>> {
        let mut state = self.state();
        let mut due: Vec<&mut StoredReaction> = (state.automatic.reactions.iter_mut())
            .filter(|((owner, _), stored)| {
                *owner == tenant
                    && stored.settled.is_none()
                    && stored.reaction.kind.carrier() == carrier
                    && stored.reaction.due_at <= now
                    && stored.lease_until.is_none_or(|until| until <= now)
            })
            .map(|(_, stored)| stored)
            .collect();
        due.sort_by_key(|stored| (stored.reaction.due_at, stored.reaction.id));
        let claim = |stored: &mut StoredReaction| {
            stored.lease_until = Some(now + lease);
            ClaimedReaction {
                reaction: stored.reaction.clone(),
                attempts: stored.attempts,
            }
        };
        let claimed = due.into_iter().take(limit as usize);
        Ok(claimed.map(claim).collect())
    }

    fn done(&self, tenant: TenantId, id: ReactionId, _now: DateTime<Utc>) -> StoreResult<()> {
        let mut state = self.state();
        if let Some(stored) = state.automatic.reactions.get_mut(&(tenant, id)) {
            stored.settled = Some(Settled::Done);
        }
        Ok(())
    }

    fn failed(
        &self,
        tenant: TenantId,
        id: ReactionId,
        _reason: &str,
        again_at: Option<DateTime<Utc>>,
    ) -> StoreResult<()> {
        let mut state = self.state();
        let Some(stored) = state.automatic.reactions.get_mut(&(tenant, id)) else {
            return Ok(());
        };
        stored.attempts += 1;
        stored.lease_until = None;
        match again_at {
            Some(at) => stored.reaction.due_at = at,
            None => stored.settled = Some(Settled::Failed),
        }
        Ok(())
    }
}
