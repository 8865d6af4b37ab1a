//! A person refuses more mail.

use chrono::{DateTime, SubsecRound, Utc};

use super::{AbsorbError, Suppression, SuppressionReason, Suppressions};
use crate::ids::{EngagementId, TenantId};
use crate::leads::LeadStore;
use crate::tracking::{
    Action, Client, Engagement, Intake, MachineVerdict, MailRef, ReportKind, take_and_wait,
};

/// What refusing needs from outside.
pub struct UnsubscribePorts<'a> {
    /// Who refuses.
    pub leads: &'a dyn LeadStore,
    /// Where refusals are kept.
    pub suppressions: &'a dyn Suppressions,
    /// Where it is told what happened.
    pub intake: &'a dyn Intake,
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
/// (RFC 8058 §3.2, B68). The refusal counts even if it cannot be told in the engagement log; the
/// same refusal that comes again is told then, as the same engagement.
///
/// # Errors
/// See [`AbsorbError`].
pub fn unsubscribe(
    ports: &UnsubscribePorts<'_>,
    tenant: TenantId,
    mail: &MailRef,
    now: DateTime<Utc>,
) -> Result<Unsubscribed, AbsorbError> {
    let Some(lead) = ports.leads.find(tenant, mail.lead)? else {
        return Ok(Unsubscribed::NobodyThere);
    };
    // As the storage keeps it, so that a repeat finds the same moment.
    let now = now.trunc_subsecs(6);
    let suppression = Suppression {
        email: lead.email,
        reason: SuppressionReason::Unsubscribed,
        detail: Some(format!("send {}", mail.send)),
        created_at: now,
    };
    if ports.suppressions.suppress(tenant, &suppression)? {
        take_and_wait(ports.intake, vec![told(tenant, mail, now)])?;
        return Ok(Unsubscribed::Now);
    }
    let earlier = ports.suppressions.find(tenant, &suppression.email)?;
    let same = earlier.filter(|earlier| earlier.detail == suppression.detail);
    if let Some(earlier) = same {
        take_and_wait(ports.intake, vec![told(tenant, mail, earlier.created_at)])?;
    }
    Ok(Unsubscribed::Already)
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
