//! Something that somebody is to do.

use chrono::{DateTime, Utc};

use crate::ids::{CampaignId, LeadId, TaskId, UserId};

/// Something that somebody is to do. (B65)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Whom it is about.
    pub lead: Option<LeadId>,
    /// What, on one line.
    pub title: String,
    /// More about it; may be empty.
    pub description: String,
    /// Who does it; nobody yet where there is none.
    pub assigned_to: Option<UserId>,
    /// How urgent it is.
    pub priority: TaskPriority,
    /// Where it stands.
    pub status: TaskStatus,
    /// Of what kind it is.
    pub kind: TaskKind,
    /// By when.
    pub due_at: Option<DateTime<Utc>>,
    /// The campaign whose step opened it.
    pub campaign: Option<CampaignId>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was done; none unless it is [`TaskStatus::Completed`].
    pub completed_at: Option<DateTime<Utc>>,
}

impl Task {
    /// Whether its time has passed and it still is to be done.
    #[must_use]
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        !self.status.is_over() && self.due_at.is_some_and(|due| due < now)
    }

    /// Brings it to another status; only what is done has a time of that, and what is done twice
    /// keeps the first.
    pub fn bring_to(&mut self, status: TaskStatus, now: DateTime<Utc>) {
        self.status = status;
        self.updated_at = now;
        self.completed_at =
            (status == TaskStatus::Completed).then(|| self.completed_at.unwrap_or(now));
    }
}

/// How urgent a task is. Ordered: what is more urgent is greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskPriority {
    /// 低
    Low,
    /// 中
    #[default]
    Medium,
    /// 高
    High,
    /// 至急
    Urgent,
}

impl TaskPriority {
    /// Every priority, the least urgent first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Urgent];

    /// The name in storage, forms and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// The priority with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskStatus {
    /// 未着手
    #[default]
    Open,
    /// 対応中
    InProgress,
    /// 完了
    Completed,
    /// 取り消し
    Cancelled,
}

impl TaskStatus {
    /// Every status, in the order of the form.
    pub const ALL: [Self; 4] = [
        Self::Open,
        Self::InProgress,
        Self::Completed,
        Self::Cancelled,
    ];

    /// The name in storage, forms and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    /// Whether nothing is to be done any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }
}

/// Of what kind a task is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskKind {
    /// フォロー
    #[default]
    FollowUp,
    /// デモ・見学
    Demo,
    /// 提案・見積
    Proposal,
}

impl TaskKind {
    /// Every kind, in the order of the form.
    pub const ALL: [Self; 3] = [Self::FollowUp, Self::Demo, Self::Proposal];

    /// The name in storage, forms and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FollowUp => "follow_up",
            Self::Demo => "demo",
            Self::Proposal => "proposal",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::tasks::TaskDraft;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn task() -> Task {
        let draft = TaskDraft {
            title: "架電".to_owned(),
            due_at: Some(at(24)),
            ..TaskDraft::default()
        };
        draft.into_task(TaskId::new(), None, at(0)).unwrap()
    }

    #[test]
    fn only_what_is_still_to_be_done_is_overdue() {
        let mut task = task();
        assert!(!task.is_overdue(at(24)));
        assert!(task.is_overdue(at(25)));
        for status in [TaskStatus::Completed, TaskStatus::Cancelled] {
            task.bring_to(status, at(25));
            assert!(!task.is_overdue(at(26)), "{status:?}");
        }
    }

    #[test]
    fn a_task_knows_when_it_was_done_first_and_forgets_it_when_reopened() {
        // B65
        let mut task = task();
        task.bring_to(TaskStatus::Completed, at(1));
        task.bring_to(TaskStatus::Completed, at(2));
        assert_eq!(task.completed_at, Some(at(1)));
        task.bring_to(TaskStatus::Open, at(3));
        assert_eq!((task.completed_at, task.updated_at), (None, at(3)));
    }

    #[test]
    fn names_lead_back_to_what_they_name() {
        for priority in TaskPriority::ALL {
            assert_eq!(TaskPriority::parse(priority.as_str()), Some(priority));
        }
        for status in TaskStatus::ALL {
            assert_eq!(TaskStatus::parse(status.as_str()), Some(status));
        }
        for kind in TaskKind::ALL {
            assert_eq!(TaskKind::parse(kind.as_str()), Some(kind));
        }
        assert!(TaskPriority::Urgent > TaskPriority::Low);
    }
}
