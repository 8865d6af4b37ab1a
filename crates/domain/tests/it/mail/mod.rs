//! Mail: composing, sending, refusing, and what providers report.

mod ab_tests;
mod absorbing;
mod broadcasts;
mod composing;
mod dispatching;

use std::sync::{Arc, Mutex};

use domain::delivery::{MailIdentity, Mailer, OutgoingMail, ProviderKind, SendOutcome};
use domain::ids::{LeadId, SendId, TenantId};
use domain::leads::{Lead, LeadDraft, LeadStore};
use domain::tracking::MailRef;
use test_support::builders::delivery::address;
use test_support::builders::tenancy::at;
use test_support::in_memory::{InMemoryLeads, InMemoryMail};

/// A tenant with leads and mail, in memory.
struct Desk {
    tenant: TenantId,
    leads: Arc<InMemoryLeads>,
    mail: InMemoryMail,
}

impl Desk {
    fn new() -> Self {
        let leads = Arc::new(InMemoryLeads::default());
        Self {
            tenant: TenantId::new(),
            mail: InMemoryMail::new(leads.clone()),
            leads,
        }
    }

    fn lead(&self, name: &str) -> Lead {
        let draft = LeadDraft::new(address(&format!("{name}@example.com")));
        self.leads.create(self.tenant, draft, at(0)).unwrap()
    }
}

fn mail_to(lead: LeadId) -> MailRef {
    MailRef {
        send: SendId::new(),
        lead,
        queued_at: at(0),
        source: None,
        event: None,
    }
}

fn identity(tenant: TenantId, mail: MailRef) -> MailIdentity {
    MailIdentity {
        tenant,
        mail,
        at: at(0),
    }
}

/// Takes every mail, or answers what it is told to.
#[derive(Default)]
struct Post {
    sent: Mutex<Vec<OutgoingMail>>,
    answer: Option<SendOutcome>,
}

impl Post {
    fn sent(&self) -> Vec<OutgoingMail> {
        self.sent.lock().unwrap().clone()
    }
}

impl Mailer for Post {
    fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        self.sent.lock().unwrap().push(mail.clone());
        self.answer
            .clone()
            .unwrap_or_else(|| SendOutcome::Accepted {
                provider_message_id: mail.message_id(),
            })
    }

    fn kind(&self) -> ProviderKind {
        ProviderKind::Outbox
    }
}
