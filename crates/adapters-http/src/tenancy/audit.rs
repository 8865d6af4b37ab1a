//! The audit log: who did what, newest first.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use domain::tenancy::{ActorKind, AuditCursor, AuditEntry, Locale};
use serde::{Deserialize, Serialize};

use crate::blocking::blocking;
use crate::error::{Complaint, Failure, PageResult};
use crate::extract::Query;
use crate::pages::{Nav, PER_PAGE, Page};
use crate::security::SignedIn;
use crate::state::State;
use crate::texts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Where the page before this one ended.
    before: Option<String>,
}

#[derive(Serialize)]
struct Row {
    occurred_at: DateTime<Utc>,
    actor: String,
    is_person: bool,
    action: String,
    target_kind: String,
    target_id: Option<String>,
    detail: Option<String>,
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Query(asked): Query<Asked>,
) -> PageResult {
    let before = asked
        .before
        .as_deref()
        .map(|text| read(text).ok_or_else(unreadable))
        .transpose()?;
    let tenant = me.tenant_id();
    let entries = blocking(move || state.ports.audit.page(tenant, before, PER_PAGE + 1)).await?;
    let shown = entries.len().min(PER_PAGE as usize);
    let older = (entries.len() > shown).then(|| written(entries[shown - 1].cursor()));
    let rows: Vec<Row> = entries[..shown]
        .iter()
        .map(|entry| Row::of(entry, me.locale()))
        .collect();
    Page::of(&request, "tenancy/audit.html")
        .title("tenancy-audit-title")
        .nav(Nav::Settings)
        .with("rows", &rows)
        .with("older", &older)
        .with("is_first", &before.is_none())
        .render()
}

impl Row {
    fn of(entry: &AuditEntry, locale: Locale) -> Self {
        Self {
            occurred_at: entry.occurred_at,
            actor: entry.actor.name.clone(),
            is_person: entry.actor.kind == ActorKind::User,
            action: action_text(entry.action.as_str(), locale),
            target_kind: entry.target.kind.clone().into_owned(),
            target_id: entry.target.id.clone(),
            detail: entry.detail.clone(),
        }
    }
}

/// The text of an action; its name where this version has none, so that the log is still read.
fn action_text(action: &str, locale: Locale) -> String {
    let key = format!("audit-{}", action.replace(['.', '_'], "-"));
    texts::lookup(locale, &key, &texts::arguments([])).unwrap_or_else(|| action.to_owned())
}

/// `<microseconds>.<id>`, for the address.
fn written(cursor: AuditCursor) -> String {
    format!("{}.{}", cursor.occurred_at.timestamp_micros(), cursor.id)
}

fn read(text: &str) -> Option<AuditCursor> {
    let (micros, id) = text.split_once('.')?;
    Some(AuditCursor {
        occurred_at: DateTime::from_timestamp_micros(micros.parse().ok()?)?,
        id: id.parse().ok()?,
    })
}

fn unreadable() -> Failure {
    Failure::Invalid(Complaint::about("before", "is no place in the log"))
}

#[cfg(test)]
mod tests {
    use domain::ids::AuditEntryId;

    use super::*;

    #[test]
    fn a_place_in_the_log_survives_the_address() {
        let cursor = AuditCursor {
            occurred_at: "2026-11-21T00:30:00.123456Z".parse().unwrap(),
            id: AuditEntryId::new(),
        };
        assert_eq!(read(&written(cursor)), Some(cursor));
        for text in ["", ".", "1", "x.y", "9223372036854775807.x"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn an_action_without_a_text_shows_its_name() {
        assert_eq!(action_text("user.created", Locale::En), "Account created");
        assert_eq!(
            action_text("rocket.launched", Locale::En),
            "rocket.launched"
        );
    }
}
