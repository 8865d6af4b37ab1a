//! An automatic sequence of mails, and what surrounds its steps.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Flow, Trigger};
use crate::ids::{CampaignId, UserId};
use crate::leads::LeadCondition;
use crate::scoring::Band;

/// An automatic sequence of mails (シナリオ). (B8, B57)
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// What it is and does, as staff last saved it.
    pub definition: CampaignDefinition,
    /// What its newest version was made of, under the name and description that it has now; none
    /// before the first activation. What is saved since waits for the next one.
    pub live: Option<CampaignDefinition>,
    /// Where it stands.
    pub status: CampaignStatus,
    /// The newest version that people can be in; 0 before the first activation. Editing a live
    /// campaign makes the next one.
    pub version: u32,
    /// People who ever entered. (B57)
    pub enrolled_count: u64,
    /// People who reached the end. (B57)
    pub completed_count: u64,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was last activated or resumed.
    pub activated_at: Option<DateTime<Utc>>,
    /// When it was paused, while it is.
    pub paused_at: Option<DateTime<Utc>>,
}

impl Campaign {
    /// Whether people are in it: active or paused.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self.status, CampaignStatus::Active | CampaignStatus::Paused)
    }

    /// What holds now: of a live campaign its newest version, of any other what is saved.
    #[must_use]
    pub fn in_force(&self) -> &CampaignDefinition {
        let live = self.live.as_ref().filter(|_| self.is_live());
        live.unwrap_or(&self.definition)
    }

    /// Whether something is saved that waits for the next activation of a live campaign.
    #[must_use]
    pub fn has_unpublished_changes(&self) -> bool {
        *self.in_force() != self.definition
    }
}

/// What a campaign is, as it is edited. (B16)
#[derive(Clone, Debug, PartialEq)]
pub struct CampaignDefinition {
    /// What staff call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What lets people in.
    pub trigger: Trigger,
    /// What must hold for them besides; all of it.
    pub entry: Vec<LeadCondition>,
    /// What takes them out early; any of it. Refusing mail always does.
    pub exits: Vec<ExitCondition>,
    /// Whether they may come again (D16).
    pub re_entry: ReEntry,
    /// Opens and clicks are tracked (C13).
    pub tracking: bool,
    /// What is done with them.
    pub flow: Flow,
}

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CampaignStatus {
    /// 下書き: nobody is in it.
    Draft,
    /// 稼働中
    Active,
    /// 一時停止: nobody enters, nobody moves on.
    Paused,
    /// 終了: nobody enters any more and nobody is in it.
    Completed,
}

impl CampaignStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Active, Self::Paused, Self::Completed];

    /// The name in storage and in the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Completed => "completed",
        }
    }

    /// The status with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether staff may bring a campaign from here to `next`. Only drafts need to be checked
    /// before they become active; a completed one can be made active again.
    #[must_use]
    pub const fn allows(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft | Self::Paused | Self::Completed, Self::Active)
                | (Self::Active, Self::Paused)
                | (Self::Active | Self::Paused, Self::Completed)
        )
    }
}

/// Whether a lead may go through a campaign more than once (D16). It never is in it twice at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReEntry {
    /// Once for ever.
    #[default]
    Never,
    /// Again, once they have reached the end or an exit.
    AfterFinishing,
    /// At once: whoever is in it begins anew.
    Always,
}

impl ReEntry {
    /// Every choice, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Never, Self::AfterFinishing, Self::Always];

    /// The name in storage and in the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::AfterFinishing => "after_finishing",
            Self::Always => "always",
        }
    }

    /// The choice with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == name)
    }
}

/// What takes people out of a campaign before its end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitCondition {
    /// Their band is at least this one.
    BandReached(Band),
    /// This custom event was reported of them, such as `applied` (申込), since they entered.
    Custom(crate::tracking::EventName),
    /// This condition holds for them.
    Lead(LeadCondition),
}
