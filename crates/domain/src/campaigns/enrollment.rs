//! One lead's way through a campaign.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Branch, ExitCondition, Flow, ReEntry, Trigger};
use crate::automation::StaffReaction;
use crate::content::FrozenContent;
use crate::delivery::{NewSend, SendKey};
use crate::ids::{CampaignId, EnrollmentId, LeadId, StepId};
use crate::leads::{AttributeValue, LeadCondition};

/// One lead's way through a campaign. (B59)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrollment {
    /// Its id, derived from campaign, lead and what let the lead in.
    pub id: EnrollmentId,
    /// The campaign.
    pub campaign: CampaignId,
    /// The version of the campaign that this lead goes through.
    pub version: u32,
    /// The lead.
    pub lead: LeadId,
    /// Where it stands.
    pub status: EnrollmentStatus,
    /// The step that comes next; none once it has ended.
    pub next_step: Option<StepId>,
    /// When that step is looked at next; none once it has ended.
    pub next_at: Option<DateTime<Utc>>,
    /// When that step was due, if the person holds it back: by a pause, or by an address that is
    /// yet to be confirmed.
    pub held_since: Option<DateTime<Utc>>,
    /// When the step before was done, or the lead was enrolled: delays count from here (D17).
    pub since: DateTime<Utc>,
    /// When the lead was enrolled.
    pub enrolled_at: DateTime<Utc>,
    /// When it ended, in whatever way.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Enrollment {
    /// How long the person held back the step that comes next.
    #[must_use]
    pub fn held_for(&self) -> TimeDelta {
        let held = self.next_at.zip(self.held_since);
        held.map_or(TimeDelta::zero(), |(until, since)| until - since)
    }
}

/// Where an enrollment stands. (B59)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnrollmentStatus {
    /// 進行中
    Active,
    /// 一時停止, by staff, for this lead alone.
    Paused,
    /// 完了: the end was reached. (B18)
    Completed,
    /// 途中終了: an exit condition held, or staff took the lead out.
    Exited,
    /// 配信停止: the lead refused mail.
    Unsubscribed,
}

impl EnrollmentStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Active,
        Self::Paused,
        Self::Completed,
        Self::Exited,
        Self::Unsubscribed,
    ];

    /// The name in storage and in the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Exited => "exited",
            Self::Unsubscribed => "unsubscribed",
        }
    }

    /// The status with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// The lead is still inside.
    #[must_use]
    pub const fn is_inside(self) -> bool {
        matches!(self, Self::Active | Self::Paused)
    }
}

/// Why a lead is enrolled. The same cause never enrolls a lead twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrollCause {
    /// The campaign.
    pub campaign: CampaignId,
    /// The lead.
    pub lead: LeadId,
    /// What names the occasion: the engagement's id, a request's key, the day of a date.
    pub occasion: Vec<u8>,
}

impl EnrollCause {
    /// The enrollment that this cause leads to, however often it is looked at.
    #[must_use]
    pub fn id(&self) -> EnrollmentId {
        let (campaign, lead) = (self.campaign.uuid(), self.lead.uuid());
        EnrollmentId::derived(&[campaign.as_bytes(), lead.as_bytes(), &self.occasion])
    }
}

/// What enrolling a lead came to. (B17)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// The lead is in it from now on.
    Now(EnrollmentId),
    /// The lead was in it already; nothing changed.
    Already(EnrollmentId),
    /// The lead is not let in.
    Refused(EnrollRefused),
}

/// Why a lead is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnrollRefused {
    /// The campaign is not active.
    NotActive,
    /// An entry condition does not hold.
    EntryCondition,
    /// The lead has been through it, and nobody goes twice.
    Before,
    /// There is no such lead.
    NoSuchLead,
    /// No mail may go to the lead.
    Suppressed,
}

impl EnrollRefused {
    /// The name in the JSON interface and in the keys of the interface's texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotActive => "not_active",
            Self::EntryCondition => "entry_condition",
            Self::Before => "before",
            Self::NoSuchLead => "no_such_lead",
            Self::Suppressed => "suppressed",
        }
    }
}

/// What a version of a campaign does with people: kept as it was when it was activated.
#[derive(Clone, Debug, PartialEq)]
pub struct CampaignVersion {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its number, from 1.
    pub version: u32,
    /// What lets people in, while this is the newest version.
    pub trigger: Trigger,
    /// What must hold for them besides; all of it.
    pub entry: Vec<LeadCondition>,
    /// Whether they may come again (D16).
    pub re_entry: ReEntry,
    /// Opens and clicks of its mails are tracked (C13).
    pub tracking: bool,
    /// The steps.
    pub flow: Flow,
    /// What takes people out early.
    pub exits: Vec<ExitCondition>,
    /// What the send steps send.
    pub contents: Vec<(StepId, FrozenContent)>,
}

/// What one step did. (B20, B60)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepExecution {
    /// The step.
    pub step: StepId,
    /// When.
    pub at: DateTime<Utc>,
    /// What came of it.
    pub outcome: StepOutcome,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// A mail was queued. (B20)
    Sent(SendKey),
    /// It was done.
    Done,
    /// It went this way.
    Went(Branch),
    /// It was skipped (B19).
    Skipped(StepSkipped),
}

/// Why a step was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepSkipped {
    /// A condition of the step did not hold (B19).
    Condition,
    /// It would have been done too late (D17).
    TooLate,
    /// What it needs is gone: the template, the campaign to go to.
    Gone,
}

impl StepOutcome {
    /// The name in storage and in the keys of the interface's texts; [`Branch`] and
    /// [`StepSkipped`] follow a colon.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Sent(_) => "sent".to_owned(),
            Self::Done => "done".to_owned(),
            Self::Went(branch) => format!("went:{}", branch.as_str()),
            Self::Skipped(StepSkipped::Condition) => "skipped:condition".to_owned(),
            Self::Skipped(StepSkipped::TooLate) => "skipped:too_late".to_owned(),
            Self::Skipped(StepSkipped::Gone) => "skipped:gone".to_owned(),
        }
    }
}

/// What a step changes besides the enrollment itself. Carried out in the same transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum StepEffect {
    /// Queues a mail.
    Send(NewSend),
    /// Writes a field: a fixed one or a custom attribute.
    SetAttribute {
        /// Its name, as in conditions.
        field: String,
        /// What.
        value: AttributeValue,
    },
    /// Attaches a tag.
    AddTag(String),
    /// Takes a tag off.
    RemoveTag(String),
    /// Gives points; the history names the step.
    AddScore {
        /// The step.
        step: StepId,
        /// How many.
        points: i32,
    },
    /// Enrolls the lead in another campaign.
    Enroll(EnrollCause),
    /// Something for the reaction queue, carried out by a worker of its own: tasks, notices,
    /// webhooks.
    React(StaffReaction),
}

impl StepEffect {
    /// Whether it writes to the lead itself: what is known of it, or its score.
    #[must_use]
    pub const fn changes_the_lead(&self) -> bool {
        match self {
            Self::SetAttribute { .. }
            | Self::AddTag(_)
            | Self::RemoveTag(_)
            | Self::AddScore { .. } => true,
            Self::Send(_) | Self::Enroll(_) | Self::React(_) => false,
        }
    }
}

/// Where an enrollment goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onward {
    /// This step is looked at then.
    At {
        /// The step.
        step: StepId,
        /// When.
        at: DateTime<Utc>,
    },
    /// It has ended.
    Ended(EnrollmentStatus),
}

/// All that one look at a due enrollment changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Advance {
    /// What was done, in order.
    pub executions: Vec<StepExecution>,
    /// What it changes elsewhere, in order.
    pub effects: Vec<StepEffect>,
    /// From when delays count now.
    pub since: DateTime<Utc>,
    /// Where it goes on.
    pub onward: Onward,
}
