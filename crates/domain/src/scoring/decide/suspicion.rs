//! Which of a lead's engagements are a machine's, with everything in view that is known of them.

use std::collections::BTreeMap;

use super::{LeadState, NewEngagement, RecentClick};
use crate::ids::EngagementId;
use crate::tracking::{
    Action, BurstClick, Engagement, HONEYPOT_LINK, MachineReason, MachineVerdict, by_company,
    verdict_after_hand_over,
};

/// What the clicks of a lead, new and logged, say of each other.
pub(super) struct Suspicion {
    company: BTreeMap<EngagementId, MachineReason>,
}

impl Suspicion {
    pub(super) fn of(lead: &LeadState, new: &[NewEngagement<'_>]) -> Self {
        let recent = lead.recent_clicks.iter().map(|recent| recent.click.clone());
        let new = new.iter().filter_map(|new| BurstClick::of(new.engagement));
        let clicks: Vec<BurstClick> = recent.chain(new).collect();
        Self {
            company: by_company(&clicks),
        }
    }

    /// The verdict on a new engagement: what it shows by itself comes before the company it keeps,
    /// because that never changes with what is heard of later.
    pub(super) fn on_new(&self, new: &NewEngagement<'_>) -> MachineVerdict {
        let alone = verdict_alone(new);
        let company = self.company.get(&new.engagement.id);
        match company {
            Some(reason) if alone.is_human() => MachineVerdict::Suspected(*reason),
            Some(_) | None => alone,
        }
    }

    /// The other verdict that a logged click gets now, if it gets one.
    ///
    /// A burst that was recognised first gives way to the honeypot that is hit later; every other
    /// verdict on a machine stays.
    pub(super) fn on_logged(&self, recent: &RecentClick) -> Option<MachineVerdict> {
        let burst = MachineVerdict::Suspected(MachineReason::Burst);
        let found = MachineVerdict::Suspected(*self.company.get(&recent.click.id)?);
        let changes = recent.verdict.is_human() || (recent.verdict == burst && found != burst);
        changes.then_some(found)
    }
}

fn verdict_alone(new: &NewEngagement<'_>) -> MachineVerdict {
    let engagement = new.engagement;
    if !engagement.verdict.is_human() {
        engagement.verdict
    } else if is_honeypot(engagement) {
        MachineVerdict::Certain(MachineReason::Honeypot)
    } else {
        verdict_after_hand_over(engagement, new.handed_over_at)
    }
}

fn is_honeypot(engagement: &Engagement) -> bool {
    matches!(engagement.action, Action::Click { link_index, .. } if link_index == HONEYPOT_LINK)
}
