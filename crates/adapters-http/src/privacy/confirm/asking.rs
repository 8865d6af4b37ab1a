//! Asking a person to confirm an address.

use chrono::{DateTime, SubsecRound, Utc};
use domain::delivery::SuppressionReason;
use domain::ids::ConfirmationId;
use domain::leads::Lead;
use domain::privacy::{Asking, Confirmation, ConfirmationToken, asking};
use domain::tenancy::Tenant;
use serde::Serialize;

use super::mail;
use crate::delivery::hand_over::{HandedOver, hand_over};
use crate::error::Failure;
use crate::state::AppState;

/// What became of it, as a program reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Asked {
    /// The mail is with the provider.
    Sent,
    /// The provider did not take it; the same request again tries again.
    NotSent,
    /// The person has confirmed already, and has not refused since.
    Confirmed,
    /// The person was asked within the last day.
    #[serde(rename = "asked_recently")]
    Recently,
    /// Mail to this address comes back, was reported as spam, or was stopped by staff.
    Stopped,
}

/// Where a person said to want mail.
pub(crate) struct Wanted {
    pub(crate) source: String,
    pub(crate) shown_text: Option<String>,
}

/// Sends the mail that asks, unless there is nothing to ask. A refusal by the person themselves
/// does not keep them from being asked anew: they say it is wanted, and only their answer counts.
///
/// # Errors
/// If the storage fails. That the provider takes no mail is no error: the question is kept.
pub(crate) fn ask(
    state: &AppState,
    tenant: &Tenant,
    lead: &Lead,
    is_new: bool,
    wanted: Wanted,
    now: DateTime<Utc>,
) -> Result<Asked, Failure> {
    let (ports, now) = (&state.ports, now.trunc_subsecs(6));
    let refused_at = match ports.suppressions.find(tenant.id, &lead.email)? {
        Some(stop) if stop.reason != SuppressionReason::Unsubscribed => return Ok(Asked::Stopped),
        refusal => refusal.map(|refusal| refusal.created_at),
    };
    let earlier = ports.confirmations.confirmation_of(tenant.id, lead.id)?;
    let consents = ports.consents.consents(tenant.id, lead.id)?;
    let holds_mail = match asking(earlier.as_ref(), &consents, refused_at, is_new, now) {
        Asking::Ask { holds_mail } => holds_mail,
        Asking::Confirmed => return Ok(Asked::Confirmed),
        Asking::AskedRecently => return Ok(Asked::Recently),
    };
    let question = Confirmation {
        id: ConfirmationId::new(),
        lead: lead.id,
        holds_mail,
        source: wanted.source,
        shown_text: wanted.shown_text,
        requested_at: now,
        sent_at: None,
        visited_at: None,
        confirmed_at: None,
    };
    let kept = ports.confirmations.ask(tenant.id, &question)?;
    let token = ConfirmationToken {
        tenant: tenant.id,
        confirmation: kept.ok_or(Failure::NotFound)?,
    };
    send(state, tenant, lead, token, now)
}

fn send(
    state: &AppState,
    tenant: &Tenant,
    lead: &Lead,
    token: ConfirmationToken,
    now: DateTime<Utc>,
) -> Result<Asked, Failure> {
    let mail = match mail::compose_for(state, tenant, lead, token, now)? {
        Ok(mail) => mail,
        Err(error) => {
            tracing::warn!(tenant = %tenant.id, %error, "nobody can be asked to confirm");
            return Ok(Asked::NotSent);
        }
    };
    match hand_over(state, &mail)? {
        HandedOver::Taken => {
            let store = &state.ports.confirmations;
            store.note_asked(tenant.id, token.confirmation, now)?;
            Ok(Asked::Sent)
        }
        HandedOver::NotTaken(reason) => {
            tracing::warn!(tenant = %tenant.id, reason, "a mail that asks to confirm was not taken");
            Ok(Asked::NotSent)
        }
    }
}
