//! What scoring needs of storage.

use chrono::{DateTime, Utc};

use super::preset::Preset;
use super::{ScoreReason, ScoringPolicy};
use crate::ids::{EngagementId, LeadId, ScoreEntryId, TenantId};
use crate::store::StoreResult;
use crate::tracking::EngagementType;

/// The tenant's rules, bounds and thresholds.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ScoringRules: Send + Sync {
    /// What scoring depends on now. A tenant that never chose has the rules and bounds
    /// of the `temperature` preset.
    ///
    /// # Errors
    /// The storage's.
    fn policy(&self, tenant: TenantId) -> StoreResult<ScoringPolicy>;

    /// Replaces rules, bounds and important pages by those of a preset, in one transaction.
    ///
    /// # Errors
    /// The storage's.
    fn apply_preset(
        &self,
        tenant: TenantId,
        preset: &Preset,
        now: DateTime<Utc>,
    ) -> StoreResult<()>;
}

/// One line of the history, as it is shown. (B32)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoreLine {
    /// The line.
    pub id: ScoreEntryId,
    /// When what scored happened.
    pub occurred_at: DateTime<Utc>,
    /// The rule's name at that time.
    pub rule: String,
    /// What kind of engagement it was; none: a step of a campaign, which the rule names.
    pub kind: Option<EngagementType>,
    /// Which one.
    pub engagement: Option<EngagementId>,
    /// The points, negative when taken back.
    pub points: i32,
    /// The shown score before.
    pub old_score: i32,
    /// The shown score after.
    pub new_score: i32,
    /// The page or link.
    pub url: Option<String>,
    /// Why the line was written.
    pub reason: ScoreReason,
}

/// The history that explains every point.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ScoreHistory: Send + Sync {
    /// At most `limit` lines of a lead, newest first, older than `before`.
    ///
    /// # Errors
    /// The storage's.
    fn score_history(
        &self,
        tenant: TenantId,
        lead: LeadId,
        before: Option<(DateTime<Utc>, ScoreEntryId)>,
        limit: u32,
    ) -> StoreResult<Vec<ScoreLine>>;
}
