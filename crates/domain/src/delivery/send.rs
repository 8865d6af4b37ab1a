//! One mail to one person.

use chrono::{DateTime, Utc};

use crate::ids::{BroadcastId, LeadId, SendId, TemplateId};

/// Finds one send: its id, and the time that says which part of the table it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SendKey {
    /// The send.
    pub id: SendId,
    /// When its cause queued it; for a broadcast, when that started.
    pub queued_at: DateTime<Utc>,
}

/// Why a mail is sent. The same cause always leads to the same [`SendKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SendCause {
    /// The broadcast.
    pub broadcast: BroadcastId,
    /// When the broadcast started.
    pub started_at: DateTime<Utc>,
    /// The person.
    pub lead: LeadId,
}

impl SendCause {
    /// The send that this cause leads to, however often it is looked at.
    #[must_use]
    pub fn key(&self) -> SendKey {
        let (broadcast, lead) = (self.broadcast.uuid(), self.lead.uuid());
        SendKey {
            id: SendId::derived(&[broadcast.as_bytes(), lead.as_bytes()]),
            queued_at: self.started_at,
        }
    }
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
}

impl SkipReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [
        Self::Suppressed,
        Self::SoftBounces,
        Self::LeadGone,
        Self::Cancelled,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_cause_leads_to_the_same_send() {
        let cause = SendCause {
            broadcast: BroadcastId::new(),
            started_at: DateTime::UNIX_EPOCH,
            lead: LeadId::new(),
        };
        assert_eq!(cause.key(), cause.key());
        let other = SendCause {
            lead: LeadId::new(),
            ..cause
        };
        assert_ne!(cause.key(), other.key());
    }

    #[test]
    fn names_of_states_lead_back() {
        for state in SendState::ALL {
            assert_eq!(SendState::parse(state.as_str()), Some(state));
        }
    }
}
