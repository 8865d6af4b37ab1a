//! From a lead's new engagements to points, band and history.

mod change;
mod ledger;
mod suspicion;

pub use change::{LeadChange, Reclassified, ScoreEntry, ScoreReason};

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Band, OnceKey, ScoringPolicy};
use crate::automation::{News, reactions};
use crate::ids::{LeadId, ScoringRuleId};
use crate::tracking::{BurstClick, Engagement, MachineVerdict, VisitorId};

use ledger::Ledger;
use suspicion::Suspicion;

/// An engagement that the log did not have before.
#[derive(Clone, Copy, Debug)]
pub struct NewEngagement<'a> {
    /// The engagement.
    pub engagement: &'a Engagement,
    /// Whether it leads to or shows an important page.
    pub important: bool,
    /// When the provider took the mail it belongs to, if that is known.
    pub handed_over_at: Option<DateTime<Utc>>,
}

/// Points that an earlier engagement was given, should they have to be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// By which rule.
    pub rule: Option<ScoringRuleId>,
    /// Its name then.
    pub rule_name: String,
    /// How many.
    pub points: i32,
    /// What may not score again because of them.
    pub once: Option<OnceKey>,
}

/// A click that is in the log already and so near to a new one that both may be a burst.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentClick {
    /// The click.
    pub click: BurstClick,
    /// The verdict on it so far.
    pub verdict: MachineVerdict,
    /// Where it led.
    pub url: Option<String>,
    /// What it was given.
    pub granted: Option<Granted>,
}

/// A lead before its new engagements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadState {
    /// Which lead.
    pub id: LeadId,
    /// The sum of its history.
    pub engagement_score: i32,
    /// What it is worth by who it is.
    pub fit_score: i32,
    /// Its band.
    pub band: Band,
    /// When it last did something.
    pub last_engaged_at: Option<DateTime<Utc>>,
    /// Its visitor id, if one was issued.
    pub tracking_id: Option<VisitorId>,
    /// Which keys of the new engagements have scored already; those of the recent clicks may be
    /// among them.
    pub scored: BTreeSet<OnceKey>,
    /// Clicks in the log within [`BURST_REACH`](crate::tracking::BURST_REACH) of the new ones, of
    /// the same mails: the newest [`BURST_VIEW`](crate::tracking::BURST_VIEW) of each of their
    /// [windows](crate::tracking::burst_windows).
    pub recent_clicks: Vec<RecentClick>,
}

/// What a lead's new engagements, in order of time, change.
///
/// Clicks are first looked at together with the logged ones around them: those of a burst, or near a
/// honeypot, are a machine's, and points that one of them was given before are taken back by a line
/// of their own. Then each engagement of a person scores by its rule, unless the same cause has
/// scored already.
///
/// However the log hears of the same engagements, in any order and any batches, each gets the same
/// verdict in the end; but for a flood of clicks on one mail, see
/// [`BURST_VIEW`](crate::tracking::BURST_VIEW).
#[must_use]
pub fn decide(policy: &ScoringPolicy, lead: &LeadState, new: &[NewEngagement<'_>]) -> LeadChange {
    let suspicion = Suspicion::of(lead, new);
    let mut ledger = Ledger::new(&policy.bounds, lead);
    for recent in in_order(&lead.recent_clicks) {
        match suspicion.on_logged(recent) {
            Some(verdict) if recent.verdict.is_human() => ledger.take_back(recent, verdict),
            Some(verdict) => ledger.restate(recent, verdict),
            None => {}
        }
    }
    let mut by_people = Vec::with_capacity(new.len());
    for new in new {
        let verdict = suspicion.on_new(new);
        if verdict.is_human() {
            ledger.engage(policy, new.engagement, new.important);
            by_people.push(new.engagement);
        } else {
            ledger.judge(new.engagement, verdict);
        }
    }
    let mut change = ledger.close(policy);
    let news = News {
        lead: lead.id,
        by_people: &by_people,
        history: &change.history,
        bounds: &policy.bounds,
    };
    change.reactions = reactions(&policy.automation, &news);
    change
}

/// By time: whatever order storage gives them in, the history tells the same.
fn in_order(clicks: &[RecentClick]) -> Vec<&RecentClick> {
    let mut clicks: Vec<_> = clicks.iter().collect();
    clicks.sort_by_key(|recent| (recent.click.at, recent.click.id));
    clicks
}

#[cfg(test)]
mod tests;
