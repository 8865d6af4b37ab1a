//! The ports of `privacy`, on the same state as mail: what people want decides what is claimed.

mod confirmations;
mod consents;
mod preferences;
mod topics;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::delivery::{SendState, SkipReason};
use domain::ids::{ConsentId, LeadId, TenantId, TopicId};
use domain::privacy::{
    Confirmation, Consent, LeadPreferences, PrivacySettings, Topic, Wishes, Withheld,
};
use domain::store::StoreResult;
use domain::tracking::MailSource;
use uuid::Uuid;

use super::{InMemoryMail, State};

#[derive(Debug, Default)]
pub(super) struct Privacy {
    topics: BTreeMap<(TenantId, TopicId), Topic>,
    /// By the id of the broadcast or campaign.
    of_source: BTreeMap<(TenantId, Uuid), TopicId>,
    preferences: BTreeMap<(TenantId, LeadId), LeadPreferences>,
    consents: BTreeMap<(TenantId, ConsentId), Consent>,
    confirmations: BTreeMap<(TenantId, LeadId), Confirmation>,
    settings: BTreeMap<TenantId, PrivacySettings>,
}

impl Privacy {
    fn wanted(&self, tenant: TenantId, lead: LeadId) -> LeadPreferences {
        let found = self.preferences.get(&(tenant, lead));
        found.cloned().unwrap_or_default()
    }

    fn of_lead(&self, tenant: TenantId, lead: LeadId) -> Vec<Consent> {
        let mut found: Vec<Consent> = self
            .consents
            .iter()
            .filter(|((owner, _), consent)| *owner == tenant && consent.lead == lead)
            .map(|(_, consent)| consent.clone())
            .collect();
        found.sort_by_key(|consent| std::cmp::Reverse((consent.given_at, consent.id)));
        found
    }

    /// What stops a mail to a lead, by what the lead wants.
    pub(super) fn withhold(
        &self,
        tenant: TenantId,
        lead: LeadId,
        source: Option<MailSource>,
        now: DateTime<Utc>,
    ) -> Option<Withheld> {
        let topic = source.and_then(|source| self.of_source.get(&(tenant, source.uuid())));
        let topic = topic.and_then(|id| self.topics.get(&(tenant, *id)));
        let settings = self.settings.get(&tenant).copied().unwrap_or_default();
        let wishes = Wishes {
            preferences: &self.wanted(tenant, lead),
            consents: &self.of_lead(tenant, lead),
            confirmation: self.confirmations.get(&(tenant, lead)),
        };
        wishes.withhold(settings, topic, now)
    }

    /// Until when the lead's campaigns stand still.
    pub(super) fn stands_still_until(
        &self,
        tenant: TenantId,
        lead: LeadId,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let wishes = Wishes {
            preferences: &self.wanted(tenant, lead),
            consents: &[],
            confirmation: self.confirmations.get(&(tenant, lead)),
        };
        wishes.stands_still_until(now)
    }

    /// Whether opens and clicks of a lead may be measured.
    pub(super) fn allows_tracking(&self, tenant: TenantId, lead: LeadId) -> bool {
        self.wanted(tenant, lead).allows_tracking()
    }
}

impl State {
    fn privacy_mut(&mut self) -> &mut Privacy {
        &mut self.privacy
    }

    /// The lead holds nothing back any more: steps and mails of campaigns that waited are due.
    fn go_on(&mut self, tenant: TenantId, lead: LeadId, now: DateTime<Utc>) {
        self.automatic.go_on(tenant, lead, now);
        let waited = [SkipReason::PausedByLead, SkipReason::AwaitingConfirmation];
        for ((owner, _), stored) in &mut self.sends {
            let send = &mut stored.send;
            let reason = send.state_reason.as_deref().and_then(SkipReason::parse);
            let waits = send.state == SendState::RetryWait
                && reason.is_some_and(|reason| waited.contains(&reason));
            if (*owner, send.lead) == (tenant, lead) && waits {
                send.next_attempt_at = send.next_attempt_at.map(|at| at.min(now));
            }
        }
    }
}

impl InMemoryMail {
    /// Everything that people want and said, for tests of what changes nothing.
    #[must_use]
    pub fn said(&self) -> String {
        format!("{:?}", self.state().privacy)
    }

    fn has_lead(&self, tenant: TenantId, lead: LeadId) -> StoreResult<bool> {
        Ok(self.leads.find(tenant, lead)?.is_some())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::delivery::NewSend;
    use domain::ids::TenantId;

    use crate::contracts::mail::MailPorts;
    use crate::contracts::privacy::PrivacyPorts;
    use crate::in_memory::{InMemoryLeads, InMemoryMail};

    fn in_memory(contract: impl FnOnce(&PrivacyPorts<'_>)) {
        let leads = Arc::new(InMemoryLeads::default());
        let mail = InMemoryMail::new(leads.clone());
        let machine = |_: TenantId, _: &domain::tracking::MailRef| {};
        let tenants = [TenantId::new(), TenantId::new()];
        let cause = |tenant, sends: &[NewSend]| mail.queue(tenant, sends);
        let ports = MailPorts::of(&mail, &*leads, tenants, &machine, &cause);
        contract(&PrivacyPorts::of(&mail, ports));
    }

    crate::privacy_contracts!(in_memory);
}
