use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use domain::campaigns::{
    Campaign, CampaignDefinition, CampaignStatus, CampaignStore, CampaignVersion, EnrollmentStatus,
    Flow,
};
use domain::content::FrozenContent;
use domain::delivery::{SendState, SkipReason};
use domain::ids::{CampaignId, TenantId};
use domain::store::StoreResult;
use domain::tracking::MailSource;

use super::super::{InMemoryMail, State};
use super::Automatic;

impl Automatic {
    /// The campaign with what its newest version was made of.
    fn with_live(&self, tenant: TenantId, campaign: &Campaign) -> Campaign {
        let newest = (tenant, campaign.id, campaign.version);
        let live = self
            .versions
            .get(&newest)
            .map(|version| CampaignDefinition {
                name: campaign.definition.name.clone(),
                description: campaign.definition.description.clone(),
                trigger: version.trigger.clone(),
                entry: version.entry.clone(),
                exits: version.exits.clone(),
                re_entry: version.re_entry,
                tracking: version.tracking,
                flow: version.flow.clone(),
            });
        Campaign {
            live,
            ..campaign.clone()
        }
    }

    /// What holds of an active campaign, for people who come in.
    pub(super) fn newest_version(
        &self,
        tenant: TenantId,
        id: CampaignId,
    ) -> Option<&CampaignVersion> {
        let campaign = self.campaigns.get(&(tenant, id))?;
        let is_active = campaign.status == CampaignStatus::Active;
        let newest = self.versions.get(&(tenant, id, campaign.version));
        newest.filter(|_| is_active)
    }

    /// Everybody inside goes on in the newest version.
    fn move_along(&mut self, tenant: TenantId, version: &CampaignVersion, now: DateTime<Utc>) {
        let flows: Vec<(u32, Flow)> = self
            .versions
            .iter()
            .filter(|((owner, campaign, _), _)| (*owner, *campaign) == (tenant, version.campaign))
            .map(|((_, _, number), version)| (*number, version.flow.clone()))
            .collect();
        let inside = self.ways.iter_mut().filter(|((owner, _), way)| {
            *owner == tenant
                && way.enrollment.campaign == version.campaign
                && way.enrollment.status.is_inside()
        });
        let mut completed = 0;
        for (_, way) in inside {
            let enrollment = &mut way.enrollment;
            let before = flows
                .iter()
                .find(|(number, _)| *number == enrollment.version);
            let landing = before
                .zip(enrollment.next_step)
                .and_then(|((_, flow), step)| flow.landing(step, &version.flow));
            if landing.is_none() {
                way.end(EnrollmentStatus::Completed, now);
                way.ended_by_flow = true;
                completed += 1;
                continue;
            }
            enrollment.version = version.version;
            enrollment.next_step = landing;
            way.lease_until = None;
            if way.enrollment.status == EnrollmentStatus::Active {
                way.let_go();
                way.enrollment.next_at = way.enrollment.next_at.map(|at| at.max(now));
            }
        }
        if let Some(campaign) = self.campaigns.get_mut(&(tenant, version.campaign)) {
            campaign.completed_count += completed;
        }
    }
}

impl State {
    /// What waits to go out for a campaign that was ended does not.
    fn stop_mails(&mut self, tenant: TenantId, id: CampaignId) {
        let waiting = self.sends.iter_mut().filter(|((owner, _), stored)| {
            *owner == tenant
                && stored.send.campaign == Some(id)
                && matches!(stored.send.state, SendState::Queued | SendState::RetryWait)
        });
        for (_, stored) in waiting {
            let reason = SkipReason::CampaignStopped.as_str().to_owned();
            stored.becomes(SendState::Skipped, Some(reason));
        }
    }

    fn activate(
        &mut self,
        tenant: TenantId,
        version: &CampaignVersion,
        move_along: bool,
        now: DateTime<Utc>,
    ) -> bool {
        let key = (tenant, version.campaign);
        let Some(campaign) = self.automatic.campaigns.get(&key) else {
            return false;
        };
        let allowed = campaign.status == CampaignStatus::Active
            || campaign.status.allows(CampaignStatus::Active);
        if !allowed || campaign.version + 1 != version.version {
            return false;
        }
        let number = (tenant, version.campaign, version.version);
        self.automatic.versions.insert(number, version.clone());
        self.automatic
            .set_status(tenant, version.campaign, CampaignStatus::Active, now);
        if let Some(campaign) = self.automatic.campaigns.get_mut(&key) {
            campaign.version = version.version;
        }
        if move_along {
            self.automatic.move_along(tenant, version, now);
        }
        let contents = version.contents.iter().map(|(_, content)| content.clone());
        let contents: Vec<FrozenContent> = contents.collect();
        let source = MailSource::Campaign(version.campaign);
        self.keep_contents(tenant, source, &contents);
        true
    }
}

impl CampaignStore for InMemoryMail {
    fn create(&self, tenant: TenantId, campaign: &Campaign) -> StoreResult<()> {
        let key = (tenant, campaign.id);
        let campaigns = &mut self.state().automatic.campaigns;
        campaigns.insert(key, campaign.clone());
        Ok(())
    }

    fn update(
        &self,
        tenant: TenantId,
        id: CampaignId,
        definition: &CampaignDefinition,
        seen: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let found = state.automatic.campaigns.get_mut(&(tenant, id));
        let Some(campaign) = found.filter(|campaign| campaign.updated_at == seen) else {
            return Ok(false);
        };
        campaign.definition = definition.clone();
        campaign.updated_at = now;
        Ok(true)
    }

    fn remove(&self, tenant: TenantId, id: CampaignId) -> StoreResult<bool> {
        let mut state = self.state();
        if state.automatic.ways_of(tenant, id).next().is_some() {
            return Ok(false);
        }
        Ok(state.automatic.campaigns.remove(&(tenant, id)).is_some())
    }

    fn find(&self, tenant: TenantId, id: CampaignId) -> StoreResult<Option<Campaign>> {
        let automatic = &self.state().automatic;
        let found = automatic.campaigns.get(&(tenant, id));
        Ok(found.map(|campaign| automatic.with_live(tenant, campaign)))
    }

    fn list(
        &self,
        tenant: TenantId,
        status: Option<CampaignStatus>,
        offset: u32,
        limit: u32,
    ) -> StoreResult<Vec<Campaign>> {
        let state = self.state();
        let mut found: Vec<Campaign> = state
            .automatic
            .campaigns
            .iter()
            .filter(|((owner, _), campaign)| {
                *owner == tenant && status.is_none_or(|status| campaign.status == status)
            })
            .map(|(_, campaign)| state.automatic.with_live(tenant, campaign))
            .collect();
        found.sort_by_key(|campaign| Reverse((campaign.created_at, campaign.id)));
        let page = found.into_iter().skip(offset as usize);
        Ok(page.take(limit as usize).collect())
    }

    fn activate(
        &self,
        tenant: TenantId,
        version: &CampaignVersion,
        move_along: bool,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        Ok(self.state().activate(tenant, version, move_along, now))
    }

    fn change_status(
        &self,
        tenant: TenantId,
        id: CampaignId,
        next: CampaignStatus,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let Some(campaign) = state.automatic.campaigns.get(&(tenant, id)) else {
            return Ok(false);
        };
        let has_version = next != CampaignStatus::Active || campaign.version > 0;
        let may = campaign.status.allows(next) && has_version;
        if may {
            state.automatic.set_status(tenant, id, next, now);
        }
        if may && next == CampaignStatus::Completed {
            state.stop_mails(tenant, id);
        }
        Ok(may)
    }
}
