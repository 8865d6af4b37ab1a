//! What I was told.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use domain::ids::{LeadId, NotificationId};
use domain::notifications::{Notice, Notification};
use serde::Serialize;

use crate::blocking::blocking;
use crate::error::PageResult;
use crate::pages::{Nav, Page};
use crate::security::SignedIn;
use crate::state::State;

/// As many as anybody goes through; older ones are forgotten after 90 days.
const SHOWN: u32 = 200;

#[derive(Serialize)]
struct Row {
    id: NotificationId,
    kind: &'static str,
    text: String,
    reason: String,
    lead: Option<LeadId>,
    created_at: DateTime<Utc>,
    is_unread: bool,
}

impl Row {
    fn of(told: Notification) -> Self {
        let kind = told.notice.name();
        let (text, reason) = match told.notice {
            Notice::Message { text } => (text, String::new()),
            Notice::WebhookFailed { url, reason } => (url, reason),
        };
        Self {
            id: told.id,
            kind,
            text,
            reason,
            lead: told.lead,
            created_at: told.created_at,
            is_unread: told.read_at.is_none(),
        }
    }
}

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let (tenant, user) = (me.tenant_id(), me.user().id);
    let told = blocking(move || state.ports.inbox.told(tenant, user, SHOWN)).await?;
    let rows: Vec<Row> = told.into_iter().map(Row::of).collect();
    let has_unread = rows.iter().any(|row| row.is_unread);
    Page::of(&request, "notifications/list.html")
        .title("notifications-title")
        .nav(Nav::None)
        .with("rows", &rows)
        .with("has_unread", &has_unread)
        .render()
}
