//! The mailbox of the demo: what the installation would have sent, as its readers see it.
//!
//! It answers only where the installation has an outbox to read, which production has not (V-34).
//! It stands for the mail programs of the people who get the mail, and so asks nobody to sign in.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::delivery::{OutboxMail, OutboxReader};
use serde::{Deserialize, Serialize};

use super::time_machine;
use crate::blocking::blocking;
use crate::content::sandbox;
use crate::error::{Failure, PageError, PageResult};
use crate::extract::Query;
use crate::pages::Page;
use crate::state::{AppState, State};

/// Where it is.
pub(super) const PATH: &str = "/dev/mailbox";
/// How many mails the list shows.
const SHOWN: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// The mail in the reading pane; the newest where none is named.
    mail: Option<String>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    at: DateTime<Utc>,
    from: &'a str,
    to: &'a str,
    subject: &'a str,
}

/// A mail as programs see it.
#[derive(Serialize)]
struct Mail {
    id: String,
    to: String,
    subject: String,
    html: String,
    text: String,
    headers: BTreeMap<String, String>,
}

pub(super) async fn list(
    request: HttpRequest,
    state: State,
    Query(asked): Query<Asked>,
) -> PageResult {
    let is_demo = state.ports.time_machine.is_some();
    let mails = blocking(move || newest(&state)).await?;
    let rows: Vec<Row<'_>> = mails.iter().map(Row::of).collect();
    let named = asked.mail.as_deref();
    let open = mails
        .iter()
        .find(|mail| named.is_none_or(|id| id == mail.id));
    Page::of(&request, "delivery/mailbox.html")
        .title("delivery-mailbox")
        .with("rows", &rows)
        .with("jumps", &is_demo.then_some(time_machine::OFFERED))
        .with("open", &open.map(Row::of))
        .with("text", &open.map(|mail| &mail.text))
        .with("headers", &open.map(|mail| &mail.headers))
        .render()
}

pub(super) async fn json(state: State) -> Result<HttpResponse, PageError> {
    let mails = blocking(move || newest(&state)).await?;
    let mails: Vec<Mail> = mails.into_iter().map(Mail::of).collect();
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-store"))
        .json(mails))
}

/// The page in the reading pane: links open in a window of their own, so that a click is one.
pub(super) async fn read(state: State, id: web::Path<String>) -> PageResult {
    let mail = blocking(move || find(&state, &id))
        .await?
        .ok_or(Failure::NotFound)?;
    // At the end, where it takes the mail's own doctype nothing of its effect.
    let html = format!("{}<base target=\"_blank\">", mail.html);
    Ok(sandbox::mail(html, sandbox::MAILBOX))
}

fn outbox(state: &AppState) -> Result<&Arc<dyn OutboxReader>, Failure> {
    state.ports.outbox.as_ref().ok_or(Failure::NotFound)
}

fn newest(state: &AppState) -> Result<Vec<OutboxMail>, Failure> {
    let outbox = outbox(state)?;
    let mut mails = Vec::new();
    for tenant in state.ports.tenants.list()? {
        mails.extend(outbox.newest(tenant.id, SHOWN)?);
    }
    mails.sort_by_key(|mail| Reverse(mail.at));
    mails.truncate(SHOWN);
    Ok(mails)
}

fn find(state: &AppState, id: &str) -> Result<Option<OutboxMail>, Failure> {
    let outbox = outbox(state)?;
    for tenant in state.ports.tenants.list()? {
        if let Some(mail) = outbox.read(tenant.id, id)? {
            return Ok(Some(mail));
        }
    }
    Ok(None)
}

impl<'a> Row<'a> {
    fn of(mail: &'a OutboxMail) -> Self {
        Self {
            id: &mail.id,
            at: mail.at,
            from: &mail.from,
            to: &mail.to,
            subject: &mail.subject,
        }
    }
}

impl Mail {
    fn of(mail: OutboxMail) -> Self {
        Self {
            id: mail.id,
            to: mail.to,
            subject: mail.subject,
            html: mail.html,
            text: mail.text,
            headers: mail.headers.into_iter().collect(),
        }
    }
}
