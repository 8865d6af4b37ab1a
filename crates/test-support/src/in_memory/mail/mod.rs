//! The ports of `content`, `delivery` and `campaigns`, in memory.

mod ab_tests;
mod automatic;
mod campaigns;
mod content;
mod contents;
mod deliverability;
mod history;
mod images;
mod limits;
mod privacy;
mod queue;
mod recipient_lists;
mod reports;
mod settings;
mod suppressions;
mod watch;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use domain::campaigns::{Broadcast, Variant};
use domain::content::{FrozenContent, Image, ImageKey, Template, TemplateVersion};
use domain::delivery::{ProviderSettings, Send, SenderProfile, SendingPolicy, Suppression};
use domain::ids::{BroadcastId, ContentId, SendId, TemplateId, TenantId};
use domain::leads::{EmailAddress, LeadStore};
use domain::tenancy::AuditEntry;
use domain::tracking::MailSource;

use super::InMemoryLeads;

/// Every port of mail on one shared state, for the leads of another port.
pub struct InMemoryMail {
    leads: Arc<dyn LeadStore>,
    people: Arc<InMemoryLeads>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    templates: BTreeMap<(TenantId, TemplateId), Template>,
    versions: BTreeMap<(TenantId, TemplateId), Vec<TemplateVersion>>,
    images: BTreeMap<(TenantId, ImageKey), Image>,
    profiles: BTreeMap<TenantId, SenderProfile>,
    providers: BTreeMap<TenantId, ProviderSettings>,
    policies: BTreeMap<TenantId, SendingPolicy>,
    suppressions: BTreeMap<(TenantId, EmailAddress), Suppression>,
    soft_bounces: BTreeMap<(TenantId, EmailAddress), BTreeMap<String, DateTime<Utc>>>,
    sends: BTreeMap<(TenantId, SendId), StoredSend>,
    broadcasts: BTreeMap<(TenantId, BroadcastId), Broadcast>,
    contents: BTreeMap<(TenantId, ContentId), StoredContent>,
    privacy: privacy::Privacy,
    automatic: automatic::Automatic,
    audit: Vec<(TenantId, AuditEntry)>,
}

struct StoredSend {
    send: Send,
    variant: Option<Variant>,
    expires_at: Option<DateTime<Utc>>,
    lease_until: Option<DateTime<Utc>>,
    provider_message_id: Option<String>,
}

struct StoredContent {
    source: MailSource,
    content: FrozenContent,
}

impl InMemoryMail {
    /// No mail yet, for these leads.
    #[must_use]
    pub fn new(leads: Arc<InMemoryLeads>) -> Self {
        Self {
            leads: leads.clone(),
            people: leads,
            state: Mutex::default(),
        }
    }

    /// A machine opens a mail and follows one of its links, which only the engagement log knows.
    pub fn read_by_machine(&self, tenant: TenantId, send: SendId) {
        if let Some(stored) = self.state().sends.get_mut(&(tenant, send)) {
            stored.send.machine_opens += 1;
            stored.send.machine_clicks += 1;
        }
    }

    /// The lines of the audit log that changes of this state brought with them, oldest first.
    pub fn audited(&self, tenant: TenantId) -> Vec<AuditEntry> {
        let state = self.state();
        let of_tenant = state.audit.iter().filter(|(owner, _)| *owner == tenant);
        of_tenant.map(|(_, entry)| entry.clone()).collect()
    }

    /// A person opens a mail and clicks in it for the first time, which only the engagement log
    /// knows.
    pub fn read_by_person(&self, tenant: TenantId, send: SendId, at: DateTime<Utc>) {
        if let Some(stored) = self.state().sends.get_mut(&(tenant, send)) {
            stored.send.first_opened_at = Some(at);
            stored.send.first_clicked_at = Some(at);
        }
    }

    /// The state, also after a test has failed while it held it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts::mail::MailPorts;

    fn in_memory(contract: impl FnOnce(&MailPorts<'_>)) {
        let leads = Arc::new(InMemoryLeads::default());
        let mail = InMemoryMail::new(leads.clone());
        contract(&MailPorts::of(
            &mail,
            &*leads,
            [TenantId::new(), TenantId::new()],
            &|tenant, read| mail.read_by_machine(tenant, read.send),
            &|tenant, sends| mail.queue(tenant, sends),
        ));
    }

    crate::mail_contracts!(in_memory);
}
