use std::cmp::Reverse;

use chrono::NaiveDate;
use domain::analytics::DeliveryCounts;
use domain::campaigns::{BroadcastStatus, CampaignStatus};
use domain::delivery::{Alarm, RaisedAlarm, Send, SendState, SendWatch};
use domain::ids::TenantId;
use domain::store::StoreResult;
use domain::tenancy::AuditEntry;
use domain::tracking::MailSource;

use super::{InMemoryMail, State};

impl State {
    /// Days are those of UTC here; complaints count on the day of the send.
    fn counts(&self, tenant: TenantId, source: MailSource, since: NaiveDate) -> DeliveryCounts {
        let is_of_source = |send: &&Send| send.source() == Some(source);
        let is_since = |at: Option<chrono::DateTime<chrono::Utc>>| {
            u64::from(at.is_some_and(|at| at.date_naive() >= since))
        };
        let of_tenant = self.sends.iter().filter(|((owner, _), _)| *owner == tenant);
        let mut counts = DeliveryCounts::default();
        for send in of_tenant
            .map(|(_, stored)| &stored.send)
            .filter(is_of_source)
        {
            counts.sends += is_since(send.accepted_at);
            counts.delivered += is_since(send.delivered_at);
            counts.bounces += is_since(send.bounced_at);
            let is_complaint = send.state == SendState::Complained;
            counts.complaints += is_since(send.accepted_at.filter(|_| is_complaint));
        }
        counts
    }

    fn going_out(&self, tenant: TenantId) -> Vec<MailSource> {
        let broadcasts = self.broadcasts.iter().filter(|((owner, _), broadcast)| {
            use BroadcastStatus::{Sending, Testing};
            let goes_out = matches!(broadcast.status, Sending | Testing);
            *owner == tenant && goes_out && broadcast.is_watched
        });
        let broadcasts = broadcasts.map(|((_, id), _)| MailSource::Broadcast(*id));
        let campaigns = self.automatic.watched(tenant).map(MailSource::Campaign);
        broadcasts.chain(campaigns).collect()
    }
}

impl SendWatch for InMemoryMail {
    fn watched(
        &self,
        tenant: TenantId,
        since: NaiveDate,
    ) -> StoreResult<Vec<(MailSource, DeliveryCounts)>> {
        let state = self.state();
        let counted = state.going_out(tenant).into_iter();
        let counted = counted.map(|source| (source, state.counts(tenant, source, since)));
        let has_sent = |counts: &DeliveryCounts| *counts != DeliveryCounts::default();
        Ok(counted.filter(|(_, counts)| has_sent(counts)).collect())
    }

    fn pause(
        &self,
        tenant: TenantId,
        source: MailSource,
        alarm: Alarm,
        audit: &AuditEntry,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        if !state.going_out(tenant).contains(&source) {
            return Ok(false);
        }
        let now = audit.occurred_at;
        match source {
            MailSource::Broadcast(id) => {
                if let Some(broadcast) = state.broadcasts.get_mut(&(tenant, id)) {
                    broadcast.status = BroadcastStatus::Paused;
                    broadcast.paused_at = Some(now);
                    broadcast.paused_by = Some(alarm);
                }
            }
            MailSource::Campaign(id) => {
                let campaigns = &mut state.automatic;
                campaigns.set_status(tenant, id, CampaignStatus::Paused, now);
                campaigns.raise(tenant, id, alarm);
            }
        }
        state.audit.push((tenant, audit.clone()));
        Ok(true)
    }

    fn raised(&self, tenant: TenantId) -> StoreResult<Vec<RaisedAlarm>> {
        let state = self.state();
        let broadcasts = state.broadcasts.iter().filter_map(|((owner, id), it)| {
            let is_paused = *owner == tenant && it.status == BroadcastStatus::Paused;
            let alarm = it.paused_by.filter(|_| is_paused)?;
            Some(RaisedAlarm {
                source: MailSource::Broadcast(*id),
                name: it.name.clone(),
                alarm,
                at: it.paused_at?,
            })
        });
        let mut raised: Vec<_> = broadcasts.chain(state.automatic.raised(tenant)).collect();
        raised.sort_by_key(|alarm| (Reverse(alarm.at), alarm.name.clone()));
        Ok(raised)
    }
}
