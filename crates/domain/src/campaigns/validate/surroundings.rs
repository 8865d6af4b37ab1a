//! What a campaign needs around it.

use std::collections::{BTreeMap, BTreeSet};

use crate::campaigns::{CampaignDefinition, CampaignStore, StepAction};
use crate::content::{MailRenderer, TemplateProblem, TemplateStore};
use crate::delivery::{DeliverySettings, SenderItem};
use crate::ids::{CampaignId, TemplateId, TenantId};
use crate::leads::{AttributeKind, LeadListing};
use crate::store::StoreResult;

/// What a campaign needs around it, as far as its definition names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The templates that exist, each with what keeps it from being sent.
    pub templates: BTreeMap<TemplateId, Vec<TemplateProblem>>,
    /// The other campaigns that exist.
    pub campaigns: BTreeSet<CampaignId>,
    /// The tenant's custom attributes.
    pub attributes: BTreeMap<String, AttributeKind>,
    /// What the sender profile lacks.
    pub sender: Vec<SenderItem>,
}

/// Where the surroundings are found.
#[derive(Clone, Copy)]
pub struct SurroundingsPorts<'a> {
    /// Where campaigns are kept.
    pub campaigns: &'a dyn CampaignStore,
    /// Where templates are kept.
    pub templates: &'a dyn TemplateStore,
    /// How templates are looked through.
    pub renderer: &'a dyn MailRenderer,
    /// Who sends.
    pub settings: &'a dyn DeliverySettings,
    /// Where custom attributes are defined.
    pub listing: &'a dyn LeadListing,
}

impl Surroundings {
    /// Looks up what a definition names.
    ///
    /// # Errors
    /// Those of the storage.
    pub fn of(
        ports: &SurroundingsPorts<'_>,
        tenant: TenantId,
        definition: &CampaignDefinition,
    ) -> StoreResult<Self> {
        let attributes = ports.listing.attributes(tenant)?.into_iter();
        let mut found = Self {
            attributes: attributes.map(|one| (one.key, one.kind)).collect(),
            sender: ports.settings.sender_profile(tenant)?.missing(),
            ..Self::default()
        };
        for placed in definition.flow.placed() {
            match &placed.step.action {
                StepAction::Send { template, .. } if !found.templates.contains_key(template) => {
                    if let Some(stored) = ports.templates.find(tenant, *template)? {
                        let problems = ports.renderer.check(&stored.source);
                        found.templates.insert(*template, problems);
                    }
                }
                StepAction::GoTo { campaign } => {
                    found.campaigns.extend(
                        (ports.campaigns.find(tenant, *campaign)?).map(|campaign| campaign.id),
                    );
                }
                StepAction::Send { .. }
                | StepAction::WaitUntil { .. }
                | StepAction::Condition { .. }
                | StepAction::Split { .. }
                | StepAction::SetAttribute { .. }
                | StepAction::AddTag { .. }
                | StepAction::RemoveTag { .. }
                | StepAction::AddScore { .. }
                | StepAction::CreateTask { .. }
                | StepAction::Notify { .. }
                | StepAction::Webhook { .. }
                | StepAction::End => {}
            }
        }
        Ok(found)
    }
}
