//! What engagements set in motion is carried out.

use chrono::{DateTime, TimeDelta, Utc};
use domain::automation::{Carrier, ClaimedReaction, Reaction, ReactionKind};
use domain::campaigns::{EnrollCause, EnrollPorts, Enrolled, enroll};
use domain::ids::{CampaignId, TenantId};
use domain::store::{StoreError, StoreResult};

use crate::{Ports, Stop, Turn};

/// Reactions that a worker takes at once; small, so that tenants take turns.
const BATCH: u32 = 100;
/// How long a worker may hold them.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// The first wait after a failure; it doubles with each further one.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// So often something is tried, for a good two hours altogether.
const MOST_ATTEMPTS: u16 = 8;

/// Carries out what is due for campaigns, for every tenant in turn. What staff and other programs
/// are to be told waits for the workers that tell them.
///
/// # Errors
/// `Unavailable` if the storage is away.
pub fn carry_out_reactions(ports: &Ports, stop: &Stop) -> StoreResult<Turn> {
    let mut turn = Turn::Idle;
    for tenant in ports.tenants.list()? {
        if stop.is_set() {
            break;
        }
        let (queue, now) = (&*ports.reactions, (ports.clock)());
        let claimed = queue.claim_due(tenant.id, Carrier::Campaigns, BATCH, LEASE, now)?;
        for claimed in &claimed {
            turn = Turn::Worked;
            settle(ports, tenant.id, claimed)?;
        }
    }
    Ok(turn)
}

fn settle(ports: &Ports, tenant: TenantId, claimed: &ClaimedReaction) -> StoreResult<()> {
    let (reaction, now) = (&claimed.reaction, (ports.clock)());
    match carry_out(ports, tenant, reaction, now) {
        Ok(()) => ports.reactions.done(tenant, reaction.id, now),
        Err(error @ StoreError::Unavailable(_)) => Err(error),
        Err(error) => {
            let again_at = again_at(claimed.attempts, now);
            tracing::error!(%tenant, reaction = %reaction.id, %error, ?again_at, "a reaction failed");
            let reason = error.to_string();
            ports
                .reactions
                .failed(tenant, reaction.id, &reason, again_at)
        }
    }
}

/// When something that has failed so often before is tried again; none: never.
pub(crate) fn again_at(attempts: u16, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let is_last = attempts + 1 >= MOST_ATTEMPTS;
    (!is_last).then(|| now + FIRST_PAUSE * 2_i32.pow(attempts.into()))
}

fn carry_out(
    ports: &Ports,
    tenant: TenantId,
    reaction: &Reaction,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    match &reaction.kind {
        ReactionKind::Enroll { campaign } => let_in(ports, tenant, *campaign, reaction, now),
        ReactionKind::Hasten { send, .. } => {
            let has_hastened = ports.ways.hasten(tenant, *send, now)?;
            tracing::debug!(%tenant, %send, has_hastened, "a click brought the next step forward");
            Ok(())
        }
        ReactionKind::Staff(_) => Err(StoreError::unexpected(
            "what is for staff is carried out elsewhere",
        )),
    }
}

/// The occasion is the reaction, which has the name of its cause.
fn let_in(
    ports: &Ports,
    tenant: TenantId,
    campaign: CampaignId,
    reaction: &Reaction,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let cause = EnrollCause {
        campaign,
        lead: reaction.lead,
        occasion: reaction.id.uuid().as_bytes().to_vec(),
    };
    let enrolled: Vec<Enrolled> = enroll(&enroll_ports(ports), tenant, campaign, &[cause], now)?;
    tracing::debug!(%tenant, %campaign, lead = %reaction.lead, ?enrolled, "a trigger fired");
    Ok(())
}

pub(crate) fn enroll_ports(ports: &Ports) -> EnrollPorts<'_> {
    EnrollPorts {
        campaigns: &*ports.campaigns,
        enrollments: &*ports.enrollments,
        leads: &*ports.leads,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_tried_for_two_hours_and_then_left_to_people() {
        let mut now = DateTime::UNIX_EPOCH;
        for attempts in 0..7 {
            now = again_at(attempts, now).expect("there are more tries");
        }
        assert_eq!(now - DateTime::UNIX_EPOCH, TimeDelta::minutes(127));
        assert_eq!(again_at(7, now), None);
        assert_eq!(again_at(500, now), None);
    }
}
