//! One tenant's part of a batch.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::ids::{EngagementId, LeadId};
use domain::scoring::{LeadChange, NewEngagement};
use domain::tracking::{
    Action, Appended, Decide, Engagement, JOINED_HISTORY, JOINED_PAGE_VIEWS, Subject, VisitorId,
};
use uuid::Uuid;

use super::{Logged, Place, TenantState};

type OfLead = BTreeMap<LeadId, Vec<Place>>;

impl TenantState {
    /// Writes them, and says what became of each.
    pub(super) fn write(
        &mut self,
        engagements: &[&Engagement],
        decide: &Decide<'_>,
    ) -> Vec<Appended> {
        let policy = self.settings.policy();
        let mut of_lead = OfLead::new();
        self.join(engagements, &mut of_lead);
        let mut is_new = Vec::with_capacity(engagements.len());
        for engagement in engagements {
            let important = engagement
                .page()
                .is_some_and(|page| policy.important_pages.contain(page));
            is_new.push(self.log(engagement, important, &mut of_lead));
        }
        for (lead, mut places) in of_lead {
            places.sort_unstable();
            let Some(known) = self.leads.get(&lead) else {
                continue;
            };
            let new: Vec<_> = places.iter().filter_map(|at| self.told(at)).collect();
            let state = self.state(lead, known, &new);
            let change = decide(&policy, &state, &new);
            self.apply(lead, change);
        }
        let answer = |(engagement, is_new): (&&Engagement, bool)| self.answer(engagement, is_new);
        engagements.iter().zip(is_new).map(answer).collect()
    }

    /// Gives each stranger's browser that arrives through a lead's mail to that lead, with what it
    /// did (D15). A browser that is a lead's already stays that lead's.
    fn join(&mut self, engagements: &[&Engagement], of_lead: &mut OfLead) {
        for engagement in engagements {
            let Action::PageView {
                visitor, earlier, ..
            } = &engagement.action
            else {
                continue;
            };
            self.visitors.entry(*visitor).or_insert(None);
            let place = (engagement.occurred_at, engagement.id);
            let (Some(earlier), false) = (earlier, self.log.contains_key(&place)) else {
                continue;
            };
            let lead = self.visitors.get(visitor).copied().flatten();
            let earlier_lead = self.visitors.entry(*earlier).or_insert(None);
            let (Some(lead), None) = (lead, *earlier_lead) else {
                continue;
            };
            *earlier_lead = Some(lead);
            self.take_over(*earlier, lead, engagement.occurred_at, of_lead);
        }
    }

    /// Gives the lead what its browser did as a stranger's: the newest of what joins.
    fn take_over(
        &mut self,
        browser: VisitorId,
        lead: LeadId,
        arrived_at: DateTime<Utc>,
        of_lead: &mut OfLead,
    ) {
        let since = (
            arrived_at - JOINED_HISTORY,
            EngagementId::from_uuid(Uuid::nil()),
        );
        let views = self.log.range_mut(since..).rev().filter(|(_, logged)| {
            logged.lead.is_none() && visitor_of(&logged.engagement) == Some(browser)
        });
        for (place, logged) in views.take(JOINED_PAGE_VIEWS) {
            logged.lead = Some(lead);
            of_lead.entry(lead).or_default().push(*place);
        }
    }

    /// Whether the log did not have it.
    fn log(&mut self, engagement: &Engagement, important: bool, of_lead: &mut OfLead) -> bool {
        let place = (engagement.occurred_at, engagement.id);
        if self.log.contains_key(&place) {
            return false;
        }
        let lead = self.lead_of(engagement);
        if let Some(lead) = lead {
            of_lead.entry(lead).or_default().push(place);
        }
        let logged = Logged {
            engagement: engagement.clone(),
            lead,
            important,
            verdict: engagement.verdict,
        };
        self.log.insert(place, logged);
        self.settings.receive(engagement);
        true
    }

    fn lead_of(&self, engagement: &Engagement) -> Option<LeadId> {
        let named = self.named(engagement);
        named.filter(|lead| self.leads.contains_key(lead))
    }

    /// The lead that it is about, whether there is one of that id or not.
    pub(super) fn named(&self, engagement: &Engagement) -> Option<LeadId> {
        match &engagement.action {
            Action::Open { mail } | Action::Click { mail, .. } | Action::Report { mail, .. } => {
                Some(mail.lead)
            }
            Action::PageView { visitor, .. } => self.visitors.get(visitor).copied().flatten(),
            Action::Custom { subject, .. } => match subject {
                Subject::Lead(lead) => Some(*lead),
                Subject::Address(address) => self.addresses.get(address).copied(),
            },
        }
    }

    fn handed_over(&self, engagement: &Engagement) -> Option<DateTime<Utc>> {
        match &engagement.action {
            Action::Open { mail } | Action::Click { mail, .. } => {
                self.handed_over.get(&mail.send).copied()
            }
            Action::PageView { .. } | Action::Report { .. } | Action::Custom { .. } => None,
        }
    }

    fn told(&self, place: &Place) -> Option<NewEngagement<'_>> {
        self.log.get(place).map(|logged| NewEngagement {
            engagement: &logged.engagement,
            important: logged.important,
            handed_over_at: self.handed_over(&logged.engagement),
        })
    }

    fn apply(&mut self, id: LeadId, change: LeadChange) {
        if let Some(visitor) = change.tracking_id {
            self.visitors.insert(visitor, Some(id));
        }
        if let Some(lead) = self.leads.get_mut(&id) {
            lead.engagement_score = change.engagement_score;
            lead.score = change.score;
            lead.band = change.band;
            lead.last_engaged_at = change.last_engaged_at;
            lead.tracking_id = lead.tracking_id.or(change.tracking_id);
            let before = lead.last_click.as_ref().map(|(at, _)| *at);
            let newer = |(at, _): &(_, _)| before.is_none_or(|before| *at >= before);
            if let Some(click) = change.last_click.filter(newer) {
                lead.last_click = Some(click);
            }
        }
        for key in change.released {
            self.grants.remove(&(id, key));
        }
        for (key, engagement) in change.scored {
            self.grants.insert((id, key), engagement);
        }
        let of_lead = change.history.into_iter().map(|entry| (id, entry));
        self.history.extend(of_lead);
        let logged = change.reclassified.into_iter().chain(change.restated);
        let mut verdicts = change.verdicts;
        verdicts.extend(logged.map(|old| (old.click.id, old.verdict)));
        for logged in self.log.values_mut() {
            if let Some(verdict) = verdicts.get(&logged.engagement.id) {
                logged.verdict = *verdict;
            }
        }
    }

    fn answer(&self, engagement: &Engagement, is_new: bool) -> Appended {
        let lead = self.lead_of(engagement);
        let place = (engagement.occurred_at, engagement.id);
        let logged = self.log.get(&place);
        Appended {
            is_new,
            verdict: logged.map_or(engagement.verdict, |logged| logged.verdict),
            lead,
            tracking_id: lead
                .and_then(|lead| self.leads.get(&lead))
                .and_then(|lead| lead.tracking_id),
        }
    }
}

pub(super) fn visitor_of(engagement: &Engagement) -> Option<VisitorId> {
    match &engagement.action {
        Action::PageView { visitor, .. } => Some(*visitor),
        Action::Open { .. }
        | Action::Click { .. }
        | Action::Report { .. }
        | Action::Custom { .. } => None,
    }
}
