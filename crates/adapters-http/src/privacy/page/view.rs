//! The page as its template shows it.

use chrono::{DateTime, Utc};
use domain::delivery::SuppressionReason;
use domain::privacy::Topic;
use serde::Serialize;

use super::known::Known;

#[derive(Serialize)]
pub(super) struct View {
    organisation: String,
    /// Masked: the page is open to whoever holds the link.
    address: Option<String>,
    /// Where to write when a button does not help.
    contact: String,
    topics: Vec<Choice>,
    /// The kind of the mail that led here, and whether it is wanted.
    this: Option<String>,
    wants_this: bool,
    is_stopped: bool,
    /// The person stopped it and can start it again.
    can_restore: bool,
    paused_until: Option<DateTime<Utc>>,
    is_tracked: bool,
}

#[derive(Serialize)]
struct Choice {
    id: String,
    name: String,
    description: Option<String>,
    wanted: bool,
}

impl Known {
    pub(super) fn view(&self, now: DateTime<Utc>) -> View {
        let names = [&self.profile.organisation, &self.tenant.name];
        let organisation = names.into_iter().find(|name| !name.trim().is_empty());
        let this = self.topics.iter().find(|topic| Some(topic.id) == self.this);
        View {
            organisation: organisation.cloned().unwrap_or_default(),
            address: self.lead.as_ref().map(|lead| lead.email.masked()),
            contact: self.profile.contact.clone(),
            topics: self.topics.iter().map(|topic| self.choice(topic)).collect(),
            this: this.map(|topic| topic.name.clone()),
            wants_this: this.is_none_or(|topic| self.wanted.wants(topic)),
            is_stopped: self.stopped.is_some(),
            can_restore: self.stopped == Some(SuppressionReason::Unsubscribed),
            paused_until: self.wanted.paused_until(now),
            is_tracked: self.wanted.allows_tracking(),
        }
    }

    fn choice(&self, topic: &Topic) -> Choice {
        Choice {
            id: topic.id.to_string(),
            name: topic.name.clone(),
            description: topic.description.clone(),
            wanted: self.wanted.wants(topic),
        }
    }
}
