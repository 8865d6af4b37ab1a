//! Tenants with leads, broadcasts and a provider that does as it is told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use adapters_jobs::{Ports, Stop};
use domain::campaigns::{
    AbTest, BroadcastDraft, BroadcastStatus, BroadcastStore, StartPorts, start_broadcast,
};
use domain::content::TemplateStore;
use domain::delivery::{
    DeliverySettings, Mailer, Mailers, MailersError, OutgoingMail, ProviderKind, SendOutcome,
    SendState,
};
use domain::ids::{BroadcastId, TemplateId, TenantId};
use domain::keys::{KeyRing, MasterKey};
use domain::leads::import::MockImportFiles;
use domain::leads::{LeadDraft, LeadStore};
use domain::notifications::{CallOutcome, WebhookCall, Webhooks};
use domain::tenancy::TenantStore;
use test_support::builders::delivery::{address, links, renderer, sender_profile, template_draft};
use test_support::builders::tenancy::{at, new_tenant};
use test_support::in_memory::{InMemoryLeads, InMemoryMail, InMemoryStaff, InMemoryTenancy};
use url::Url;

/// A provider that takes every mail, or answers what it is told to.
#[derive(Default)]
pub(crate) struct Post {
    pub(crate) sent: Mutex<Vec<OutgoingMail>>,
    pub(crate) answer: Mutex<Option<SendOutcome>>,
    /// Set when the first mail comes.
    pub(crate) stop: Mutex<Option<Stop>>,
    /// How long it takes for a mail.
    pub(crate) slowness: Mutex<Option<Duration>>,
    at_once: AtomicUsize,
    /// The most mails that were with it at the same time.
    pub(crate) most_at_once: AtomicUsize,
}

impl Mailer for Post {
    fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        if let Some(answer) = self.answer.lock().unwrap().clone() {
            return answer;
        }
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        let slowness = *self.slowness.lock().unwrap();
        slowness.into_iter().for_each(thread::sleep);
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        self.sent.lock().unwrap().push(mail.clone());
        if let Some(stop) = &*self.stop.lock().unwrap() {
            stop.set();
        }
        SendOutcome::Accepted {
            provider_message_id: mail.message_id(),
        }
    }

    fn kind(&self) -> ProviderKind {
        ProviderKind::Outbox
    }
}

/// Finds the provider of each tenant that has one.
#[derive(Default)]
struct Posts(Mutex<BTreeMap<TenantId, Arc<Post>>>);

impl Mailers for Posts {
    fn mailer_of(&self, tenant: TenantId) -> Result<Arc<dyn Mailer>, MailersError> {
        let posts = self.0.lock().unwrap();
        match posts.get(&tenant) {
            Some(post) => Ok(post.clone()),
            None => Err(MailersError::Settings("no provider".to_owned())),
        }
    }
}

/// Another program, which takes every call, or answers what it is told to.
#[derive(Default)]
pub(crate) struct Program {
    pub(crate) calls: Mutex<Vec<WebhookCall>>,
    pub(crate) answer: Mutex<Option<CallOutcome>>,
}

impl Webhooks for Program {
    fn call(&self, call: &WebhookCall) -> CallOutcome {
        self.calls.lock().unwrap().push(call.clone());
        let answer = self.answer.lock().unwrap().clone();
        answer.unwrap_or(CallOutcome::Taken)
    }
}

pub(crate) struct Office {
    pub(crate) ports: Ports,
    pub(crate) mail: Arc<InMemoryMail>,
    pub(crate) leads: Arc<InMemoryLeads>,
    pub(crate) tenancy: Arc<InMemoryTenancy>,
    pub(crate) staff: Arc<InMemoryStaff>,
    pub(crate) program: Arc<Program>,
    posts: Arc<Posts>,
    clock: Arc<AtomicI64>,
}

impl Office {
    pub(crate) fn new() -> Self {
        let leads = Arc::new(InMemoryLeads::default());
        let mail = Arc::new(InMemoryMail::new(leads.clone()));
        let tenancy = Arc::new(InMemoryTenancy::default());
        let staff = Arc::new(InMemoryStaff::new(leads.clone()));
        let program = Arc::new(Program::default());
        let posts = Arc::new(Posts::default());
        let clock = Arc::new(AtomicI64::new(0));
        let seconds = clock.clone();
        let ports = Ports {
            tenants: tenancy.clone(),
            users: tenancy.clone(),
            leads: leads.clone(),
            listing: leads.clone(),
            imports: leads.clone(),
            import_files: Arc::new(MockImportFiles::new()),
            settings: mail.clone(),
            log: mail.clone(),
            watch: mail.clone(),
            broadcasts: mail.clone(),
            ab_tests: mail.clone(),
            campaigns: mail.clone(),
            enrollments: mail.clone(),
            ways: mail.clone(),
            reactions: mail.clone(),
            contents: mail.clone(),
            renderer: Arc::new(renderer()),
            links: Arc::new(links()),
            mailers: posts.clone(),
            tasks: staff.clone(),
            inbox: staff.clone(),
            webhook_secrets: staff.clone(),
            webhooks: program.clone(),
            keys: keys(),
            address: Url::parse("https://ondo.example.jp/").unwrap(),
            clock: Arc::new(move || at(seconds.load(Ordering::Relaxed))),
        };
        Self {
            ports,
            mail,
            leads,
            tenancy,
            staff,
            program,
            posts,
            clock,
        }
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A tenant with so many leads and a broadcast to all of them that has been started.
    pub(crate) fn broadcasting(&self, leads: usize) -> (TenantId, BroadcastId) {
        let (tenant, id) = self.drafting(leads, None);
        start_broadcast(&self.start_ports(), tenant, id, at(0)).unwrap();
        (tenant, id)
    }

    /// A tenant with so many leads and a draft to all of them.
    pub(crate) fn drafting(
        &self,
        leads: usize,
        ab_test: Option<AbTest>,
    ) -> (TenantId, BroadcastId) {
        let new = new_tenant("温度大学");
        let (tenant, id) = (new.tenant.id, BroadcastId::new());
        self.tenancy.create(&new).unwrap();
        for number in 0..leads {
            let draft = LeadDraft::new(address(&format!("lead{number}@example.com")));
            LeadStore::create(&*self.leads, tenant, draft, at(0)).unwrap();
        }
        let mail = &*self.mail;
        mail.save_sender_profile(tenant, &sender_profile()).unwrap();
        let template = template_draft("春").into_template(TemplateId::new(), at(0));
        TemplateStore::create(mail, tenant, &template).unwrap();
        let draft = BroadcastDraft {
            ab_test,
            ..BroadcastDraft::new("春の案内", template.id)
        };
        let broadcast = draft.into_broadcast(id, None, at(0));
        BroadcastStore::create(mail, tenant, &broadcast).unwrap();
        (tenant, id)
    }

    pub(crate) fn start_ports(&self) -> StartPorts<'_> {
        StartPorts {
            broadcasts: &*self.mail,
            work: &*self.mail,
            templates: &*self.mail,
            renderer: &*self.ports.renderer,
            settings: &*self.mail,
        }
    }

    /// The provider of this tenant from now on.
    pub(crate) fn post_of(&self, tenant: TenantId) -> Arc<Post> {
        let post = Arc::new(Post::default());
        self.posts.0.lock().unwrap().insert(tenant, post.clone());
        post
    }

    pub(crate) fn status(&self, tenant: TenantId, id: BroadcastId) -> BroadcastStatus {
        let found = BroadcastStore::find(&*self.mail, tenant, id).unwrap();
        found.unwrap().status
    }

    pub(crate) fn in_state(&self, tenant: TenantId, id: BroadcastId, state: SendState) -> u64 {
        self.mail.totals(tenant, id).unwrap().in_state(state)
    }
}

pub(crate) fn keys() -> KeyRing {
    KeyRing::new([1; 32], vec![MasterKey::new("k1", [2; 32], None).unwrap()]).unwrap()
}
