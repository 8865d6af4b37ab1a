use domain::campaigns::CampaignStatus;
use domain::delivery::{Alarm, RaisedAlarm};
use domain::ids::{CampaignId, TenantId};
use domain::tracking::MailSource;

use super::Automatic;

impl Automatic {
    pub(in super::super) fn status_of(
        &self,
        tenant: TenantId,
        id: CampaignId,
    ) -> Option<CampaignStatus> {
        let campaign = self.campaigns.get(&(tenant, id));
        campaign.map(|campaign| campaign.status)
    }

    /// Active campaigns that an alarm may pause.
    pub(in super::super) fn watched(&self, tenant: TenantId) -> impl Iterator<Item = CampaignId> {
        let watched = self.campaigns.iter().filter(move |(key, campaign)| {
            key.0 == tenant
                && campaign.status == CampaignStatus::Active
                && !self.unwatched.contains(*key)
        });
        watched.map(|((_, id), _)| *id)
    }

    pub(in super::super) fn raise(&mut self, tenant: TenantId, id: CampaignId, alarm: Alarm) {
        self.alarms.insert((tenant, id), alarm);
    }

    /// A person goes on with a campaign, or ends it.
    pub(super) fn calm(&mut self, tenant: TenantId, id: CampaignId) {
        if self.alarms.remove(&(tenant, id)).is_some() {
            self.unwatched.insert((tenant, id));
        }
    }

    pub(in super::super) fn raised(&self, tenant: TenantId) -> Vec<RaisedAlarm> {
        let alarms = self
            .alarms
            .iter()
            .filter(|((owner, _), _)| *owner == tenant);
        let raised = alarms.filter_map(|((_, id), alarm)| {
            let campaign = self.campaigns.get(&(tenant, *id))?;
            Some(RaisedAlarm {
                source: MailSource::Campaign(*id),
                name: campaign.definition.name.clone(),
                alarm: *alarm,
                at: campaign.paused_at?,
            })
        });
        raised.collect()
    }
}
