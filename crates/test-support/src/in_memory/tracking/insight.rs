//! What the screens of leads read.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::ids::{LeadId, TenantId};
use domain::leads::{Activity, AsOf, ImportantView, LeadInsight, ScoreCause};
use domain::scoring::{ScoreEntry, ScoreReason};
use domain::store::StoreResult;
use domain::tracking::{Action, EngagementType, continues_session};

use super::{InMemoryEngagementLog, Logged, TenantState};

impl TenantState {
    /// What a person did, oldest first.
    fn human(&self, lead: LeadId) -> impl Iterator<Item = &Logged> {
        let logged = self.log.values();
        logged.filter(move |one| one.lead == Some(lead) && one.verdict.is_human())
    }

    fn causes(&self, lead: LeadId) -> Vec<ScoreCause> {
        let mut causes: BTreeMap<(&str, &str, Option<&str>), ScoreCause> = BTreeMap::new();
        for (_, entry) in self.history.iter().filter(|(owner, _)| *owner == lead) {
            let cause = (
                entry.rule_name.as_str(),
                entry.kind.as_str(),
                entry.url.as_deref(),
            );
            add(
                causes.entry(cause).or_insert_with(|| nothing_yet(entry)),
                entry,
            );
        }
        let mut causes: Vec<ScoreCause> = causes.into_values().collect();
        causes.retain(|cause| cause.points != 0);
        causes.sort_by_key(|cause| Reverse((cause.points, cause.last_at)));
        causes
    }
}

fn nothing_yet(entry: &ScoreEntry) -> ScoreCause {
    ScoreCause {
        rule: entry.rule_name.clone(),
        kind: entry.kind,
        url: entry.url.clone(),
        points: 0,
        times: 0,
        last_at: entry.occurred_at,
    }
}

fn add(cause: &mut ScoreCause, entry: &ScoreEntry) {
    cause.points += entry.points;
    cause.times += u32::from(entry.reason == ScoreReason::Granted);
    cause.last_at = cause.last_at.max(entry.occurred_at);
}

impl LeadInsight for InMemoryEngagementLog {
    fn activity(&self, tenant: TenantId, lead: LeadId, as_of: AsOf) -> StoreResult<Activity> {
        Ok(self.with(tenant, |state| {
            let zone = state.settings.policy.time_zone;
            let first_day = as_of.first_day_of_last(7);
            let mut activity = Activity::default();
            let mut last_view: Option<DateTime<Utc>> = None;
            for logged in state.human(lead) {
                let at = logged.engagement.occurred_at;
                if at.with_timezone(&zone).date_naive() < first_day {
                    continue;
                }
                match logged.engagement.kind() {
                    EngagementType::Open => activity.opens += 1,
                    EngagementType::Click => activity.clicks += 1,
                    EngagementType::PageView => {
                        activity.page_views += 1;
                        activity.important_page_views += u32::from(logged.important);
                        let goes_on = last_view.is_some_and(|last| continues_session(last, at));
                        activity.sessions += u32::from(!goes_on);
                        last_view = Some(at);
                    }
                    EngagementType::Delivered
                    | EngagementType::Bounce
                    | EngagementType::SpamReport
                    | EngagementType::Unsubscribe
                    | EngagementType::ProviderClick
                    | EngagementType::Custom => {}
                }
            }
            activity
        }))
    }

    fn important_views(
        &self,
        tenant: TenantId,
        lead: LeadId,
        since: DateTime<Utc>,
        limit: u32,
    ) -> StoreResult<Vec<ImportantView>> {
        let mut views: BTreeMap<String, ImportantView> = BTreeMap::new();
        self.with(tenant, |state| {
            for logged in state.human(lead).filter(|logged| logged.important) {
                let (at, action) = (logged.engagement.occurred_at, &logged.engagement.action);
                let Action::PageView { page, title, .. } = action else {
                    continue;
                };
                if at < since {
                    continue;
                }
                let view = views
                    .entry(page.to_string())
                    .or_insert_with(|| ImportantView {
                        url: page.to_string(),
                        title: None,
                        views: 0,
                        last_at: at,
                    });
                view.title = title.clone().or_else(|| view.title.take());
                view.views += 1;
                view.last_at = at;
            }
        });
        let mut views: Vec<ImportantView> = views.into_values().collect();
        views.sort_by_key(|view| Reverse(view.last_at));
        views.truncate(limit as usize);
        Ok(views)
    }

    fn score_causes(
        &self,
        tenant: TenantId,
        leads: &[LeadId],
        each: u32,
    ) -> StoreResult<BTreeMap<LeadId, Vec<ScoreCause>>> {
        Ok(self.with(tenant, |state| {
            let causes = leads.iter().map(|lead| {
                let mut causes = state.causes(*lead);
                causes.truncate(each as usize);
                (*lead, causes)
            });
            causes.filter(|(_, causes)| !causes.is_empty()).collect()
        }))
    }
}
