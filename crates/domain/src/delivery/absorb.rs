//! What follows from the reports of a provider.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use thiserror::Error;

use super::{
    DeliveryReport, OpenSource, ReportClient, ReportEffect, ReportLog, ReportedEvent, Settlement,
};
use crate::ids::{EngagementId, TenantId};
use crate::leads::AsOf;
use crate::store::StoreError;
use crate::tracking::{
    Action, Client, Engagement, Intake, MachineReason, MachineVerdict, MailRef, NetworkClasses,
    NotKept, ReportKind, RequestSigns, take_and_wait, verdict_of_open,
};

/// What absorbing needs from outside.
pub struct AbsorbPorts<'a> {
    /// Where reports leave their mark on sends and addresses.
    pub reports: &'a dyn ReportLog,
    /// Where engagements go.
    pub intake: &'a dyn Intake,
    /// Whose network an address belongs to.
    pub networks: &'a NetworkClasses,
}

/// Why reports or a refusal were not carried out to the end. What was carried out stays, and is not
/// repeated when the same comes again.
#[derive(Debug, Error)]
pub enum AbsorbError {
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The engagements could not be kept.
    #[error(transparent)]
    NotKept(#[from] NotKept),
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
/// however often they are reported (A22–A24). A click is kept for reference only. Opens count only
/// where the tenant chose the provider's (D11). When this returns, all of it is durable.
///
/// # Errors
/// See [`AbsorbError`]. The provider then sends the same reports again.
pub fn absorb(
    ports: &AbsorbPorts<'_>,
    tenant: TenantId,
    opens: OpenSource,
    zone: Tz,
    reports: &[DeliveryReport],
    now: DateTime<Utc>,
) -> Result<Absorbed, AbsorbError> {
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
            engagements.extend(engagement_of(
                report,
                mail,
                tenant,
                opens,
                ports.networks,
                now,
            ));
        }
    }
    ports.reports.settle(tenant, &settlements)?;
    if !engagements.is_empty() {
        take_and_wait(ports.intake, engagements)?;
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
    networks: &NetworkClasses,
    now: DateTime<Utc>,
) -> Option<Engagement> {
    let (action, client, verdict) = action_of(&report.event, mail, opens, networks)?;
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
    networks: &NetworkClasses,
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
            let client = client_of(client, networks);
            let verdict = open_verdict(*machine, &client);
            (action, client, verdict)
        }),
        ReportedEvent::Clicked { url, client } => told(ReportKind::Click, Some(url))
            .map(|(action, _, verdict)| (action, client_of(client, networks), verdict)),
        ReportedEvent::Delivered => told(ReportKind::Delivered, None),
        ReportedEvent::Bounced { reason }
        | ReportedEvent::Blocked { reason }
        | ReportedEvent::Dropped { reason, .. } => told(ReportKind::Bounce, Some(reason)),
        ReportedEvent::Complained => told(ReportKind::SpamReport, None),
        ReportedEvent::Unsubscribed => told(ReportKind::Unsubscribe, None),
        ReportedEvent::Processed | ReportedEvent::Deferred { .. } => None,
    }
}

fn client_of(client: &ReportClient, networks: &NetworkClasses) -> Client {
    Client::of(client.address, client.user_agent.as_deref(), networks)
}

/// What the provider recognised stays its word. What it did not is looked at as an open that came to
/// us would be, unless the provider keeps to itself with what the mail was read: its silence is
/// no sign of a program.
fn open_verdict(machine: bool, client: &Client) -> MachineVerdict {
    let user_agent = client.user_agent.as_deref();
    if machine {
        MachineVerdict::Suspected(MachineReason::Provider)
    } else if user_agent.is_none() {
        MachineVerdict::None
    } else {
        verdict_of_open(RequestSigns {
            user_agent,
            network: client.class,
            ..RequestSigns::default()
        })
    }
}
