//! A draft becomes a broadcast.

use chrono::{DateTime, SubsecRound, Utc};
use thiserror::Error;

use super::{BroadcastStatus, BroadcastStore, BroadcastWork};
use crate::content::{MailRenderer, TemplateProblem, TemplateStore, ToFreeze, freeze};
use crate::delivery::{DeliverySettings, SenderItem};
use crate::ids::{BroadcastId, TenantId};
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

/// Why a broadcast does not start. Nothing has changed then.
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
    /// The template cannot be sent.
    #[error("the template has problems")]
    TemplateProblems(Vec<TemplateProblem>),
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

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
    let template = ports
        .templates
        .find(tenant, broadcast.template)?
        .ok_or(StartRefused::NotFound)?;
    let to_freeze = ToFreeze {
        id: broadcast.content(),
        template: Some(template.id),
        source: &template.source,
        tracking: broadcast.tracking,
        first_link: 0,
    };
    let content = freeze(ports.renderer, &to_freeze).map_err(StartRefused::TemplateProblems)?;
    if ports
        .work
        .start(tenant, id, &[content], now.trunc_subsecs(0))?
    {
        Ok(())
    } else {
        Err(StartRefused::NotADraft)
    }
}
