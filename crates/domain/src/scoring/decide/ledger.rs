//! The running score while lines of the history are written.

use std::collections::BTreeSet;

use super::{LeadChange, LeadState, RecentClick, Reclassified, ScoreEntry, ScoreReason};
use crate::ids::{EngagementId, ScoreEntryId};
use crate::scoring::{Bounds, OnceKey, Repeats, ScoringPolicy};
use crate::tracking::{Action, Engagement, EngagementType, MachineVerdict};

/// Keeps the running score while lines are written.
pub(super) struct Ledger<'a> {
    bounds: &'a Bounds,
    lead: &'a LeadState,
    scored: BTreeSet<OnceKey>,
    engagement_score: i32,
    change: LeadChange,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(bounds: &'a Bounds, lead: &'a LeadState) -> Self {
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

    /// A new engagement is a machine's.
    pub(super) fn judge(&mut self, engagement: &Engagement, verdict: MachineVerdict) {
        if verdict != engagement.verdict {
            self.change.verdicts.insert(engagement.id, verdict);
        }
    }

    /// A logged machine's click has a stronger reason now.
    pub(super) fn restate(&mut self, recent: &RecentClick, verdict: MachineVerdict) {
        self.change.restated.push(reclassified(recent, verdict));
    }

    /// A logged click turns out to be a machine's, with the points it was given.
    pub(super) fn take_back(&mut self, recent: &RecentClick, verdict: MachineVerdict) {
        self.change.reclassified.push(reclassified(recent, verdict));
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
    pub(super) fn engage(
        &mut self,
        policy: &ScoringPolicy,
        engagement: &Engagement,
        important: bool,
    ) {
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
            Action::Open { .. } | Action::PageView { .. } | Action::Custom { .. } => {}
        }
        self.change.last_engaged_at = self.change.last_engaged_at.max(Some(at));
        self.score(policy, engagement, important);
    }

    fn score(&mut self, policy: &ScoringPolicy, engagement: &Engagement, important: bool) {
        let Some(rule) = policy.rule(engagement, important) else {
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

    pub(super) fn close(mut self, policy: &ScoringPolicy) -> LeadChange {
        self.change.engagement_score = self.engagement_score;
        self.change.score = self.shown_score();
        self.change.band = policy.bounds.band(self.change.score);
        self.change
    }
}

fn reclassified(recent: &RecentClick, verdict: MachineVerdict) -> Reclassified {
    Reclassified {
        click: recent.click.clone(),
        url: recent.url.clone(),
        verdict,
    }
}

fn entry_id(engagement: EngagementId, reason: ScoreReason) -> ScoreEntryId {
    ScoreEntryId::derived(&[engagement.uuid().as_bytes(), reason.as_str().as_bytes()])
}
