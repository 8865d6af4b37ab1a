//! What keeps a campaign from being activated.

use crate::content::TemplateProblem;
use crate::delivery::SenderItem;
use crate::ids::StepId;

/// One thing that keeps a campaign from being activated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignProblem {
    /// At which step; none: the campaign itself.
    pub step: Option<StepId>,
    /// What is wrong.
    pub fault: CampaignFault,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CampaignFault {
    /// It has no name.
    NameMissing,
    /// Its name has more than 120 characters.
    NameTooLong,
    /// The sender profile lacks this item, which every mail has to name (特定電子メール法).
    SenderIncomplete(SenderItem),
    /// It can never fire: the trigger, or the test, needs a part of Ondo that is not there yet.
    NotYetAvailable,
    /// The trigger looks at nothing: it has no condition.
    TriggerIncomplete,
    /// The trigger counts from a custom attribute that there is not, or that is no date.
    NotADateAttribute(String),
    /// It has no steps.
    NoSteps,
    /// It has more steps than [`super::MOST_STEPS`].
    TooManySteps,
    /// The step stands in more branches than [`super::DEEPEST`].
    TooDeep,
    /// Another step has the same id.
    SameId,
    /// The step comes after one that always ends the campaign.
    Unreachable,
    /// The delay, or the lateness, is longer than ten years.
    DelayTooLong,
    /// The template does not exist.
    TemplateMissing,
    /// The template cannot be sent.
    Template(TemplateProblem),
    /// A split needs from 1 to 99 of a hundred on either way.
    ShareOutOfRange,
    /// The test asks for the mail of a step that sends none or does not come before.
    NoSuchMailBefore,
    /// The test has no condition, or no text to look for.
    TestIncomplete,
    /// The field cannot be written, or not with this value.
    NotWritable(String),
    /// The tag is blank.
    TagBlank,
    /// It gives no points.
    NoPoints,
    /// The task has no title, or the notice no message.
    TextMissing,
    /// The title of the task, or the notice, is too long.
    TextTooLong,
    /// The address cannot be called: it is not `https`, or not on the public internet.
    NotAPublicAddress,
    /// It goes on to itself.
    GoesToItself,
    /// The campaign to go on to does not exist.
    CampaignMissing,
}

impl CampaignFault {
    /// The key of the sentence that explains it, in the interface's texts and the JSON interface.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NameMissing => "name-missing",
            Self::NameTooLong => "name-too-long",
            Self::SenderIncomplete(_) => "sender-incomplete",
            Self::NotYetAvailable => "not-yet-available",
            Self::TriggerIncomplete => "trigger-incomplete",
            Self::NotADateAttribute(_) => "not-a-date-attribute",
            Self::NoSteps => "no-steps",
            Self::TooManySteps => "too-many-steps",
            Self::TooDeep => "too-deep",
            Self::SameId => "same-id",
            Self::Unreachable => "unreachable",
            Self::DelayTooLong => "delay-too-long",
            Self::TemplateMissing => "template-missing",
            Self::Template(_) => "template",
            Self::ShareOutOfRange => "share-out-of-range",
            Self::NoSuchMailBefore => "no-such-mail-before",
            Self::TestIncomplete => "test-incomplete",
            Self::NotWritable(_) => "not-writable",
            Self::TagBlank => "tag-blank",
            Self::NoPoints => "no-points",
            Self::TextMissing => "text-missing",
            Self::TextTooLong => "text-too-long",
            Self::NotAPublicAddress => "not-a-public-address",
            Self::GoesToItself => "goes-to-itself",
            Self::CampaignMissing => "campaign-missing",
        }
    }

    /// The name or text that the sentence is about, or nothing.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::SenderIncomplete(item) => item.as_str().to_owned(),
            Self::NotADateAttribute(name) | Self::NotWritable(name) => name.clone(),
            Self::Template(problem) => problem.to_string(),
            Self::NameMissing
            | Self::NameTooLong
            | Self::NotYetAvailable
            | Self::TriggerIncomplete
            | Self::NoSteps
            | Self::TooManySteps
            | Self::TooDeep
            | Self::SameId
            | Self::Unreachable
            | Self::DelayTooLong
            | Self::TemplateMissing
            | Self::ShareOutOfRange
            | Self::NoSuchMailBefore
            | Self::TestIncomplete
            | Self::TagBlank
            | Self::NoPoints
            | Self::TextMissing
            | Self::TextTooLong
            | Self::NotAPublicAddress
            | Self::GoesToItself
            | Self::CampaignMissing => String::new(),
        }
    }
}
