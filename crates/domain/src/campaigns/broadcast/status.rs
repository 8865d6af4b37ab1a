//! Where a broadcast stands.

/// Where a broadcast stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BroadcastStatus {
    /// 下書き
    Draft,
    /// 予約済み: frozen, and starts by itself at its time.
    Scheduled,
    /// 準備中: recipients get their sends.
    Preparing,
    /// テスト配信中: two variants are tested, and the rest waits for the winner.
    Testing,
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
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::Scheduled,
        Self::Preparing,
        Self::Testing,
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
            Self::Scheduled => "scheduled",
            Self::Preparing => "preparing",
            Self::Testing => "testing",
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

    /// Whether staff may bring a broadcast from here to `next`. Starting and scheduling have
    /// functions of their own; preparing, testing and sending end by themselves. A scheduled one
    /// that becomes a draft again forgets what was frozen.
    #[must_use]
    pub const fn allows(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Scheduled, Self::Draft)
                | (Self::Testing | Self::Sending, Self::Paused)
                | (Self::Paused, Self::Testing | Self::Sending)
                | (
                    Self::Preparing | Self::Testing | Self::Sending | Self::Paused,
                    Self::Cancelled
                )
        )
    }

    /// It has been started, whatever became of it.
    #[must_use]
    pub const fn is_started(self) -> bool {
        !matches!(self, Self::Draft | Self::Scheduled)
    }

    /// Mail of it goes out, or will by itself.
    #[must_use]
    pub const fn is_moving(self) -> bool {
        matches!(
            self,
            Self::Scheduled | Self::Preparing | Self::Testing | Self::Sending
        )
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
    fn what_is_scheduled_can_only_become_a_draft_again() {
        let scheduled = BroadcastStatus::Scheduled;
        let next: Vec<_> = BroadcastStatus::ALL
            .into_iter()
            .filter(|next| scheduled.allows(*next))
            .collect();
        assert_eq!(next, [BroadcastStatus::Draft]);
    }

    #[test]
    fn names_of_statuses_lead_back() {
        for status in BroadcastStatus::ALL {
            assert_eq!(BroadcastStatus::parse(status.as_str()), Some(status));
        }
    }
}
