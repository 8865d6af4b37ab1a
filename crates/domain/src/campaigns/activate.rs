//! A campaign becomes active as it is.

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::{
    Campaign, CampaignFault, CampaignProblem, CampaignVersion, Step, StepAction, Surroundings,
    SurroundingsPorts, validate,
};
use crate::content::{FrozenContent, ToFreeze, freeze};
use crate::delivery::MailContents;
use crate::ids::{CampaignId, ContentId, StepId, TemplateId, TenantId};
use crate::store::{StoreError, StoreResult};
use crate::tracking::{HONEYPOT_LINK, MailSource};

/// What activating needs from outside.
#[derive(Clone, Copy)]
pub struct ActivatePorts<'a> {
    /// Campaigns and what they need around them.
    pub surroundings: SurroundingsPorts<'a>,
    /// What the campaign's earlier versions send.
    pub contents: &'a dyn MailContents,
}

/// A campaign was activated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activated {
    /// The version that people are let into from now on.
    pub version: u32,
}

/// Why a campaign is not activated. Nothing has changed then.
#[derive(Debug, Error)]
pub enum ActivateRefused {
    /// There is no such campaign.
    #[error("there is no such campaign")]
    NotFound,
    /// It cannot be activated as it is.
    #[error("the campaign has problems")]
    Problems(Vec<CampaignProblem>),
    /// Somebody else activated it in the meantime.
    #[error("the campaign has been activated by somebody else")]
    Changed,
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the campaign, as it is saved, the next version and lets people into it (B13).
///
/// Its templates are kept as they are now. People inside an earlier version stay in it, or go on in
/// this one where `move_along`.
///
/// # Errors
/// See [`ActivateRefused`].
pub fn activate(
    ports: &ActivatePorts<'_>,
    tenant: TenantId,
    id: CampaignId,
    move_along: bool,
    now: DateTime<Utc>,
) -> Result<Activated, ActivateRefused> {
    let campaigns = ports.surroundings.campaigns;
    let campaign = campaigns.find(tenant, id)?;
    let campaign = campaign.ok_or(ActivateRefused::NotFound)?;
    let definition = &campaign.definition;
    let surroundings = Surroundings::of(&ports.surroundings, tenant, definition)?;
    let problems = validate(id, definition, &surroundings);
    if !problems.is_empty() {
        return Err(ActivateRefused::Problems(problems));
    }
    let version = CampaignVersion {
        campaign: id,
        version: campaign.version + 1,
        trigger: definition.trigger.clone(),
        entry: definition.entry.clone(),
        re_entry: definition.re_entry,
        tracking: definition.tracking,
        flow: definition.flow.clone(),
        exits: definition.exits.clone(),
        contents: contents(ports, tenant, &campaign)?,
    };
    if !campaigns.activate(tenant, &version, move_along, now)? {
        return Err(ActivateRefused::Changed);
    }
    let version = version.version;
    Ok(Activated { version })
}

/// What the send steps send. Links are numbered on from those of every earlier version, so that a
/// click in an old mail still tells where it was.
fn contents(
    ports: &ActivatePorts<'_>,
    tenant: TenantId,
    campaign: &Campaign,
) -> Result<Vec<(StepId, FrozenContent)>, ActivateRefused> {
    let mut next_link = first_free_link(ports.contents, tenant, campaign.id)?;
    let mut contents = Vec::new();
    for placed in campaign.definition.flow.placed() {
        if let StepAction::Send { template, .. } = placed.step.action {
            let frozen = frozen(ports, tenant, campaign, (placed.step, template), next_link)?;
            next_link = frozen.next_link();
            contents.push((placed.step.id, frozen));
        }
    }
    Ok(contents)
}

fn first_free_link(
    contents: &dyn MailContents,
    tenant: TenantId,
    campaign: CampaignId,
) -> StoreResult<u16> {
    let links = contents.links_of(tenant, MailSource::Campaign(campaign))?;
    let numbers = links.iter().map(|link| link.link_index);
    let last = numbers.filter(|number| *number != HONEYPOT_LINK).max();
    Ok(last.map_or(0, |last| last.saturating_add(1)))
}

fn frozen(
    ports: &ActivatePorts<'_>,
    tenant: TenantId,
    campaign: &Campaign,
    (step, template): (&Step, TemplateId),
    first_link: u16,
) -> Result<FrozenContent, ActivateRefused> {
    let at_step = |fault| CampaignProblem {
        step: Some(step.id),
        fault,
    };
    let Some(template) = ports.surroundings.templates.find(tenant, template)? else {
        let gone = at_step(CampaignFault::TemplateMissing);
        return Err(ActivateRefused::Problems(vec![gone]));
    };
    let next_version = campaign.version + 1;
    let to_freeze = ToFreeze {
        id: ContentId::derived(&[
            campaign.id.uuid().as_bytes(),
            &next_version.to_be_bytes(),
            step.id.uuid().as_bytes(),
        ]),
        template: Some(template.id),
        source: &template.source,
        tracking: campaign.definition.tracking,
        first_link,
    };
    freeze(ports.surroundings.renderer, &to_freeze).map_err(|problems| {
        let problems = problems.into_iter();
        let problems = problems.map(|problem| at_step(CampaignFault::Template(problem)));
        ActivateRefused::Problems(problems.collect())
    })
}
