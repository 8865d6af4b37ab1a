//! A mail to many leads at once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::delivery::SendState;
use crate::ids::{BroadcastId, ContentId, LeadId, TemplateId, UserId};
use crate::leads::LeadFilter;

/// A mail to many leads at once (一斉配信).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// Its id.
    pub id: BroadcastId,
    /// What staff call it.
    pub name: String,
    /// The template it is made from.
    pub template: TemplateId,
    /// To whom, as the filter finds them when the broadcast starts.
    pub audience: LeadFilter,
    /// Opens and clicks are tracked (C13).
    pub tracking: bool,
    /// Where it stands.
    pub status: BroadcastStatus,
    /// The last lead that has its send; a restarted preparation goes on after it.
    pub prepared_up_to: Option<LeadId>,
    /// How many leads have their send.
    pub recipients: u32,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was started, in whole seconds, because links carry this time.
    pub started_at: Option<DateTime<Utc>>,
    /// When the last send was settled, or it was cancelled.
    pub finished_at: Option<DateTime<Utc>>,
}

impl Broadcast {
    /// The id under which starting it freezes its template.
    #[must_use]
    pub const fn content(&self) -> ContentId {
        ContentId::from_uuid(self.id.uuid())
    }
}

/// Where a broadcast stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BroadcastStatus {
    /// 下書き
    Draft,
    /// 準備中: recipients get their sends.
    Preparing,
    /// 配信中
    Sending,
    /// 一時停止
    Paused,
    /// 完了
    Completed,
    /// 中止
    Cancelled,
}

impl BroadcastStatus {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::Preparing,
        Self::Sending,
        Self::Paused,
        Self::Completed,
        Self::Cancelled,
    ];

    /// The name in storage and in the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Preparing => "preparing",
            Self::Sending => "sending",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether staff may bring a broadcast from here to `next`. Starting has a function of its
    /// own, and preparing and sending end by themselves.
    #[must_use]
    pub const fn allows(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Sending, Self::Paused)
                | (Self::Paused, Self::Sending)
                | (
                    Self::Preparing | Self::Sending | Self::Paused,
                    Self::Cancelled
                )
        )
    }
}

/// A broadcast as it comes from a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroadcastDraft {
    /// What staff shall call it.
    pub name: String,
    /// The template it is made from.
    pub template: TemplateId,
    /// To whom.
    pub audience: LeadFilter,
    /// Opens and clicks are tracked.
    pub tracking: bool,
}

/// What is wrong with a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BroadcastDraftFault {
    /// It has no name.
    NameMissing,
    /// Its name has more than 120 characters.
    NameTooLong,
}

impl BroadcastDraft {
    /// What is wrong with it.
    #[must_use]
    pub fn fault(&self) -> Option<BroadcastDraftFault> {
        match self.name.trim().chars().count() {
            0 => Some(BroadcastDraftFault::NameMissing),
            1..=120 => None,
            _ => Some(BroadcastDraftFault::NameTooLong),
        }
    }

    /// The new broadcast of this draft.
    #[must_use]
    pub fn into_broadcast(
        self,
        id: BroadcastId,
        created_by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Broadcast {
        Broadcast {
            id,
            name: self.name.trim().to_owned(),
            template: self.template,
            audience: self.audience,
            tracking: self.tracking,
            status: BroadcastStatus::Draft,
            prepared_up_to: None,
            recipients: 0,
            created_by,
            created_at: now,
            started_at: None,
            finished_at: None,
        }
    }
}

/// How many sends of a broadcast stand where, and what people did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BroadcastTotals {
    /// Sends by state; a state without any is missing.
    pub by_state: BTreeMap<SendState, u64>,
    /// Mails that a person opened. For reference only (A25).
    pub opened: u64,
    /// Opens by machines, however many of the same mail.
    pub machine_opens: u64,
    /// Mails in which a person clicked.
    pub clicked: u64,
    /// Clicks by machines, however many in the same mail.
    pub machine_clicks: u64,
    /// People who refused more mail because of it.
    pub unsubscribed: u64,
}

impl BroadcastTotals {
    /// How many sends stand in `state`.
    #[must_use]
    pub fn in_state(&self, state: SendState) -> u64 {
        self.by_state.get(&state).copied().unwrap_or_default()
    }

    /// All sends.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.by_state.values().sum()
    }

    /// Sends that a worker still has something to do for.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.by_state
            .iter()
            .filter_map(|(state, count)| state.is_open().then_some(count))
            .sum()
    }

    /// Mails that the provider took, whatever became of them.
    #[must_use]
    pub fn sent(&self) -> u64 {
        [
            SendState::Accepted,
            SendState::Delivered,
            SendState::Bounced,
            SendState::Complained,
        ]
        .into_iter()
        .map(|state| self.in_state(state))
        .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_stays_ended() {
        for ended in [BroadcastStatus::Completed, BroadcastStatus::Cancelled] {
            assert!(BroadcastStatus::ALL.iter().all(|next| !ended.allows(*next)));
        }
    }

    #[test]
    fn a_draft_is_only_started_by_starting_it() {
        let draft = BroadcastStatus::Draft;
        assert!(BroadcastStatus::ALL.iter().all(|next| !draft.allows(*next)));
    }

    #[test]
    fn totals_tell_open_sent_and_all_apart() {
        let totals = BroadcastTotals {
            by_state: [
                (SendState::Queued, 3),
                (SendState::Delivered, 5),
                (SendState::Skipped, 1),
            ]
            .into(),
            ..BroadcastTotals::default()
        };
        assert_eq!((totals.open(), totals.sent(), totals.all()), (3, 5, 9));
    }
}
