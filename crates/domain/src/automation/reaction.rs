//! One thing that a change sets in motion.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{CampaignId, EngagementId, LeadId, ReactionId, SendId, StepId, UserId};

/// How long what a person's click or open sets in motion waits: until then the click can turn out
/// to be one of a burst, which takes its reactions back (complaint 1).
pub const HOLD: TimeDelta = TimeDelta::seconds(10);

/// One thing that a change sets in motion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// Derived from the cause, so that a repeat of it writes nothing.
    pub id: ReactionId,
    /// Whom it is about.
    pub lead: LeadId,
    /// What is to be done.
    pub kind: ReactionKind,
    /// Not before.
    pub due_at: DateTime<Utc>,
    /// The engagement that caused it. If that turns out to be a machine's, a reaction that still
    /// waits is removed.
    pub engagement: Option<EngagementId>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ReactionKind {
    /// Let the lead into a campaign.
    Enroll {
        /// Which one.
        campaign: CampaignId,
    },
    /// The lead clicked in a mail of a campaign: what waits behind that mail comes at once (B15).
    Hasten {
        /// The campaign.
        campaign: CampaignId,
        /// The mail.
        send: SendId,
    },
    /// Something for staff or for another program.
    Staff(StaffReaction),
}

impl ReactionKind {
    /// The name in storage.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Enroll { .. } => "enroll",
            Self::Hasten { .. } => "hasten",
            Self::Staff(_) => "staff",
        }
    }

    /// Who carries it out.
    #[must_use]
    pub const fn carrier(&self) -> Carrier {
        match self {
            Self::Enroll { .. } | Self::Hasten { .. } => Carrier::Campaigns,
            Self::Staff(StaffReaction::Webhook { .. }) => Carrier::Programs,
            Self::Staff(StaffReaction::CreateTask { .. } | StaffReaction::Notify { .. }) => {
                Carrier::Staff
            }
        }
    }
}

/// Who carries reactions out. Each kind has workers of its own, so that a program that does not
/// answer holds nobody's mail up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// What campaigns do with leads.
    Campaigns,
    /// What staff are to do and are told.
    Staff,
    /// What other programs are told.
    Programs,
}

impl Carrier {
    /// Every carrier.
    pub const ALL: [Self; 3] = [Self::Campaigns, Self::Staff, Self::Programs];

    /// The name in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Campaigns => "campaigns",
            Self::Staff => "staff",
            Self::Programs => "programs",
        }
    }
}

/// Something for staff or for another program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum StaffReaction {
    /// A to-do for sales (B45).
    CreateTask {
        /// What.
        title: String,
        /// For whom; none: whoever looks after the lead.
        assignee: Option<UserId>,
        /// When it is due.
        due_at: DateTime<Utc>,
        /// The campaign whose step it is.
        campaign: Option<CampaignId>,
    },
    /// A notice in the interface and by mail.
    Notify {
        /// Whom; none: whoever looks after the lead, else every marketer.
        user: Option<UserId>,
        /// What.
        message: String,
    },
    /// A call of another program.
    Webhook {
        /// Where.
        url: String,
        /// The campaign whose step it is.
        campaign: CampaignId,
        /// The step.
        step: StepId,
        /// When it was done.
        at: DateTime<Utc>,
    },
}

/// A reaction that a worker holds until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedReaction {
    /// The reaction.
    pub reaction: Reaction,
    /// Tries that failed before.
    pub attempts: u16,
}
