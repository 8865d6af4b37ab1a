//! How mail arrives, counted from the sends themselves.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::analytics::{DeliverabilityReports, DeliveryCounts, DomainDelivery, Period};
use domain::delivery::{Send, SendState};
use domain::ids::TenantId;
use domain::store::StoreResult;

use super::InMemoryMail;

impl InMemoryMail {
    fn handed_over(&self, tenant: TenantId) -> Vec<Send> {
        let state = self.state();
        let sends = state
            .sends
            .iter()
            .filter(|((owner, _), _)| *owner == tenant);
        let sends = sends.map(|(_, stored)| stored.send.clone());
        sends.filter(|send| send.accepted_at.is_some()).collect()
    }
}

impl DeliverabilityReports for InMemoryMail {
    /// Days are Tokyo's; complaints count on the day of the send.
    fn delivery(&self, tenant: TenantId, period: Period) -> StoreResult<DeliveryCounts> {
        let is_within = |at: Option<DateTime<Utc>>| {
            let day = at.map(|at| at.with_timezone(&chrono_tz::Asia::Tokyo).date_naive());
            day.is_some_and(|day| (period.first()..=period.last()).contains(&day))
        };
        let mut counts = DeliveryCounts::default();
        for send in self.handed_over(tenant) {
            let is_complaint = send.state == SendState::Complained;
            counts.sends += u64::from(is_within(send.accepted_at));
            counts.delivered += u64::from(is_within(send.delivered_at));
            counts.bounces += u64::from(is_within(send.bounced_at));
            counts.complaints += u64::from(is_complaint && is_within(send.accepted_at));
        }
        Ok(counts)
    }

    fn by_domain(
        &self,
        tenant: TenantId,
        since: DateTime<Utc>,
        limit: u32,
    ) -> StoreResult<Vec<DomainDelivery>> {
        let mut domains: BTreeMap<String, DomainDelivery> = BTreeMap::new();
        let sends = self.handed_over(tenant).into_iter();
        for send in sends.filter(|send| send.key.queued_at >= since) {
            let Some(lead) = self.leads.find(tenant, send.lead)? else {
                continue;
            };
            let name = lead.email.domain().to_owned();
            let counts = domains.entry(name.clone()).or_default();
            counts.domain = name;
            counts.sends += 1;
            counts.delivered += u64::from(send.delivered_at.is_some());
            counts.bounces += u64::from(send.bounced_at.is_some());
            counts.complaints += u64::from(send.state == SendState::Complained);
            counts.clicked += u64::from(send.first_clicked_at.is_some());
            counts.scanned += u64::from(send.machine_clicks > 0);
            counts.machine_opened += u64::from(send.machine_opens > 0);
        }
        let mut domains: Vec<_> = domains.into_values().collect();
        domains.sort_by_key(|counts| std::cmp::Reverse(counts.sends));
        domains.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(domains)
    }
}
