//! A task as a person or a program writes it.

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::{Task, TaskKind, TaskPriority, TaskStatus};
use crate::ids::{CampaignId, LeadId, TaskId, UserId};
use crate::leads::{tidy, tidy_line};

/// Longest title. Characters. (B65)
pub const TITLE_MAX: usize = 255;
/// Longest description. Characters.
pub const DESCRIPTION_MAX: usize = 5_000;

/// A task as a person or a program writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields mean what they mean in Task")]
pub struct TaskDraft {
    pub lead: Option<LeadId>,
    pub title: String,
    pub description: String,
    pub assigned_to: Option<UserId>,
    pub priority: TaskPriority,
    pub status: TaskStatus,
    pub kind: TaskKind,
    pub due_at: Option<DateTime<Utc>>,
}

/// Why a draft is no task.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum TaskFault {
    /// It does not say what is to be done.
    #[error("a task needs a title")]
    TitleMissing,
    /// Its title is longer than [`TITLE_MAX`].
    #[error("the title is longer than {TITLE_MAX} characters")]
    TitleTooLong,
    /// Its description is longer than [`DESCRIPTION_MAX`].
    #[error("the description is longer than {DESCRIPTION_MAX} characters")]
    DescriptionTooLong,
}

impl TaskDraft {
    /// The new task.
    ///
    /// # Errors
    /// See [`TaskFault`].
    pub fn into_task(
        self,
        id: TaskId,
        campaign: Option<CampaignId>,
        now: DateTime<Utc>,
    ) -> Result<Task, TaskFault> {
        let title = tidy_line(&self.title).ok_or(TaskFault::TitleMissing)?;
        if title.chars().count() > TITLE_MAX {
            return Err(TaskFault::TitleTooLong);
        }
        let description = tidy(&self.description).unwrap_or_default();
        if description.chars().count() > DESCRIPTION_MAX {
            return Err(TaskFault::DescriptionTooLong);
        }
        let mut task = Task {
            id,
            lead: self.lead,
            title,
            description,
            assigned_to: self.assigned_to,
            priority: self.priority,
            status: self.status,
            kind: self.kind,
            due_at: self.due_at,
            campaign,
            created_at: now,
            updated_at: now,
            completed_at: None,
        };
        task.bring_to(self.status, now);
        Ok(task)
    }
}

impl Task {
    /// What a person or a program may change of it.
    #[must_use]
    pub fn draft(&self) -> TaskDraft {
        TaskDraft {
            lead: self.lead,
            title: self.title.clone(),
            description: self.description.clone(),
            assigned_to: self.assigned_to,
            priority: self.priority,
            status: self.status,
            kind: self.kind,
            due_at: self.due_at,
        }
    }

    /// The task as a draft makes it; when and by what it was opened stays.
    ///
    /// # Errors
    /// See [`TaskFault`].
    pub fn changed(&self, draft: TaskDraft, now: DateTime<Utc>) -> Result<Self, TaskFault> {
        let written = draft.into_task(self.id, self.campaign, now)?;
        let mut changed = Self {
            created_at: self.created_at,
            completed_at: self.completed_at,
            ..written
        };
        changed.bring_to(changed.status, now);
        Ok(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(title: &str) -> TaskDraft {
        TaskDraft {
            title: title.to_owned(),
            ..TaskDraft::default()
        }
    }

    fn made(draft: TaskDraft) -> Result<Task, TaskFault> {
        draft.into_task(TaskId::new(), None, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_title_is_one_line_and_not_too_long() {
        // B65
        assert_eq!(made(draft(" 架電\nする ")).unwrap().title, "架電 する");
        assert_eq!(made(draft("　")), Err(TaskFault::TitleMissing));
        let long = |chars| made(draft(&"長".repeat(chars))).err();
        assert_eq!(long(255), None);
        assert_eq!(long(256), Some(TaskFault::TitleTooLong));
        let wordy = TaskDraft {
            description: "長".repeat(5_001),
            ..draft("架電")
        };
        assert_eq!(made(wordy), Err(TaskFault::DescriptionTooLong));
    }

    #[test]
    fn a_change_keeps_where_a_task_came_from() {
        let campaign = Some(CampaignId::new());
        let task = draft("架電").into_task(TaskId::new(), campaign, DateTime::UNIX_EPOCH);
        let task = task.unwrap();
        let later = DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(1);
        let done = TaskDraft {
            status: TaskStatus::Completed,
            ..task.draft()
        };
        let changed = task.changed(done, later).unwrap();
        assert_eq!((changed.id, changed.campaign), (task.id, campaign));
        assert_eq!(changed.created_at, task.created_at);
        assert_eq!(changed.completed_at, Some(later));
    }
}
