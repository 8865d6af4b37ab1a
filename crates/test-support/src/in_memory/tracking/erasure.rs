//! Leads that are erased or stopped the tracking, and what still comes of them.

use std::collections::BTreeSet;

use domain::ids::LeadId;
use domain::tracking::{Action, Appended, Decide, Engagement, VisitorId};

use super::TenantState;
use super::append::visitor_of;

impl TenantState {
    /// Writes the engagements but for those of the erased, and says what became of each.
    pub(super) fn append(
        &mut self,
        engagements: &[&Engagement],
        decide: &Decide<'_>,
    ) -> Vec<Appended> {
        let is_dropped: Vec<bool> = engagements
            .iter()
            .map(|new| self.is_of_erased(new) || self.is_unwanted(new))
            .collect();
        let kept = engagements.iter().zip(&is_dropped);
        let kept = kept.filter(|(_, is_dropped)| !**is_dropped);
        let kept: Vec<&Engagement> = kept.map(|(new, _)| *new).collect();
        let mut written = self.write(&kept, decide).into_iter();
        let answer = |(new, is_dropped): (&&Engagement, bool)| {
            let written = (!is_dropped).then(|| written.next()).flatten();
            written.unwrap_or(Appended {
                is_new: false,
                verdict: new.verdict,
                lead: None,
                tracking_id: None,
            })
        };
        engagements.iter().zip(is_dropped).map(answer).collect()
    }

    pub(super) fn erase(&mut self, lead: LeadId) -> bool {
        if self.leads.remove(&lead).is_none() {
            return false;
        }
        self.erased.insert(lead.uuid());
        let theirs = self.visitors.iter().filter(|(_, of)| **of == Some(lead));
        let theirs: BTreeSet<VisitorId> = theirs.map(|(visitor, _)| *visitor).collect();
        self.erased.extend(theirs.iter().map(|id| id.uuid()));
        self.visitors.retain(|_, of| *of != Some(lead));
        self.addresses.retain(|_, of| *of != lead);
        self.log.retain(|_, logged| {
            let browser = visitor_of(&logged.engagement);
            let is_strangers =
                logged.lead.is_none() && browser.is_some_and(|id| theirs.contains(&id));
            logged.lead != Some(lead) && !is_strangers
        });
        self.history.retain(|(of, _)| *of != lead);
        self.grants.retain(|(of, _), _| *of != lead);
        true
    }

    /// Whether it measures somebody who stopped the tracking.
    fn is_unwanted(&self, engagement: &Engagement) -> bool {
        let lead = self.named(engagement);
        engagement.kind().is_measured() && lead.is_some_and(|lead| self.untracked.contains(&lead))
    }

    /// Whether it is of somebody who was erased.
    fn is_of_erased(&self, engagement: &Engagement) -> bool {
        let is_erased = |id| self.erased.contains(&id);
        let browser = match &engagement.action {
            Action::PageView {
                visitor, earlier, ..
            } => is_erased(visitor.uuid()) || earlier.is_some_and(|id| is_erased(id.uuid())),
            Action::Open { .. }
            | Action::Click { .. }
            | Action::Report { .. }
            | Action::Custom { .. } => false,
        };
        browser
            || self
                .named(engagement)
                .is_some_and(|lead| is_erased(lead.uuid()))
    }
}
