//! A person refuses more mail.

use chrono::{DateTime, Utc};

use super::{Suppression, SuppressionReason, Suppressions};
use crate::ids::{EngagementId, TenantId};
use crate::leads::LeadStore;
use crate::store::StoreResult;
use crate::tracking::{
    Action, Client, Decide, Engagement, EngagementLog, MachineVerdict, MailRef, ReportKind,
};

/// What refusing needs from outside.
pub struct UnsubscribePorts<'a> {
    /// Who refuses.
    pub leads: &'a dyn LeadStore,
    /// Where refusals are kept.
    pub suppressions: &'a dyn Suppressions,
    /// Where it is told what happened.
    pub engagements: &'a dyn EngagementLog,
    /// What engagements change about a lead.
    pub decide: &'a Decide<'a>,
}

/// What a refusal did. The person sees the same page in every case (V-33).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsubscribed {
    /// No more mail goes there from now on.
    Now,
    /// No mail went there before either.
    Already,
    /// The lead is gone, and with it every mail.
    NobodyThere,
}

/// Stops mail at once to the person whom the mail of a refusal's token went to.
///
/// By POST only: a page that is merely looked at, or fetched by a scanner, calls nothing
/// (RFC 8058 §3.2, B68). The refusal counts even if it cannot be told in the engagement log.
///
/// # Errors
/// Only those of the storage.
pub fn unsubscribe(
    ports: &UnsubscribePorts<'_>,
    tenant: TenantId,
    mail: &MailRef,
    now: DateTime<Utc>,
) -> StoreResult<Unsubscribed> {
    let Some(lead) = ports.leads.find(tenant, mail.lead)? else {
        return Ok(Unsubscribed::NobodyThere);
    };
    let suppression = Suppression {
        email: lead.email,
        reason: SuppressionReason::Unsubscribed,
        detail: Some(format!("send {}", mail.send)),
        created_at: now,
    };
    if !ports.suppressions.suppress(tenant, &suppression)? {
        return Ok(Unsubscribed::Already);
    }
    let told = told(tenant, mail, now);
    ports.engagements.append(&[told], ports.decide)?;
    Ok(Unsubscribed::Now)
}

fn told(tenant: TenantId, mail: &MailRef, now: DateTime<Utc>) -> Engagement {
    Engagement {
        id: EngagementId::derived(&[b"unsubscribe", mail.send.uuid().as_bytes()]),
        tenant,
        occurred_at: now,
        received_at: now,
        action: Action::Report {
            kind: ReportKind::Unsubscribe,
            mail: mail.clone(),
            detail: None,
        },
        client: Client::default(),
        verdict: MachineVerdict::None,
    }
}
