//! One mail to one person.

use chrono::{DateTime, SubsecRound as _, Utc};

use crate::campaigns::Variant;
use crate::ids::{
    BroadcastId, CampaignId, ContentId, EnrollmentId, LeadId, SendId, StepId, TemplateId,
};
use crate::tracking::MailSource;

/// Finds one send: its id, and the time that says which part of the table it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SendKey {
    /// The send.
    pub id: SendId,
    /// When its cause came up, in whole seconds because links carry this time: the start of the
    /// broadcast, or the moment the step was due.
    pub queued_at: DateTime<Utc>,
}

/// Why a mail is sent. The same cause always leads to the same [`SendKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SendCause {
    /// One mail to many.
    Broadcast {
        /// The broadcast.
        broadcast: BroadcastId,
        /// When the broadcast started.
        started_at: DateTime<Utc>,
        /// The person.
        lead: LeadId,
    },
    /// A step of a campaign, which each enrollment reaches at most once.
    Step {
        /// The campaign.
        campaign: CampaignId,
        /// The person's way through it.
        enrollment: EnrollmentId,
        /// The step.
        step: StepId,
        /// When the enrollment reached the step, as it is stored: the same for each look at it.
        due_at: DateTime<Utc>,
        /// The person.
        lead: LeadId,
    },
}

impl SendCause {
    /// The send that this cause leads to, however often it is looked at.
    #[must_use]
    pub fn key(&self) -> SendKey {
        let (within, what, since) = match self {
            Self::Broadcast {
                broadcast,
                started_at,
                lead,
            } => (broadcast.uuid(), lead.uuid(), started_at),
            Self::Step {
                enrollment,
                step,
                due_at,
                ..
            } => (enrollment.uuid(), step.uuid(), due_at),
        };
        SendKey {
            id: SendId::derived(&[within.as_bytes(), what.as_bytes()]),
            queued_at: since.trunc_subsecs(0),
        }
    }

    /// To whom.
    #[must_use]
    pub const fn lead(&self) -> LeadId {
        match self {
            Self::Broadcast { lead, .. } | Self::Step { lead, .. } => *lead,
        }
    }

    /// What the mail belongs to.
    #[must_use]
    pub const fn source(&self) -> MailSource {
        match self {
            Self::Broadcast { broadcast, .. } => MailSource::Broadcast(*broadcast),
            Self::Step { campaign, .. } => MailSource::Campaign(*campaign),
        }
    }
}

/// A send that is to be queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSend {
    /// Why, to whom.
    pub cause: SendCause,
    /// What it says.
    pub content: ContentId,
    /// The template that the content is made from.
    pub template: Option<TemplateId>,
    /// The variant of a test that it is, for a member of the test group (B7).
    pub variant: Option<Variant>,
    /// When it may go out at the earliest; `None`: when the winner of the test is known.
    pub due_at: Option<DateTime<Utc>>,
    /// From when on it is too late: what has not gone out by then is skipped.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Where a send stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SendState {
    /// Waits for its turn.
    Queued,
    /// A worker has it, and has not called the provider.
    Claimed,
    /// A worker may have called the provider.
    Dispatching,
    /// The provider has it.
    Accepted,
    /// Waits for another try.
    RetryWait,
    /// Will not be sent: the provider refuses it, or every try failed.
    Failed,
    /// Was not sent, for a reason of ours.
    Skipped,
    /// Nobody knows whether the provider has it; a report or a person settles it.
    Unknown,
    /// Arrived.
    Delivered,
    /// Came back.
    Bounced,
    /// Arrived and was reported as spam.
    Complained,
}

impl SendState {
    /// Every state.
    pub const ALL: [Self; 11] = [
        Self::Queued,
        Self::Claimed,
        Self::Dispatching,
        Self::Accepted,
        Self::RetryWait,
        Self::Failed,
        Self::Skipped,
        Self::Unknown,
        Self::Delivered,
        Self::Bounced,
        Self::Complained,
    ];

    /// The name in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Claimed => "claimed",
            Self::Dispatching => "dispatching",
            Self::Accepted => "accepted",
            Self::RetryWait => "retry_wait",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// A worker still has something to do for it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Queued | Self::Claimed | Self::Dispatching | Self::RetryWait
        )
    }
}

/// Why a mail was not sent, for a reason of ours; stored in `send_logs.state_reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SkipReason {
    /// The address is suppressed (A44).
    Suppressed,
    /// Too many soft bounces in the last thirty days.
    SoftBounces,
    /// The lead is gone.
    LeadGone,
    /// The broadcast was cancelled.
    Cancelled,
    /// Its time was over before it could go out.
    TooLate,
    /// The person does not want mails of this kind.
    TopicRefused,
    /// The person asked for a pause.
    PausedByLead,
    /// The tenant demands a record of consent and there is none.
    NoConsent,
    /// The person was asked to confirm the address and has not answered.
    AwaitingConfirmation,
    /// The campaign was stopped, or the person has left it before its end.
    CampaignStopped,
    /// The person has had as many mails in seven days as the tenant allows.
    FrequencyCap,
}

impl SkipReason {
    /// Every reason.
    pub const ALL: [Self; 11] = [
        Self::Suppressed,
        Self::SoftBounces,
        Self::LeadGone,
        Self::Cancelled,
        Self::TooLate,
        Self::TopicRefused,
        Self::PausedByLead,
        Self::NoConsent,
        Self::AwaitingConfirmation,
        Self::CampaignStopped,
        Self::FrequencyCap,
    ];

    /// The reason with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// The name in storage and in the keys of the interface's texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suppressed => "suppressed",
            Self::SoftBounces => "soft_bounces",
            Self::LeadGone => "lead_gone",
            Self::Cancelled => "cancelled",
            Self::TooLate => "too_late",
            Self::TopicRefused => "topic_refused",
            Self::PausedByLead => "paused_by_lead",
            Self::NoConsent => "no_consent",
            Self::AwaitingConfirmation => "awaiting_confirmation",
            Self::CampaignStopped => "campaign_stopped",
            Self::FrequencyCap => "frequency_cap",
        }
    }
}

/// One mail to one person, with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Send {
    /// Its id and time.
    pub key: SendKey,
    /// To whom.
    pub lead: LeadId,
    /// The broadcast that caused it.
    pub broadcast: Option<BroadcastId>,
    /// The campaign that caused it.
    pub campaign: Option<CampaignId>,
    /// What it says.
    pub content: Option<ContentId>,
    /// The template it was made from.
    pub template: Option<TemplateId>,
    /// Where it stands.
    pub state: SendState,
    /// Why it stands there: a [`SkipReason`], or the provider's words.
    pub state_reason: Option<String>,
    /// Tries that failed.
    pub attempts: u16,
    /// When the next try is due.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The subject as this person saw it.
    pub subject: Option<String>,
    /// When the provider took it.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it arrived.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it came back.
    pub bounced_at: Option<DateTime<Utc>>,
    /// When a person first opened it.
    pub first_opened_at: Option<DateTime<Utc>>,
    /// How often machines opened it.
    pub machine_opens: u32,
    /// When a person first clicked in it.
    pub first_clicked_at: Option<DateTime<Utc>>,
    /// How often machines clicked in it.
    pub machine_clicks: u32,
}

impl Send {
    /// The broadcast or campaign that caused it.
    #[must_use]
    pub fn source(&self) -> Option<MailSource> {
        let campaign = self.campaign.map(MailSource::Campaign);
        self.broadcast.map(MailSource::Broadcast).or(campaign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_cause_leads_to_the_same_send() {
        let broadcast = BroadcastId::new();
        let to = |lead| SendCause::Broadcast {
            broadcast,
            started_at: DateTime::UNIX_EPOCH,
            lead,
        };
        let (one, other) = (LeadId::new(), LeadId::new());
        assert_eq!(to(one).key(), to(one).key());
        assert_ne!(to(one).key(), to(other).key());
    }

    #[test]
    fn each_way_through_a_campaign_gets_the_mail_of_a_step_once() {
        // B17
        let (campaign, step, lead) = (CampaignId::new(), StepId::new(), LeadId::new());
        let on = |enrollment| SendCause::Step {
            campaign,
            enrollment,
            step,
            due_at: DateTime::from_timestamp(7, 900_000_000).unwrap(),
            lead,
        };
        let (first, again) = (EnrollmentId::new(), EnrollmentId::new());
        assert_eq!(on(first).key(), on(first).key());
        assert_ne!(on(first).key(), on(again).key());
        assert_eq!(
            on(first).key().queued_at,
            DateTime::from_timestamp(7, 0).unwrap(),
            "links carry whole seconds"
        );
        assert_eq!(on(first).source(), MailSource::Campaign(campaign));
    }

    #[test]
    fn names_of_states_lead_back() {
        for state in SendState::ALL {
            assert_eq!(SendState::parse(state.as_str()), Some(state));
        }
    }
}
