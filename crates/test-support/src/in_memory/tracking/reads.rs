//! What happened to a lead, and why its score is what it is.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use domain::ids::{EngagementId, LeadId, ScoreEntryId, TenantId};
use domain::scoring::{ScoreEntry, ScoreHistory, ScoreLine};
use domain::store::StoreResult;
use domain::tracking::{Action, EngagementType, MailSource, Properties, Timeline, TimelineEntry};

use super::{InMemoryEngagementLog, Logged, TenantState};

impl Timeline for InMemoryEngagementLog {
    fn timeline(
        &self,
        tenant: TenantId,
        lead: LeadId,
        kinds: &[EngagementType],
        before: Option<(DateTime<Utc>, EngagementId)>,
        limit: u32,
    ) -> StoreResult<Vec<TimelineEntry>> {
        let entries = |state: &mut TenantState| {
            let of_lead = state.log.iter().rev().filter(|(place, logged)| {
                logged.lead == Some(lead) && before.is_none_or(|before| **place < before)
            });
            of_lead
                .map(|(_, logged)| state.entry(logged))
                .filter(|entry| kinds.is_empty() || kinds.contains(&entry.kind))
                .take(limit as usize)
                .collect()
        };
        Ok(self.with(tenant, entries))
    }
}

impl TenantState {
    fn entry(&self, logged: &Logged) -> TimelineEntry {
        let engagement = &logged.engagement;
        let (title, referrer, detail) = match &engagement.action {
            Action::PageView {
                title, referrer, ..
            } => (title.clone(), referrer.clone(), None),
            Action::Report { detail, .. } => (None, None, detail.clone()),
            Action::Open { .. } | Action::Click { .. } | Action::Custom { .. } => {
                (None, None, None)
            }
        };
        let (event, properties) = match &engagement.action {
            Action::Custom {
                event, properties, ..
            } => (Some(event.clone()), properties.clone()),
            Action::Open { .. }
            | Action::Click { .. }
            | Action::PageView { .. }
            | Action::Report { .. } => (None, Properties::default()),
        };
        let lines = || {
            let entries = self.history.iter().map(|(_, entry)| entry);
            entries.filter(|entry| entry.engagement == engagement.id)
        };
        let names = &self.settings.broadcasts;
        let source = engagement.mail().and_then(|mail| mail.source);
        TimelineEntry {
            id: engagement.id,
            kind: engagement.kind(),
            occurred_at: engagement.occurred_at,
            url: engagement.page().map(ToString::to_string),
            title,
            referrer,
            important: logged.important,
            verdict: logged.verdict,
            broadcast: source.and_then(|source| match source {
                MailSource::Broadcast(id) => Some((id, names.get(&id)?.clone())),
                MailSource::Campaign(_) => None,
            }),
            detail,
            event,
            properties,
            points: lines().map(|entry| entry.points).sum(),
            rule: lines()
                .next()
                .and_then(|entry| entry.rule.map(|rule| (rule, entry.rule_name.clone()))),
        }
    }
}

impl ScoreHistory for InMemoryEngagementLog {
    fn score_history(
        &self,
        tenant: TenantId,
        lead: LeadId,
        before: Option<(DateTime<Utc>, ScoreEntryId)>,
        limit: u32,
    ) -> StoreResult<Vec<ScoreLine>> {
        let mut lines: Vec<ScoreLine> = self.with(tenant, |state| {
            let of_lead = state.history.iter().filter(|(owner, _)| *owner == lead);
            of_lead.map(|(_, entry)| line(entry)).collect()
        });
        lines.sort_by_key(|line| Reverse((line.occurred_at, line.id)));
        lines.retain(|line| before.is_none_or(|before| (line.occurred_at, line.id) < before));
        lines.truncate(limit as usize);
        Ok(lines)
    }
}

fn line(entry: &ScoreEntry) -> ScoreLine {
    ScoreLine {
        id: entry.id,
        occurred_at: entry.occurred_at,
        rule: entry.rule_name.clone(),
        kind: Some(entry.kind),
        engagement: Some(entry.engagement),
        points: entry.points,
        old_score: entry.old_score,
        new_score: entry.new_score,
        url: entry.url.clone(),
        reason: entry.reason,
    }
}
