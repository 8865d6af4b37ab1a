//! Mail of the application under test: where it goes, and the things that it is made of.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use domain::campaigns::{Broadcast, BroadcastDraft, BroadcastStore, BroadcastWork};
use domain::content::{ImageStore, TemplateDraft, TemplateSource, TemplateStore};
use domain::delivery::{
    DeliverySettings, Mailer, Mailers, MailersError, OutboxMail, OutboxReader, OutgoingMail,
    ProviderKind, SendOutcome, SuppressionPage, Suppressions,
};
use domain::ids::{BroadcastId, LeadId, TemplateId, TenantId};
use domain::leads::{LeadDraft, LeadStore};
use domain::store::StoreResult;
use domain::tenancy::TenantStore;
use test_support::builders::delivery::{
    address, broadcast_content, broadcast_send, sender_profile, template_draft,
};
use test_support::in_memory::{InMemoryMail, InMemoryTenancy};

use crate::app::TestApp;

/// A provider that takes everything and shows what it took.
#[derive(Clone, Debug, Default)]
pub(crate) struct TestOutbox(Arc<Mutex<Vec<OutgoingMail>>>);

impl TestOutbox {
    /// What it took, oldest first.
    pub(crate) fn mails(&self) -> Vec<OutgoingMail> {
        self.0.lock().unwrap().clone()
    }
}

impl Mailer for TestOutbox {
    fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        self.0.lock().unwrap().push(mail.clone());
        SendOutcome::Accepted {
            provider_message_id: mail.send.to_string(),
        }
    }

    fn kind(&self) -> ProviderKind {
        ProviderKind::Outbox
    }
}

impl Mailers for TestOutbox {
    fn mailer_of(&self, _: TenantId) -> Result<Arc<dyn Mailer>, MailersError> {
        Ok(Arc::new(self.clone()))
    }
}

impl OutboxReader for TestOutbox {
    fn newest(&self, tenant: TenantId, limit: usize) -> StoreResult<Vec<OutboxMail>> {
        let mails = self.mails().into_iter().rev();
        let mails = mails.filter(|mail| mail.tenant == tenant).take(limit);
        Ok(mails.map(|mail| shown(&mail)).collect())
    }

    fn read(&self, tenant: TenantId, id: &str) -> StoreResult<Option<OutboxMail>> {
        let mails = self.newest(tenant, usize::MAX)?;
        Ok(mails.into_iter().find(|mail| mail.id == id))
    }
}

fn shown(mail: &OutgoingMail) -> OutboxMail {
    OutboxMail {
        id: mail.send.to_string(),
        at: Utc::now(),
        from: mail.from.address.to_string(),
        to: mail.to.address.to_string(),
        subject: mail.subject.clone(),
        headers: mail
            .extra_headers()
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        html: mail.html.clone(),
        text: mail.text.clone(),
    }
}

/// Everything of mail that a page can change, for tests of what changes nothing.
pub(crate) fn stored(mail: &InMemoryMail, tenancy: &InMemoryTenancy) -> String {
    let all = SuppressionPage {
        limit: 1_000,
        ..SuppressionPage::default()
    };
    let of_tenant = |tenant: TenantId| {
        let templates = TemplateStore::list(mail, tenant).unwrap();
        let images = mail.newest(tenant, 1_000).unwrap();
        let broadcasts = BroadcastStore::list(mail, tenant, 0, 1_000).unwrap();
        let sender = mail.sender_profile(tenant).unwrap();
        let provider = mail.provider(tenant).unwrap();
        let stopped = Suppressions::list(mail, tenant, &all).unwrap();
        let said = mail.said();
        format!(
            "{templates:?} {images:?} {broadcasts:?} {sender:?} {provider:?} {stopped:?} {said}"
        )
    };
    let tenants = TenantStore::list(tenancy).unwrap();
    tenants.iter().map(|tenant| of_tenant(tenant.id)).collect()
}

impl TestApp {
    /// Says who sends, with everything that the law wants.
    pub(crate) fn say_who_sends(&self) {
        let mail = &self.memory.mail;
        mail.save_sender_profile(self.tenant(), &sender_profile())
            .unwrap();
    }

    /// A stored template with a link.
    pub(crate) fn add_template(&self, name: &str) -> TemplateId {
        self.add_template_of(template_draft(name))
    }

    /// A stored template with this HTML, whatever is wrong with it.
    pub(crate) fn add_html(&self, html: &str) -> TemplateId {
        let source = TemplateSource {
            subject: "件名".to_owned(),
            html: html.to_owned(),
            text: None,
        };
        let name = format!("template {}", TemplateId::new());
        self.add_template_of(TemplateDraft::of_html(name, source))
    }

    /// The same under this id.
    pub(crate) fn add_template_with(&self, id: TemplateId, name: &str) {
        let template = template_draft(name).into_template(id, Utc::now());
        TemplateStore::create(&*self.memory.mail, self.tenant(), &template).unwrap();
    }

    fn add_template_of(&self, draft: TemplateDraft) -> TemplateId {
        let template = draft.into_template(TemplateId::new(), Utc::now());
        TemplateStore::create(&*self.memory.mail, self.tenant(), &template).unwrap();
        template.id
    }

    /// A stored lead.
    pub(crate) fn add_lead(&self, name: &str, email: &str) -> LeadId {
        let draft = LeadDraft {
            name: Some(name.to_owned()),
            ..LeadDraft::new(address(email))
        };
        let leads = &self.memory.leads;
        LeadStore::create(&**leads, self.tenant(), draft, Utc::now())
            .unwrap()
            .id
    }

    /// A stored draft of a broadcast to everyone.
    pub(crate) fn add_broadcast(&self, name: &str) -> BroadcastId {
        let draft = BroadcastDraft::new(name, self.add_template(name));
        let broadcast = draft.into_broadcast(BroadcastId::new(), None, Utc::now());
        BroadcastStore::create(&*self.memory.mail, self.tenant(), &broadcast).unwrap();
        broadcast.id
    }

    /// A started broadcast whose leads all have their sends.
    pub(crate) fn sending(&self, name: &str, leads: &[LeadId]) -> BroadcastId {
        let (mail, tenant, now) = (&self.memory.mail, self.tenant(), Utc::now());
        let id = self.add_broadcast(name);
        let started_at = DateTime::from_timestamp(now.timestamp(), 0).unwrap();
        let content = broadcast_content(id);
        assert!(mail.start(tenant, id, &[content], started_at).unwrap());
        let mut leads = leads.to_vec();
        leads.sort_unstable();
        let send = |lead| broadcast_send(id, started_at, lead);
        let sends: Vec<_> = leads.into_iter().map(send).collect();
        assert!(mail.queue_sends(tenant, id, None, &sends, now).unwrap());
        assert!(mail.finish_preparing(tenant, id).unwrap());
        id
    }

    /// A broadcast as it is stored.
    pub(crate) fn broadcast(&self, id: BroadcastId) -> Option<Broadcast> {
        BroadcastStore::find(&*self.memory.mail, self.tenant(), id).unwrap()
    }
}
