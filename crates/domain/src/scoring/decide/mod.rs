//! From a lead's new engagements to points, band and history.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{Band, Bounds, OnceKey, Repeats, ScoringPolicy};
use crate::ids::{EngagementId, LeadId, ScoreEntryId, ScoringRuleId};
use crate::tracking::{
    Action, BurstClick, Engagement, EngagementType, MachineReason, MachineVerdict, VisitorId,
    bursts,
};

/// An engagement that the log did not have before.
#[derive(Clone, Copy, Debug)]
pub struct NewEngagement<'a> {
    /// The engagement.
    pub engagement: &'a Engagement,
    /// Whether it leads to or shows an important page.
    pub important: bool,
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
    /// Which keys of the new engagements have scored already.
    pub scored: BTreeSet<OnceKey>,
    /// Clicks in the log within [`BURST_REACH`](crate::tracking::BURST_REACH) of the new ones, of
    /// the same mails.
    pub recent_clicks: Vec<RecentClick>,
}

/// Why points were given or taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreReason {
    /// A rule gave them.
    Granted,
    /// They are taken back: the click turned out to be a machine's.
    MachineRecognised,
}

impl ScoreReason {
    /// The name in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::MachineRecognised => "machine_recognised",
        }
    }

    /// The reason with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Granted, Self::MachineRecognised]
            .into_iter()
            .find(|reason| reason.as_str() == name)
    }
}

/// A line for the score history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoreEntry {
    /// Derived from engagement and reason: the same cause never writes two lines.
    pub id: ScoreEntryId,
    /// When what scored happened.
    pub occurred_at: DateTime<Utc>,
    /// By which rule.
    pub rule: Option<ScoringRuleId>,
    /// Its name.
    pub rule_name: String,
    /// The kind of engagement.
    pub kind: EngagementType,
    /// The engagement.
    pub engagement: EngagementId,
    /// The points, unclamped.
    pub points: i32,
    /// The shown score before.
    pub old_score: i32,
    /// The shown score after.
    pub new_score: i32,
    /// The page or link.
    pub url: Option<String>,
    /// Why.
    pub reason: ScoreReason,
}

/// A click in the log whose verdict changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reclassified {
    /// The click as it is in the log.
    pub click: BurstClick,
    /// Where it led.
    pub url: Option<String>,
    /// The new verdict.
    pub verdict: MachineVerdict,
}

/// What the new engagements change. (A47)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadChange {
    /// The sum of the history.
    pub engagement_score: i32,
    /// The shown score.
    pub score: i32,
    /// The band.
    pub band: Band,
    /// When the lead last did something.
    pub last_engaged_at: Option<DateTime<Utc>>,
    /// Its newest click by a person, if one is among the new engagements.
    pub last_click: Option<(DateTime<Utc>, String)>,
    /// The visitor id to give it, if it has none.
    pub tracking_id: Option<VisitorId>,
    /// Lines for the history.
    pub history: Vec<ScoreEntry>,
    /// What may not score again, and through which engagement.
    pub scored: Vec<(OnceKey, EngagementId)>,
    /// What may score again, because it was taken back.
    pub released: Vec<OnceKey>,
    /// New engagements with another verdict than their request alone gave them.
    pub verdicts: BTreeMap<EngagementId, MachineVerdict>,
    /// Logged clicks that turn out to be a machine's.
    pub reclassified: Vec<Reclassified>,
}

/// What a lead's new engagements, in order of time, change.
///
/// Clicks are first looked at together with the logged ones around them: those of a burst are a
/// machine's, and points that one of them was given before are taken back by a line of their own.
/// Then each engagement of a person scores by its rule, unless the same cause has scored already.
#[must_use]
pub fn decide(policy: &ScoringPolicy, lead: &LeadState, new: &[NewEngagement<'_>]) -> LeadChange {
    let mut ledger = Ledger::new(&policy.bounds, lead);
    let burst = burst_clicks(lead, new);
    for recent in in_order(&lead.recent_clicks) {
        if recent.verdict.is_human() && burst.contains(&recent.click.id) {
            ledger.take_back(recent);
        }
    }
    for NewEngagement {
        engagement,
        important,
    } in new
    {
        if engagement.verdict.is_human() && burst.contains(&engagement.id) {
            let verdict = MachineVerdict::Suspected(MachineReason::Burst);
            ledger.change.verdicts.insert(engagement.id, verdict);
        } else if engagement.verdict.is_human() {
            ledger.engage(policy, engagement, *important);
        }
    }
    ledger.close(policy)
}

/// By time: whatever order storage gives them in, the history tells the same.
fn in_order(clicks: &[RecentClick]) -> Vec<&RecentClick> {
    let mut clicks: Vec<_> = clicks.iter().collect();
    clicks.sort_by_key(|recent| (recent.click.at, recent.click.id));
    clicks
}

fn burst_clicks(lead: &LeadState, new: &[NewEngagement<'_>]) -> BTreeSet<EngagementId> {
    let recent = lead.recent_clicks.iter().map(|recent| recent.click.clone());
    let new = new.iter().filter_map(|new| BurstClick::of(new.engagement));
    let clicks: Vec<BurstClick> = recent.chain(new).collect();
    bursts(&clicks).into_iter().collect()
}

/// Keeps the running score while lines are written.
struct Ledger<'a> {
    bounds: &'a Bounds,
    lead: &'a LeadState,
    scored: BTreeSet<OnceKey>,
    engagement_score: i32,
    change: LeadChange,
}

impl<'a> Ledger<'a> {
    fn new(bounds: &'a Bounds, lead: &'a LeadState) -> Self {
        Self {
            bounds,
            lead,
            scored: lead.scored.clone(),
            engagement_score: lead.engagement_score,
            change: LeadChange {
                last_engaged_at: lead.last_engaged_at,
                ..LeadChange::default()
            },
        }
    }

    fn shown_score(&self) -> i32 {
        self.bounds
            .clamp(self.engagement_score.saturating_add(self.lead.fit_score))
    }

    fn write(&mut self, mut entry: ScoreEntry) {
        entry.old_score = self.shown_score();
        self.engagement_score = self.engagement_score.saturating_add(entry.points);
        entry.new_score = self.shown_score();
        self.change.history.push(entry);
    }

    fn take_back(&mut self, recent: &RecentClick) {
        self.change.reclassified.push(Reclassified {
            click: recent.click.clone(),
            url: recent.url.clone(),
            verdict: MachineVerdict::Suspected(MachineReason::Burst),
        });
        let Some(granted) = &recent.granted else {
            return;
        };
        if let Some(once) = granted.once {
            self.scored.remove(&once);
            self.change.released.push(once);
        }
        let reason = ScoreReason::MachineRecognised;
        self.write(ScoreEntry {
            id: entry_id(recent.click.id, reason),
            occurred_at: recent.click.at,
            rule: granted.rule,
            rule_name: granted.rule_name.clone(),
            kind: EngagementType::Click,
            engagement: recent.click.id,
            points: -granted.points,
            old_score: 0,
            new_score: 0,
            url: recent.url.clone(),
            reason,
        });
    }

    /// A person did something: the lead is engaged, and it may score.
    fn engage(&mut self, policy: &ScoringPolicy, engagement: &Engagement, important: bool) {
        let at = engagement.occurred_at;
        match &engagement.action {
            Action::Report { .. } => return,
            Action::Click {
                target, candidate, ..
            } => {
                if self
                    .change
                    .last_click
                    .as_ref()
                    .is_none_or(|(last, _)| *last <= at)
                {
                    self.change.last_click = Some((at, target.to_string()));
                }
                if self.lead.tracking_id.is_none() {
                    self.change.tracking_id.get_or_insert(*candidate);
                }
            }
            Action::Open { .. } | Action::PageView { .. } => {}
        }
        self.change.last_engaged_at = self.change.last_engaged_at.max(Some(at));
        self.score(policy, engagement, important);
    }

    fn score(&mut self, policy: &ScoringPolicy, engagement: &Engagement, important: bool) {
        let Some(rule) = policy.rule(engagement.kind(), important) else {
            return;
        };
        if let (Repeats::Once, Some(once)) = (rule.repeats, OnceKey::of(engagement)) {
            if !self.scored.insert(once) {
                return;
            }
            self.change.scored.push((once, engagement.id));
        }
        let reason = ScoreReason::Granted;
        self.write(ScoreEntry {
            id: entry_id(engagement.id, reason),
            occurred_at: engagement.occurred_at,
            rule: Some(rule.id),
            rule_name: rule.name.clone(),
            kind: rule.kind,
            engagement: engagement.id,
            points: rule.points,
            old_score: 0,
            new_score: 0,
            url: engagement.page().map(ToString::to_string),
            reason,
        });
    }

    fn close(mut self, policy: &ScoringPolicy) -> LeadChange {
        self.change.engagement_score = self.engagement_score;
        self.change.score = self.shown_score();
        self.change.band = policy.bounds.band(self.change.score);
        self.change
    }
}

fn entry_id(engagement: EngagementId, reason: ScoreReason) -> ScoreEntryId {
    ScoreEntryId::derived(&[engagement.uuid().as_bytes(), reason.as_str().as_bytes()])
}

#[cfg(test)]
mod tests;
