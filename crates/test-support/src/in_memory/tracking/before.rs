//! A lead before its new engagements.

use std::collections::BTreeSet;

use domain::ids::{EngagementId, LeadId};
use domain::scoring::{Granted, LeadState, NewEngagement, OnceKey, RecentClick, ScoreReason};
use domain::tracking::{BURST_VIEW, BurstClick, BurstWindow, burst_windows};
use uuid::Uuid;

use super::{Logged, TenantState, TrackedLead};

impl TenantState {
    pub(super) fn state(
        &self,
        id: LeadId,
        lead: &TrackedLead,
        new: &[NewEngagement<'_>],
    ) -> LeadState {
        let keys = new.iter().filter_map(|new| OnceKey::of(new.engagement));
        LeadState {
            id,
            engagement_score: lead.engagement_score,
            fit_score: lead.fit_score,
            band: lead.band,
            last_engaged_at: lead.last_engaged_at,
            tracking_id: lead.tracking_id,
            scored: keys
                .filter(|key| self.grants.contains_key(&(id, *key)))
                .collect(),
            recent_clicks: self.recent_clicks(id, new),
        }
    }

    fn recent_clicks(&self, lead: LeadId, new: &[NewEngagement<'_>]) -> Vec<RecentClick> {
        let is_new: BTreeSet<EngagementId> = new.iter().map(|new| new.engagement.id).collect();
        burst_windows(new.iter().map(|new| new.engagement))
            .iter()
            .flat_map(|window| {
                let all = self.clicks_in(lead, window).rev();
                let before = all.filter(|(_, click)| !is_new.contains(&click.id));
                before.take(BURST_VIEW)
            })
            .map(|(logged, click)| RecentClick {
                granted: self.granted(lead, click.id),
                click,
                verdict: logged.verdict,
                url: logged.engagement.page().map(ToString::to_string),
            })
            .collect()
    }

    /// The lead's clicks on the mail in this time, oldest first.
    fn clicks_in(
        &self,
        lead: LeadId,
        window: &BurstWindow,
    ) -> impl DoubleEndedIterator<Item = (&Logged, BurstClick)> {
        let first = (window.from, EngagementId::from_uuid(Uuid::nil()));
        let last = (window.to, EngagementId::from_uuid(Uuid::max()));
        let send = window.send;
        self.log
            .range(first..=last)
            .map(|(_, logged)| logged)
            .filter(move |logged| logged.lead == Some(lead))
            .filter_map(|logged| Some((logged, BurstClick::of(&logged.engagement)?)))
            .filter(move |(_, click)| click.send == send)
    }

    fn granted(&self, lead: LeadId, engagement: EngagementId) -> Option<Granted> {
        let (_, entry) = self.history.iter().find(|(_, entry)| {
            entry.engagement == engagement && entry.reason == ScoreReason::Granted
        })?;
        let mut grants = self.grants.iter();
        let once = grants.find(|((owner, _), by)| *owner == lead && **by == engagement);
        Some(Granted {
            rule: entry.rule,
            rule_name: entry.rule_name.clone(),
            points: entry.points,
            once: once.map(|((_, key), _)| *key),
        })
    }
}
