//! What follows from the reports of a provider.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{
    DeliveryReport, OpenSource, ReportClient, ReportEffect, ReportLog, ReportedEvent, Settlement,
};
use crate::ids::{EngagementId, TenantId};
use crate::leads::AsOf;
use crate::store::StoreResult;
use crate::tracking::{
    Action, Client, Decide, Engagement, EngagementLog, MachineReason, MachineVerdict, MailRef,
    ReportKind,
};

/// What absorbing needs from outside.
pub struct AbsorbPorts<'a> {
    /// Where reports leave their mark on sends and addresses.
    pub reports: &'a dyn ReportLog,
    /// Where engagements go.
    pub engagements: &'a dyn EngagementLog,
    /// What engagements change about a lead.
    pub decide: &'a Decide<'a>,
}

/// How many reports did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Absorbed {
    /// Reports of this tenant's mail.
    pub known: usize,
    /// Reports of mail that is not this tenant's, or no longer known; only a suppression of the
    /// address follows from these.
    pub unknown: usize,
    /// Reports that name another tenant; nothing follows from them.
    pub foreign: usize,
}

/// Carries out what a provider reports.
///
/// Sends settle, addresses are suppressed (A44), opens and clicks enter the engagement log once,
/// however often they are reported (A22–A24). A click is kept for reference only. Opens count only where the tenant chose the provider's (D11).
///
/// # Errors
/// Only those of the storage. The provider then sends the same reports again, and what was
/// carried out already is not repeated.
pub fn absorb(
    ports: &AbsorbPorts<'_>,
    tenant: TenantId,
    opens: OpenSource,
    zone: Tz,
    reports: &[DeliveryReport],
    now: DateTime<Utc>,
) -> StoreResult<Absorbed> {
    let ours: Vec<DeliveryReport> = reports
        .iter()
        .filter(|report| report.tenant.is_none_or(|named| named == tenant))
        .cloned()
        .collect();
    let mails = ports.reports.resolve(tenant, &ours)?;
    let (mut settlements, mut engagements) = (Vec::new(), Vec::new());
    for (report, mail) in ours.iter().zip(&mails) {
        settlements.extend(settlement_of(report, mail.as_ref(), zone));
        if let Some(mail) = mail {
            engagements.extend(engagement_of(report, mail, tenant, opens, now));
        }
    }
    ports.reports.settle(tenant, &settlements)?;
    if !engagements.is_empty() {
        ports.engagements.append(&engagements, ports.decide)?;
    }
    let known = mails.iter().flatten().count();
    Ok(Absorbed {
        known,
        unknown: ours.len() - known,
        foreign: reports.len() - ours.len(),
    })
}

fn settlement_of(report: &DeliveryReport, mail: Option<&MailRef>, zone: Tz) -> Option<Settlement> {
    let effect = effect_of(&report.event)?;
    Some(Settlement {
        report: report.id.clone(),
        send: mail.cloned(),
        email: report.email.clone(),
        as_of: AsOf::new(report.occurred_at, zone),
        effect,
    })
}

fn effect_of(event: &ReportedEvent) -> Option<ReportEffect> {
    Some(match event {
        ReportedEvent::Processed => ReportEffect::Taken,
        ReportedEvent::Delivered => ReportEffect::Delivered,
        ReportedEvent::Deferred { reason } => ReportEffect::SoftBounced {
            reason: reason.clone(),
            gave_up: false,
        },
        ReportedEvent::Blocked { reason } => ReportEffect::SoftBounced {
            reason: reason.clone(),
            gave_up: true,
        },
        ReportedEvent::Bounced { reason } => ReportEffect::Bounced {
            reason: reason.clone(),
        },
        ReportedEvent::Dropped { reason, stops } => ReportEffect::Dropped {
            reason: reason.clone(),
            stops: *stops,
        },
        ReportedEvent::Complained => ReportEffect::Complained,
        ReportedEvent::Unsubscribed => ReportEffect::Unsubscribed,
        ReportedEvent::Opened { .. } | ReportedEvent::Clicked { .. } => return None,
    })
}

fn engagement_of(
    report: &DeliveryReport,
    mail: &MailRef,
    tenant: TenantId,
    opens: OpenSource,
    now: DateTime<Utc>,
) -> Option<Engagement> {
    let (action, client, verdict) = action_of(&report.event, mail, opens)?;
    Some(Engagement {
        id: EngagementId::derived(&[tenant.uuid().as_bytes(), report.id.as_bytes()]),
        tenant,
        occurred_at: report.occurred_at,
        received_at: now,
        action,
        client,
        verdict,
    })
}

fn action_of(
    event: &ReportedEvent,
    mail: &MailRef,
    opens: OpenSource,
) -> Option<(Action, Client, MachineVerdict)> {
    let told = |kind, detail: Option<&String>| {
        let action = Action::Report {
            kind,
            mail: mail.clone(),
            detail: detail.cloned(),
        };
        Some((action, Client::default(), MachineVerdict::None))
    };
    match event {
        ReportedEvent::Opened { machine, client } => (opens == OpenSource::Provider).then(|| {
            let action = Action::Open { mail: mail.clone() };
            (action, client_of(client), open_verdict(*machine))
        }),
        ReportedEvent::Clicked { url, client } => told(ReportKind::Click, Some(url))
            .map(|(action, _, verdict)| (action, client_of(client), verdict)),
        ReportedEvent::Delivered => told(ReportKind::Delivered, None),
        ReportedEvent::Bounced { reason }
        | ReportedEvent::Blocked { reason }
        | ReportedEvent::Dropped { reason, .. } => told(ReportKind::Bounce, Some(reason)),
        ReportedEvent::Complained => told(ReportKind::SpamReport, None),
        ReportedEvent::Unsubscribed => told(ReportKind::Unsubscribe, None),
        ReportedEvent::Processed | ReportedEvent::Deferred { .. } => None,
    }
}

fn client_of(client: &ReportClient) -> Client {
    Client::of(client.address, client.user_agent.as_deref())
}

fn open_verdict(machine: bool) -> MachineVerdict {
    if machine {
        MachineVerdict::Suspected(MachineReason::Provider)
    } else {
        MachineVerdict::None
    }
}
