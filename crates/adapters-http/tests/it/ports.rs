//! The one place where the ports of the tests are put together.
//!
//! What tests arrange is kept in memory. The rest is [`Quiet`]: empty, and a call that would reach
//! out fails the test.

use std::fmt;
use std::sync::Arc;

use adapters_files::{SpreadsheetExport, UploadFolder};
use adapters_http::Ports;
use adapters_render::Renderer;
use adapters_sendgrid::EventWebhook;
use chrono::Utc;
use tempfile::TempDir;
use test_support::in_memory::{
    DirectIntake, InMemoryDns, InMemoryEngagementLog, InMemoryLeads, InMemoryMail, InMemoryStaff,
    InMemoryTenancy,
};

use crate::mail::{TestOutbox, stored};
use crate::quiet::Quiet;

/// What the ports of one test hold.
pub(crate) struct Memory {
    pub(crate) tenancy: Arc<InMemoryTenancy>,
    pub(crate) leads: Arc<InMemoryLeads>,
    pub(crate) log: Arc<InMemoryEngagementLog>,
    pub(crate) mail: Arc<InMemoryMail>,
    pub(crate) dns: Arc<InMemoryDns>,
    pub(crate) staff: Arc<InMemoryStaff>,
    pub(crate) outbox: TestOutbox,
    pub(crate) uploads: Uploads,
}

/// A folder of uploads that ends with its test.
#[derive(Debug)]
pub(crate) struct Uploads {
    pub(crate) files: Arc<UploadFolder>,
    pub(crate) folder: TempDir,
}

impl Default for Uploads {
    fn default() -> Self {
        let folder = TempDir::new().unwrap();
        Self {
            files: Arc::new(UploadFolder::new(folder.path()).unwrap()),
            folder,
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        let leads = Arc::new(InMemoryLeads::default());
        Self {
            tenancy: Arc::default(),
            mail: Arc::new(InMemoryMail::new(leads.clone())),
            staff: Arc::new(InMemoryStaff::new(leads.clone())),
            leads,
            log: Arc::default(),
            dns: Arc::default(),
            outbox: TestOutbox::default(),
            uploads: Uploads::default(),
        }
    }
}

impl Memory {
    /// The ports on this memory.
    pub(crate) fn ports(&self) -> Ports {
        Ports {
            clock: Arc::new(Utc::now),
            time_machine: None,
            tenants: self.tenancy.clone(),
            users: self.tenancy.clone(),
            sessions: self.tenancy.clone(),
            api_tokens: self.tenancy.clone(),
            sign_in_failures: self.tenancy.clone(),
            audit: self.tenancy.clone(),
            intake: Arc::new(DirectIntake::new(self.log.clone())),
            timeline: self.log.clone(),
            sites: self.log.clone(),
            important_pages: self.log.clone(),
            scoring_rules: self.log.clone(),
            score_history: self.log.clone(),
            reports: Arc::new(Quiet),
            mail_reports: Arc::new(Quiet),
            deliverability: self.mail.clone(),
            dns: self.dns.clone(),
            suppressions: self.mail.clone(),
            topics: self.mail.clone(),
            preferences: self.mail.clone(),
            consents: self.mail.clone(),
            confirmations: self.mail.clone(),
            templates: self.mail.clone(),
            images: self.mail.clone(),
            renderer: Arc::new(Renderer),
            broadcasts: self.mail.clone(),
            broadcast_work: self.mail.clone(),
            ab_tests: self.mail.clone(),
            recipient_lists: self.mail.clone(),
            campaigns: self.mail.clone(),
            enrollments: self.mail.clone(),
            mail_contents: self.mail.clone(),
            delivery_settings: self.mail.clone(),
            mailers: Arc::new(self.outbox.clone()),
            delivery_reports: Arc::new(EventWebhook),
            report_log: self.mail.clone(),
            sends: self.mail.clone(),
            send_log: self.mail.clone(),
            watch: self.mail.clone(),
            outbox: Some(Arc::new(self.outbox.clone())),
            leads: self.leads.clone(),
            lead_listing: self.leads.clone(),
            lead_insight: self.log.clone(),
            lead_removal: self.leads.clone(),
            tasks: self.staff.clone(),
            inbox: self.staff.clone(),
            webhook_secrets: self.staff.clone(),
            lead_export: Arc::new(SpreadsheetExport),
            imports: self.leads.clone(),
            import_files: self.uploads.files.clone(),
        }
    }
}

/// Everything that is stored, for tests of what changes nothing.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("tenancy", &self.tenancy)
            .field("leads", &self.leads)
            .field("log", &self.log)
            .field("outbox", &self.outbox)
            .field("staff", &self.staff)
            .field("mail", &stored(&self.mail, &self.tenancy))
            .finish_non_exhaustive()
    }
}
