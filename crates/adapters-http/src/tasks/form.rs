//! The form of a task.

use chrono::{NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use domain::ids::{LeadId, TenantId, UserId};
use domain::store::StoreResult;
use domain::tasks::{Task, TaskDraft, TaskFault, TaskKind, TaskPriority, TaskStatus};
use domain::tenancy::User;
use serde::{Deserialize, Serialize};

use crate::pages::FormErrors;
use crate::ports::Ports;

/// How a browser writes a moment of its day.
const MOMENT: &str = "%Y-%m-%dT%H:%M";

/// A task as a person writes it; every field is a text.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TaskForm {
    pub(super) lead: String,
    title: String,
    description: String,
    assigned_to: String,
    priority: String,
    status: String,
    kind: String,
    due_at: String,
}

impl TaskForm {
    /// An empty one, about a lead or nobody, for the person who writes it.
    pub(super) fn blank(lead: Option<LeadId>, me: UserId) -> Self {
        let draft = TaskDraft {
            lead,
            assigned_to: Some(me),
            ..TaskDraft::default()
        };
        Self::of(&draft, Tz::UTC)
    }

    /// A task as it is.
    pub(super) fn of_task(task: &Task, zone: Tz) -> Self {
        Self::of(&task.draft(), zone)
    }

    fn of(draft: &TaskDraft, zone: Tz) -> Self {
        let id = |id: Option<String>| id.unwrap_or_default();
        let due = draft.due_at.map(|at| at.with_timezone(&zone));
        Self {
            lead: id(draft.lead.map(|it| it.to_string())),
            title: draft.title.clone(),
            description: draft.description.clone(),
            assigned_to: id(draft.assigned_to.map(|it| it.to_string())),
            priority: draft.priority.as_str().to_owned(),
            status: draft.status.as_str().to_owned(),
            kind: draft.kind.as_str().to_owned(),
            due_at: due.map_or_else(String::new, |at| at.format(MOMENT).to_string()),
        }
    }

    /// What was written, for these colleagues and on the clock of this zone.
    ///
    /// # Errors
    /// What is no task; texts that are too long are found by [`fault`].
    pub(super) fn read(&self, zone: Tz, users: &[User]) -> Result<TaskDraft, FormErrors> {
        let wrong = |field, key| FormErrors::one(field, key);
        let choice = |field| wrong(field, "tasks-error-choice");
        let assigned_to = match self.assigned_to.as_str() {
            "" => None,
            text => {
                let user = users.iter().find(|user| user.id.to_string() == text);
                let user = user.ok_or_else(|| choice("assigned_to"))?;
                Some(user.id)
            }
        };
        let lead = match self.lead.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_no_id| choice("title"))?),
        };
        let due_at = match self.due_at.as_str() {
            "" => None,
            text => {
                let due = NaiveDateTime::parse_from_str(text, MOMENT).ok();
                let due = due.and_then(|at| zone.from_local_datetime(&at).earliest());
                let due = due.ok_or_else(|| wrong("due_at", "tasks-error-due"))?;
                Some(due.with_timezone(&Utc))
            }
        };
        Ok(TaskDraft {
            lead,
            title: self.title.clone(),
            description: self.description.clone(),
            assigned_to,
            priority: TaskPriority::parse(&self.priority).ok_or_else(|| choice("priority"))?,
            status: TaskStatus::parse(&self.status).ok_or_else(|| choice("status"))?,
            kind: TaskKind::parse(&self.kind).ok_or_else(|| choice("kind"))?,
            due_at,
        })
    }
}

/// What is wrong with the texts.
pub(super) fn fault(fault: TaskFault) -> FormErrors {
    match fault {
        TaskFault::TitleMissing => FormErrors::one("title", "tasks-error-title-missing"),
        TaskFault::TitleTooLong => FormErrors::one("title", "tasks-error-title-long"),
        TaskFault::DescriptionTooLong => {
            FormErrors::one("description", "tasks-error-description-long")
        }
    }
}

/// Who can do it: everybody whose account is open, and whoever does it now.
pub(super) fn colleagues(
    ports: &Ports,
    tenant: TenantId,
    now: Option<UserId>,
) -> StoreResult<Vec<User>> {
    let mut users = ports.users.list(tenant)?;
    users.retain(|user| user.is_active || Some(user.id) == now);
    Ok(users)
}

/// A choice of a `<select>`.
#[derive(Serialize)]
pub(super) struct Choice {
    value: String,
    label: String,
}

pub(super) fn choices(users: &[User]) -> Vec<Choice> {
    let choice = |user: &User| Choice {
        value: user.id.to_string(),
        label: user.name.clone(),
    };
    users.iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(due_at: &str) -> TaskForm {
        TaskForm {
            title: "架電".to_owned(),
            due_at: due_at.to_owned(),
            ..TaskForm::blank(None, UserId::new())
        }
    }

    #[test]
    fn a_due_time_is_on_the_clock_of_the_organisation() {
        let mut typed = form("2026-11-24T09:30");
        typed.assigned_to = String::new();
        let draft = typed.read(Tz::Asia__Tokyo, &[]).unwrap();
        assert_eq!(
            draft.due_at.unwrap().to_rfc3339(),
            "2026-11-24T00:30:00+00:00"
        );
        assert_eq!(TaskForm::of(&draft, Tz::Asia__Tokyo).due_at, typed.due_at);
        for wrong in ["tomorrow", "2026-11-24", "2026-13-01T00:00"] {
            let mut typed = form(wrong);
            typed.assigned_to = String::new();
            let errors = typed.read(Tz::Asia__Tokyo, &[]).unwrap_err();
            assert_eq!(errors, FormErrors::one("due_at", "tasks-error-due"));
        }
    }

    #[test]
    fn nobody_outside_is_given_anything_to_do() {
        // V-25
        let errors = form("").read(Tz::UTC, &[]).unwrap_err();
        assert_eq!(errors, FormErrors::one("assigned_to", "tasks-error-choice"));
    }
}
