//! One entry of a timeline as templates show it.

use chrono::{DateTime, Utc};
use domain::tracking::{EngagementType, PropertyValue, TimelineEntry};
use serde::Serialize;

use super::super::shown::WebLink;

#[derive(Serialize)]
pub(super) struct Entry {
    kind: &'static str,
    /// Chooses icon and colour.
    mark: &'static str,
    at: DateTime<Utc>,
    page: Option<WebLink>,
    title: Option<String>,
    referrer: Option<WebLink>,
    broadcast: Option<(String, String)>,
    detail: Option<String>,
    event: Option<String>,
    properties: Vec<Property>,
    machine: Option<Machine>,
    points: i32,
    rule: Option<String>,
}

#[derive(Serialize)]
struct Property {
    name: String,
    text: String,
    /// Yes or no, which each language says in its own way.
    is_boolean: bool,
}

#[derive(Serialize)]
struct Machine {
    is_certain: bool,
    reason: &'static str,
}

impl Entry {
    pub(super) fn of(entry: &TimelineEntry) -> Self {
        let broadcast = entry.broadcast.as_ref();
        let reason = entry.verdict.reason();
        Self {
            kind: entry.kind.as_str(),
            mark: mark(entry),
            at: entry.occurred_at,
            page: entry.url.as_deref().map(WebLink::of),
            title: entry.title.clone(),
            referrer: entry.referrer.as_deref().map(WebLink::of),
            broadcast: broadcast.map(|(id, name)| (id.to_string(), name.clone())),
            detail: entry.detail.clone(),
            event: entry.event.as_ref().map(ToString::to_string),
            properties: entry.properties.values().iter().map(Property::of).collect(),
            machine: reason.map(|reason| Machine {
                is_certain: entry.verdict.as_str() == "certain",
                reason: reason.as_str(),
            }),
            points: entry.points,
            rule: entry.rule.as_ref().map(|(_, name)| name.clone()),
        }
    }
}

impl Property {
    fn of((name, value): (&String, &PropertyValue)) -> Self {
        let text = match value {
            PropertyValue::Boolean(value) => value.to_string(),
            PropertyValue::Integer(value) => value.to_string(),
            PropertyValue::Real(value) => value.to_string(),
            PropertyValue::Text(value) => value.clone(),
        };
        Self {
            name: name.clone(),
            text,
            is_boolean: matches!(value, PropertyValue::Boolean(_)),
        }
    }
}

fn mark(entry: &TimelineEntry) -> &'static str {
    match entry.kind {
        EngagementType::Click | EngagementType::PageView if entry.important => "important",
        EngagementType::Click | EngagementType::ProviderClick => "click",
        EngagementType::PageView => "page_view",
        EngagementType::Open => "open",
        EngagementType::Custom => "custom",
        EngagementType::Delivered => "send",
        EngagementType::Bounce | EngagementType::SpamReport | EngagementType::Unsubscribe => "stop",
    }
}

#[cfg(test)]
mod tests {
    use domain::tenancy::Locale;
    use domain::tracking::MachineReason;

    use super::*;
    use crate::texts::{arguments, lookup};

    #[test]
    fn every_kind_and_every_reason_is_said_in_words_in_both_languages() {
        let kinds = EngagementType::ALL.map(|kind| format!("leads-event-{}", kind.as_str()));
        let reasons = MachineReason::ALL.map(|reason| format!("leads-machine-{}", reason.as_str()));
        for key in kinds.into_iter().chain(reasons) {
            for locale in Locale::ALL {
                assert!(lookup(locale, &key, &arguments([])).is_some(), "{key}");
            }
        }
    }
}
