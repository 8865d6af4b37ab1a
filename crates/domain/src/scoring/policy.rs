//! The tenant's rules, bounds and thresholds.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::Band;
use crate::automation::AutomationPolicy;
use crate::ids::ScoringRuleId;
use crate::tracking::{Action, Engagement, EngagementType, EventName, ImportantPages};

/// Whether the same cause may score again (D8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// Once for each cause.
    Once,
    /// Every time.
    Always,
}

impl Repeats {
    /// The name in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::Always => "always",
        }
    }

    /// The value with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Once, Self::Always]
            .into_iter()
            .find(|repeats| repeats.as_str() == name)
    }
}

/// A rule that gives points for a kind of engagement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoringRule {
    /// Its id.
    pub id: ScoringRuleId,
    /// What staff call it.
    pub name: String,
    /// The kind it looks at.
    pub kind: EngagementType,
    /// Which custom event it looks at; none for the other kinds.
    pub event: Option<EventName>,
    /// For important pages only, and there instead of the plain rule (D4).
    pub important: bool,
    /// What it gives; may be negative.
    pub points: i32,
    /// Whether the same cause scores again.
    pub repeats: Repeats,
    /// An inactive rule gives nothing.
    pub is_active: bool,
}

/// The range of the shown score and where the bands begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The lowest score shown.
    pub min: i32,
    /// The highest, if there is one.
    pub max: Option<i32>,
    /// The lowest score of a warm lead.
    pub warm_from: i32,
    /// The lowest score of a hot lead.
    pub hot_from: i32,
}

impl Bounds {
    /// The shown score of the sum of both parts.
    #[must_use]
    pub fn clamp(&self, sum: i32) -> i32 {
        sum.clamp(self.min, self.max.unwrap_or(i32::MAX).max(self.min))
    }

    /// The band of a shown score. (A46)
    #[must_use]
    pub const fn band(&self, score: i32) -> Band {
        if score >= self.hot_from {
            Band::Hot
        } else if score >= self.warm_from {
            Band::Warm
        } else {
            Band::Cold
        }
    }
}

/// All that scoring depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoringPolicy {
    /// The rules.
    pub rules: Vec<ScoringRule>,
    /// Range and thresholds.
    pub bounds: Bounds,
    /// Which pages are important.
    pub important_pages: ImportantPages,
    /// Whose midnight ends a day in reports.
    pub time_zone: Tz,
    /// What engagements set in motion besides.
    pub automation: AutomationPolicy,
}

impl ScoringPolicy {
    /// The rule for an engagement: the important one replaces the plain one (D4).
    #[must_use]
    pub fn rule(&self, engagement: &Engagement, important: bool) -> Option<&ScoringRule> {
        let kind = engagement.kind();
        let event = match &engagement.action {
            Action::Custom { event, .. } => Some(event),
            Action::Open { .. }
            | Action::Click { .. }
            | Action::PageView { .. }
            | Action::Report { .. } => None,
        };
        let of = |important: bool| {
            self.rules.iter().find(|rule| {
                rule.is_active
                    && rule.kind == kind
                    && rule.event.as_ref() == event
                    && rule.important == important
            })
        };
        if important {
            of(true).or_else(|| of(false))
        } else {
            of(false)
        }
    }

    /// The tenant's day on which something happened.
    #[must_use]
    pub fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.time_zone).date_naive()
    }
}
