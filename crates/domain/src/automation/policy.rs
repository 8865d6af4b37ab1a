//! What the intake needs to know of automation.

use std::collections::BTreeSet;

use crate::campaigns::Trigger;
use crate::ids::CampaignId;

/// A trigger of an active campaign.
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveTrigger {
    /// The campaign.
    pub campaign: CampaignId,
    /// What lets people in.
    pub trigger: Trigger,
}

/// What engagements can set in motion. Empty for a tenant without active campaigns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AutomationPolicy {
    /// Triggers that engagements and scores can pull: custom events, scores, bands.
    pub triggers: Vec<ActiveTrigger>,
    /// Campaigns in which a click brings the next step forward (B15).
    pub hastened: BTreeSet<CampaignId>,
}

impl AutomationPolicy {
    /// Whether nothing can be set in motion.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.triggers.is_empty() && self.hastened.is_empty()
    }
}
