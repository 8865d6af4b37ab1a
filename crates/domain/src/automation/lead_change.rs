//! What a change to a lead sets in motion.

use chrono::{DateTime, Utc};

use super::{ActiveTrigger, Reaction, ReactionKind};
use crate::ids::ReactionId;
use crate::leads::Lead;

/// Campaigns whose conditions the lead fulfils after a change and did not before it; a new lead
/// did not fulfil anything.
///
/// Only the step from not to yes lets anybody in: whoever fulfilled them all along is not let in
/// again by a correction of the telephone number (B9, D16).
#[must_use]
pub fn fulfilled(
    triggers: &[ActiveTrigger],
    before: Option<&Lead>,
    after: &Lead,
    now: DateTime<Utc>,
) -> Vec<Reaction> {
    triggers
        .iter()
        .filter(|active| active.trigger.fires_on_lead(before, after))
        .map(|active| Reaction {
            id: ReactionId::derived(&[
                after.id.uuid().as_bytes(),
                active.campaign.uuid().as_bytes(),
                &now.timestamp_micros().to_be_bytes(),
            ]),
            lead: after.id,
            kind: ReactionKind::Enroll {
                campaign: active.campaign,
            },
            due_at: now,
            engagement: None,
        })
        .collect()
}
