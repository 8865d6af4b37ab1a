//! A draft becomes a broadcast.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use thiserror::Error;

use super::{AbDifference, Broadcast, BroadcastStatus, BroadcastStore, BroadcastWork, Variant};
use crate::content::{
    FrozenContent, MailRenderer, Template, TemplateProblem, TemplateSource, TemplateStore,
    ToFreeze, freeze,
};
use crate::delivery::{DeliverySettings, SenderItem};
use crate::ids::{BroadcastId, TemplateId, TenantId};
use crate::store::StoreError;

/// What starting needs from outside.
pub struct StartPorts<'a> {
    /// Where broadcasts are kept.
    pub broadcasts: &'a dyn BroadcastStore,
    /// Where their work is kept.
    pub work: &'a dyn BroadcastWork,
    /// Where templates are kept.
    pub templates: &'a dyn TemplateStore,
    /// How templates are looked through.
    pub renderer: &'a dyn MailRenderer,
    /// Who sends.
    pub settings: &'a dyn DeliverySettings,
}

/// Why a broadcast does not start, or is not scheduled. Nothing has changed then.
#[derive(Debug, Error)]
pub enum StartRefused {
    /// There is no such broadcast.
    #[error("there is no such broadcast")]
    NotFound,
    /// It has been started already.
    #[error("the broadcast has been started already")]
    NotADraft,
    /// The sender profile lacks what every mail has to say (特定電子メール法).
    #[error("the sender profile is incomplete")]
    SenderIncomplete(Vec<SenderItem>),
    /// The template, or that of variant B, cannot be sent.
    #[error("the template has problems")]
    TemplateProblems(Vec<TemplateProblem>),
    /// The template of variant B is gone.
    #[error("the template of variant B is gone")]
    VariantGone,
    /// It was to start by itself at a time that is over.
    #[error("the time to start at is over")]
    InThePast,
    /// It was to start by itself more than a year ahead.
    #[error("the time to start at is more than a year ahead")]
    TooFarAhead,
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The farthest a broadcast may be scheduled ahead.
const FARTHEST: TimeDelta = TimeDelta::days(366);

/// Starts a draft with its template as it is now. Its recipients are found by the workers.
///
/// # Errors
/// See [`StartRefused`].
pub fn start_broadcast(
    ports: &StartPorts<'_>,
    tenant: TenantId,
    id: BroadcastId,
    now: DateTime<Utc>,
) -> Result<(), StartRefused> {
    let contents = contents_of(ports, tenant, id)?;
    let started_at = now.trunc_subsecs(0);
    done(ports.work.start(tenant, id, &contents, started_at)?)
}

/// Lets a draft start by itself at `scheduled_at`, with its template as it is now: what was
/// confirmed is what is sent. Its recipients are those whom its filter finds then.
///
/// # Errors
/// See [`StartRefused`].
pub fn schedule_broadcast(
    ports: &StartPorts<'_>,
    tenant: TenantId,
    id: BroadcastId,
    scheduled_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StartRefused> {
    if scheduled_at <= now {
        return Err(StartRefused::InThePast);
    }
    if scheduled_at - now > FARTHEST {
        return Err(StartRefused::TooFarAhead);
    }
    let contents = contents_of(ports, tenant, id)?;
    done(ports.work.schedule(tenant, id, &contents, scheduled_at)?)
}

fn done(is_done: bool) -> Result<(), StartRefused> {
    is_done.then_some(()).ok_or(StartRefused::NotADraft)
}

/// What a draft says, frozen: its own content, and that of variant B where it has one.
fn contents_of(
    ports: &StartPorts<'_>,
    tenant: TenantId,
    id: BroadcastId,
) -> Result<Vec<FrozenContent>, StartRefused> {
    let broadcast = ports
        .broadcasts
        .find(tenant, id)?
        .ok_or(StartRefused::NotFound)?;
    if broadcast.status != BroadcastStatus::Draft {
        return Err(StartRefused::NotADraft);
    }
    let missing = ports.settings.sender_profile(tenant)?.missing();
    if !missing.is_empty() {
        return Err(StartRefused::SenderIncomplete(missing));
    }
    let own = ports
        .templates
        .find(tenant, broadcast.template)?
        .ok_or(StartRefused::NotFound)?;
    let of_a = frozen(ports, &broadcast, Variant::A, (own.id, &own.source), 0)?;
    let Some((id, source)) = variant_b(ports.templates, tenant, &broadcast, &own)? else {
        return Ok(vec![of_a]);
    };
    let next_link = of_a.next_link();
    let of_b = frozen(ports, &broadcast, Variant::B, (id, &source), next_link)?;
    Ok(vec![of_a, of_b])
}

/// What variant B is made from, where it says something else than `own`, the broadcast's template.
///
/// # Errors
/// [`StartRefused::VariantGone`], and those of the storage.
pub fn variant_b(
    templates: &dyn TemplateStore,
    tenant: TenantId,
    broadcast: &Broadcast,
    own: &Template,
) -> Result<Option<(TemplateId, TemplateSource)>, StartRefused> {
    Ok(match broadcast.ab_test.as_ref().map(|test| &test.b) {
        Some(AbDifference::Subject(subject)) => {
            let source = TemplateSource {
                subject: subject.trim().to_owned(),
                ..own.source.clone()
            };
            Some((own.id, source))
        }
        Some(AbDifference::Template(other)) => {
            let other = templates.find(tenant, *other)?;
            let other = other.ok_or(StartRefused::VariantGone)?;
            Some((other.id, other.source))
        }
        Some(AbDifference::Time { .. }) | None => None,
    })
}

fn frozen(
    ports: &StartPorts<'_>,
    broadcast: &Broadcast,
    variant: Variant,
    (template, source): (TemplateId, &TemplateSource),
    first_link: u16,
) -> Result<FrozenContent, StartRefused> {
    let to_freeze = ToFreeze {
        id: broadcast.content_of(variant),
        template: Some(template),
        source,
        tracking: broadcast.tracking,
        first_link,
    };
    freeze(ports.renderer, &to_freeze).map_err(StartRefused::TemplateProblems)
}
