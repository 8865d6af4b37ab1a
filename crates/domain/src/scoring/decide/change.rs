//! What a decision changes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::automation::Reaction;
use crate::ids::{EngagementId, ScoreEntryId, ScoringRuleId};
use crate::scoring::{Band, OnceKey};
use crate::tracking::{BurstClick, EngagementType, MachineVerdict, VisitorId};

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

/// A click in the log that gets another verdict.
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
    /// Logged clicks that counted as a person's and turn out to be a machine's.
    pub reclassified: Vec<Reclassified>,
    /// Logged clicks that were a machine's already, now for a stronger reason: only the stored
    /// verdict changes, no count and no point.
    pub restated: Vec<Reclassified>,
    /// What the new engagements set in motion; written with them. What the reclassified clicks had
    /// set in motion and still waits is taken back.
    pub reactions: Vec<Reaction>,
}
