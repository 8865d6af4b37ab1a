//! One step of a flow: when it is done, for whom, and what it does.

use std::collections::BTreeSet;

use chrono::{NaiveTime, TimeDelta, Weekday};
use serde::{Deserialize, Serialize};

use crate::ids::{CampaignId, StepId, TemplateId, UserId};
use crate::leads::{AttributeValue, ConditionField, LeadCondition, LeadField};
use crate::scoring::Band;

/// One step (ステップ). (B58)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Stays the same over every version, so that people inside find their place again.
    pub id: StepId,
    /// What staff call it; blank: by what it does.
    #[serde(default)]
    pub name: String,
    /// How long after the step before it was done, or after enrolling (D17, B16).
    #[serde(default)]
    pub delay: Delay,
    /// What must hold for the lead; all of it. Where it does not, the step is skipped (B19).
    #[serde(default)]
    pub only_if: Vec<LeadCondition>,
    /// How late it may be done at most, after an outage or a pause; later, it is skipped (D17).
    #[serde(default)]
    pub not_later_than: Option<Delay>,
    /// What it does.
    pub action: StepAction,
}

/// A span of time as people say it. (B16, B58)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delay {
    /// How many.
    pub value: u32,
    /// Of what.
    pub unit: DelayUnit,
}

/// A unit of a [`Delay`]. (B16)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DelayUnit {
    /// 分
    Minutes,
    /// 時間
    Hours,
    /// 日, of 24 hours.
    #[default]
    Days,
}

/// The longest delay. Days.
const LONGEST_DAYS: i64 = 3_650;

impl Delay {
    /// At once.
    pub const NONE: Self = Self {
        value: 0,
        unit: DelayUnit::Minutes,
    };

    /// The span, at most ten years.
    #[must_use]
    pub fn span(self) -> TimeDelta {
        let value = i64::from(self.value);
        let minutes = match self.unit {
            DelayUnit::Minutes => value,
            DelayUnit::Hours => value * 60,
            DelayUnit::Days => value * 24 * 60,
        };
        TimeDelta::minutes(minutes.min(LONGEST_DAYS * 24 * 60))
    }
}

impl Default for Delay {
    fn default() -> Self {
        Self::NONE
    }
}

impl DelayUnit {
    /// Every unit, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Minutes, Self::Hours, Self::Days];

    /// The name in storage and in the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }

    /// The unit with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == name)
    }
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum StepAction {
    /// Sends a mail.
    Send {
        /// Made from this template, as it is when the campaign is activated.
        template: TemplateId,
        /// A click of a person in this mail brings the next step forward to that moment (B15).
        #[serde(default)]
        click_hastens: bool,
    },
    /// Waits until the tenant's clock shows this time on one of these days.
    WaitUntil {
        /// On these days of the week; empty: on any.
        #[serde(default)]
        weekdays: BTreeSet<WeekdayName>,
        /// At this time of the tenant's day.
        at: NaiveTime,
    },
    /// Goes one way or the other (A56).
    Condition {
        /// What decides.
        test: StepTest,
        /// はい
        yes: Vec<Step>,
        /// いいえ
        no: Vec<Step>,
    },
    /// Sends a share of the people each way, the same person always the same (B7).
    Split {
        /// How many of a hundred go by `a`.
        share_a: u8,
        /// A
        a: Vec<Step>,
        /// B
        b: Vec<Step>,
    },
    /// Writes a field of the lead.
    SetAttribute {
        /// Which one: a fixed field or a custom attribute.
        field: String,
        /// What.
        value: AttributeValue,
    },
    /// Attaches a tag.
    AddTag {
        /// The tag.
        tag: String,
    },
    /// Takes a tag off.
    RemoveTag {
        /// The tag.
        tag: String,
    },
    /// Gives points, or takes them; the score's history names the campaign.
    AddScore {
        /// How many.
        points: i32,
    },
    /// Gives sales something to do (B45).
    CreateTask {
        /// What, with merge tags of the lead's name and company.
        title: String,
        /// For whom; none: whoever looks after the lead.
        #[serde(default)]
        assignee: Option<UserId>,
        /// Hours until it is due.
        due_in_hours: u32,
    },
    /// Tells staff in the interface and by mail.
    Notify {
        /// Whom; none: whoever looks after the lead, else every marketer.
        #[serde(default)]
        user: Option<UserId>,
        /// What.
        message: String,
    },
    /// Tells another program.
    Webhook {
        /// Where; only addresses on the public internet are called.
        url: String,
    },
    /// Ends here and enters another campaign.
    GoTo {
        /// Which one.
        campaign: CampaignId,
    },
    /// Ends here.
    End,
}

impl StepAction {
    /// The name in storage, in the JSON interface and in the keys of the interface's texts.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Send { .. } => "send",
            Self::WaitUntil { .. } => "wait_until",
            Self::Condition { .. } => "condition",
            Self::Split { .. } => "split",
            Self::SetAttribute { .. } => "set_attribute",
            Self::AddTag { .. } => "add_tag",
            Self::RemoveTag { .. } => "remove_tag",
            Self::AddScore { .. } => "add_score",
            Self::CreateTask { .. } => "create_task",
            Self::Notify { .. } => "notify",
            Self::Webhook { .. } => "webhook",
            Self::GoTo { .. } => "go_to",
            Self::End => "end",
        }
    }

    /// The lists of steps inside, in the order of [`Self::branches`].
    pub fn branches_mut(&mut self) -> Vec<&mut Vec<Step>> {
        if let Self::Condition {
            yes: one, no: two, ..
        }
        | Self::Split { a: one, b: two, .. } = self
        {
            vec![one, two]
        } else {
            Vec::new()
        }
    }

    /// Whether a click in the mail it sends brings the next step forward (B15).
    #[must_use]
    pub const fn hastens(&self) -> bool {
        matches!(
            self,
            Self::Send {
                click_hastens: true,
                ..
            }
        )
    }

    /// The template of the mail it sends, if it sends one.
    #[must_use]
    pub const fn template(&self) -> Option<TemplateId> {
        if let Self::Send { template, .. } = self {
            Some(*template)
        } else {
            None
        }
    }

    /// The steps inside, by the name of their branch.
    #[must_use]
    pub fn branches(&self) -> Vec<(Branch, &[Step])> {
        match self {
            Self::Condition { yes, no, .. } => vec![(Branch::Yes, yes), (Branch::No, no)],
            Self::Split { a, b, .. } => vec![(Branch::A, a), (Branch::B, b)],
            Self::Send { .. }
            | Self::WaitUntil { .. }
            | Self::SetAttribute { .. }
            | Self::AddTag { .. }
            | Self::RemoveTag { .. }
            | Self::AddScore { .. }
            | Self::CreateTask { .. }
            | Self::Notify { .. }
            | Self::Webhook { .. }
            | Self::GoTo { .. }
            | Self::End => Vec::new(),
        }
    }
}

/// One way on from a step that has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Branch {
    /// The condition holds.
    Yes,
    /// It does not.
    No,
    /// The first share.
    A,
    /// The rest.
    B,
}

impl Branch {
    /// Every branch.
    pub const ALL: [Self; 4] = [Self::Yes, Self::No, Self::A, Self::B];

    /// The name in storage and in the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::A => "a",
            Self::B => "b",
        }
    }

    /// The branch with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|branch| branch.as_str() == name)
    }
}

/// What a condition step asks. What people did counts since they were enrolled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum StepTest {
    /// Their band is at least this one (A56).
    BandAtLeast {
        /// The band.
        band: Band,
    },
    /// They opened a mail of this campaign. For reference only (A25).
    Opened {
        /// The mail of this step; none: any of them.
        step: Option<StepId>,
    },
    /// They clicked in a mail of this campaign.
    Clicked {
        /// The mail of this step; none: any of them.
        step: Option<StepId>,
        /// A link whose address contains this text; none: any link.
        #[serde(default)]
        url_contains: Option<String>,
    },
    /// They viewed a page of a registered site.
    Visited {
        /// Whose path contains this text.
        path: String,
    },
    /// This holds for them; all of it.
    Lead {
        /// The conditions.
        conditions: Vec<LeadCondition>,
    },
    /// They are in this segment.
    InSegment {
        /// The segment's id.
        segment: uuid::Uuid,
    },
}

/// A day of the week, ordered from Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the days of the week")]
pub enum WeekdayName {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl WeekdayName {
    /// Every day of the week.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

impl From<Weekday> for WeekdayName {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Mon => Self::Monday,
            Weekday::Tue => Self::Tuesday,
            Weekday::Wed => Self::Wednesday,
            Weekday::Thu => Self::Thursday,
            Weekday::Fri => Self::Friday,
            Weekday::Sat => Self::Saturday,
            Weekday::Sun => Self::Sunday,
        }
    }
}

/// What [`StepAction::SetAttribute`] writes: a fixed field or a custom attribute.
#[must_use]
pub fn writable_field(name: &str) -> Option<ConditionField> {
    match ConditionField::parse(name)? {
        ConditionField::Score | ConditionField::Band | ConditionField::Tags => None,
        // The address names the lead.
        ConditionField::Field(LeadField::Email) => None,
        field @ (ConditionField::Field(_) | ConditionField::Attribute(_)) => Some(field),
    }
}
