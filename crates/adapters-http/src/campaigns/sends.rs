//! The mails of a broadcast, one by one.

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::campaigns::BroadcastStatus;
use domain::delivery::{Send, SendState, SkipReason};
use domain::ids::{BroadcastId, LeadId, SendId};
use domain::leads::Lead;
use domain::tenancy::{AuditEntry, AuditTarget, Locale, Permission};
use serde::{Deserialize, Serialize};
use serde_html_form::de::empty_as_none;

use super::RESENT;
use crate::blocking::blocking;
use crate::error::{Complaint, Failure, PageResult};
use crate::extract::Query;
use crate::pages::format::masked_address;
use crate::pages::{Flash, Nav, PER_PAGE, Page, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};
use crate::texts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default, deserialize_with = "empty_as_none")]
    state: Option<String>,
    /// The last send of the page before.
    after: Option<SendId>,
}

#[derive(Serialize)]
struct Row {
    id: SendId,
    lead: LeadId,
    /// None if the lead is gone.
    name: Option<String>,
    email: Option<String>,
    state: &'static str,
    reason: Option<String>,
    accepted_at: Option<DateTime<Utc>>,
    first_opened_at: Option<DateTime<Utc>>,
    machine_opens: u32,
    first_clicked_at: Option<DateTime<Utc>>,
    machine_clicks: u32,
}

struct Found {
    name: String,
    sends: Vec<(Send, Option<Lead>)>,
    has_more: bool,
    /// What nobody knows about may be sent again.
    can_resend: bool,
}

pub(super) async fn list(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let id = broadcast.into_inner();
    let only = asked
        .state
        .as_deref()
        .map(|name| SendState::parse(name).ok_or_else(unknown));
    let only = only.transpose()?;
    let person = me.clone();
    let found = blocking(move || find(&state, &me, id, only, asked.after)).await?;
    let page = Page::of(&request, "campaigns/sends.html");
    let locale = page.locale();
    let rows: Vec<Row> = found
        .sends
        .iter()
        .map(|it| Row::of(it, &person, locale))
        .collect();
    let last = rows.last().filter(|_| found.has_more).map(|row| row.id);
    page.titled(&found.name)
        .nav(Nav::Broadcasts)
        .with("id", &id)
        .with("rows", &rows)
        .with("next", &last)
        .with("is_first", &asked.after.is_none())
        .with("state", &only.map(SendState::as_str))
        .with("can_resend", &found.can_resend)
        .with("states", &SendState::ALL.map(SendState::as_str))
        .render()
}

/// A person decides that a mail nobody knows about shall be sent again.
pub(super) async fn resend(
    me: SignedIn,
    state: State,
    path: web::Path<(BroadcastId, SendId)>,
) -> PageResult {
    let (broadcast, send) = path.into_inner();
    let resent = blocking(move || {
        let (tenant, now) = (me.tenant_id(), me.now());
        let resent = state.ports.send_log.resend_unknown(tenant, send, now)?;
        if resent {
            let target = AuditTarget::one("send", send);
            let entry = AuditEntry::new(me.actor(), RESENT, target, now);
            state.ports.audit.append(tenant, &entry)?;
        }
        Ok::<_, Failure>(resent)
    })
    .await?;
    let flash = if resent {
        Flash::success("campaigns-resent")
    } else {
        Flash::danger("campaigns-moved-on")
    };
    let back = format!("/ui/broadcasts/{broadcast}/sends?state=unknown");
    Ok(redirect(&back, Some(flash)))
}

fn find(
    state: &AppState,
    me: &SignedIn,
    id: BroadcastId,
    only: Option<SendState>,
    after: Option<SendId>,
) -> Result<Found, Failure> {
    let (tenant, ports) = (me.tenant_id(), &state.ports);
    let found = ports.broadcasts.find(tenant, id)?;
    let broadcast = found.ok_or(Failure::NotFound)?;
    let mut sends = ports
        .sends
        .of_broadcast(tenant, id, only, after, PER_PAGE + 1)?;
    let has_more = sends.len() > PER_PAGE as usize;
    sends.truncate(PER_PAGE as usize);
    let with_lead = |send: Send| {
        let lead = ports.leads.find(tenant, send.lead)?;
        Ok((send, lead))
    };
    let sends = sends
        .into_iter()
        .map(with_lead)
        .collect::<Result<_, Failure>>()?;
    Ok(Found {
        can_resend: broadcast.status != BroadcastStatus::Cancelled,
        name: broadcast.name,
        sends,
        has_more,
    })
}

impl Row {
    fn of((send, lead): &(Send, Option<Lead>), me: &SignedIn, locale: Locale) -> Self {
        let email = lead.as_ref().map(|lead| lead.email.as_str());
        let email = email.map(|email| {
            if me.can(Permission::SeeAddresses) {
                email.to_owned()
            } else {
                masked_address(email)
            }
        });
        Self {
            id: send.key.id,
            lead: send.lead,
            name: lead.as_ref().and_then(|lead| lead.name.clone()),
            email,
            state: send.state.as_str(),
            reason: send
                .state_reason
                .as_deref()
                .map(|reason| reason_text(reason, locale)),
            accepted_at: send.accepted_at,
            first_opened_at: send.first_opened_at,
            machine_opens: send.machine_opens,
            first_clicked_at: send.first_clicked_at,
            machine_clicks: send.machine_clicks,
        }
    }
}

/// One of our reasons in words; what a provider said as it said it.
fn reason_text(reason: &str, locale: Locale) -> String {
    match SkipReason::parse(reason) {
        Some(ours) => {
            let key = format!("campaigns-skip-{}", ours.as_str());
            texts::text(locale, &key, &texts::arguments([]))
        }
        None => reason.to_owned(),
    }
}

fn unknown() -> Failure {
    Failure::Invalid(Complaint::about("state", "is no state of a send"))
}
