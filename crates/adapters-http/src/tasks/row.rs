//! A task as it is shown.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::ids::{CampaignId, LeadId, TaskId, UserId};
use domain::tasks::{TaskLead, TaskRow};
use domain::tenancy::User;
use serde::Serialize;

use crate::leads::shown::{Phone, address};
use crate::security::SignedIn;

/// A task in a list, on the lead's page and above its form.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) id: TaskId,
    title: String,
    description: String,
    pub(super) lead: Option<About>,
    assignee: Option<String>,
    priority: &'static str,
    status: &'static str,
    kind: &'static str,
    due_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    campaign: Option<CampaignId>,
    is_over: bool,
    is_overdue: bool,
}

/// Whom it is about (B46).
#[derive(Serialize)]
pub(super) struct About {
    pub(super) id: LeadId,
    pub(super) name: String,
    company: Option<String>,
    phone: Option<Phone>,
}

impl About {
    pub(super) fn of(lead: &TaskLead, me: &SignedIn) -> Self {
        Self {
            id: lead.id,
            name: lead
                .name
                .clone()
                .unwrap_or_else(|| address(me, &lead.email)),
            company: lead.company.clone(),
            phone: Phone::shown(me, lead.phone.as_deref()),
        }
    }
}

/// What the people are called.
pub(super) type Names = BTreeMap<UserId, String>;

pub(super) fn names(users: &[User]) -> Names {
    let named = users.iter().map(|user| (user.id, user.name.clone()));
    named.collect()
}

impl Row {
    pub(super) fn of(row: &TaskRow, names: &Names, me: &SignedIn) -> Self {
        let task = &row.task;
        Self {
            id: task.id,
            title: task.title.clone(),
            description: task.description.clone(),
            lead: row.lead.as_ref().map(|lead| About::of(lead, me)),
            assignee: task.assigned_to.and_then(|user| names.get(&user).cloned()),
            priority: task.priority.as_str(),
            status: task.status.as_str(),
            kind: task.kind.as_str(),
            due_at: task.due_at,
            completed_at: task.completed_at,
            campaign: task.campaign,
            is_over: task.status.is_over(),
            is_overdue: task.is_overdue(me.now()),
        }
    }
}
