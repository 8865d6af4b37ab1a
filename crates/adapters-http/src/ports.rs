//! What this adapter needs from the others: the only `Arc<dyn …>`s of the crate.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::analytics::{DeliverabilityReports, MailReports, Reports};
use domain::campaigns::{
    AbTests, BroadcastStore, BroadcastWork, CampaignStore, EnrollmentStore, RecipientLists,
};
use domain::content::{ImageStore, MailRenderer, TemplateStore};
use domain::delivery::authentication::DnsLookup;
use domain::delivery::{
    DeliveryReports, DeliverySettings, MailContents, Mailers, OutboxReader, ReportLog, SendHistory,
    SendLog, SendWatch, Suppressions,
};
use domain::leads::import::{ImportFiles, ImportStore};
use domain::leads::{LeadExport, LeadInsight, LeadListing, LeadRemoval, LeadStore};
use domain::notifications::{Inbox, WebhookSecrets};
use domain::privacy::{ConfirmationStore, ConsentStore, PreferenceStore, TopicStore};
use domain::scoring::{ScoreHistory, ScoringRules};
use domain::tasks::TaskStore;
use domain::tenancy::{
    ApiTokenStore, AuditLog, SessionStore, SignInFailures, TenantStore, UserStore,
};
use domain::tracking::{ImportantPageStore, Intake, SiteStore, Timeline};

use crate::clock::{Clock, TimeMachine};

/// The ports that handlers call: each inside `blocking`, except for the intake, which never blocks.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is the port of its type")]
pub struct Ports {
    pub clock: Arc<Clock>,
    /// Only in a demo: then `/dev/clock` answers.
    pub time_machine: Option<Arc<dyn TimeMachine>>,
    pub tenants: Arc<dyn TenantStore>,
    pub users: Arc<dyn UserStore>,
    pub sessions: Arc<dyn SessionStore>,
    pub api_tokens: Arc<dyn ApiTokenStore>,
    pub sign_in_failures: Arc<dyn SignInFailures>,
    pub audit: Arc<dyn AuditLog>,
    pub intake: Arc<dyn Intake>,
    pub timeline: Arc<dyn Timeline>,
    pub sites: Arc<dyn SiteStore>,
    pub important_pages: Arc<dyn ImportantPageStore>,
    pub scoring_rules: Arc<dyn ScoringRules>,
    pub score_history: Arc<dyn ScoreHistory>,
    pub reports: Arc<dyn Reports>,
    pub mail_reports: Arc<dyn MailReports>,
    pub deliverability: Arc<dyn DeliverabilityReports>,
    pub dns: Arc<dyn DnsLookup>,
    pub suppressions: Arc<dyn Suppressions>,
    pub topics: Arc<dyn TopicStore>,
    pub preferences: Arc<dyn PreferenceStore>,
    pub consents: Arc<dyn ConsentStore>,
    pub confirmations: Arc<dyn ConfirmationStore>,
    pub templates: Arc<dyn TemplateStore>,
    pub images: Arc<dyn ImageStore>,
    pub renderer: Arc<dyn MailRenderer>,
    pub broadcasts: Arc<dyn BroadcastStore>,
    pub broadcast_work: Arc<dyn BroadcastWork>,
    pub ab_tests: Arc<dyn AbTests>,
    pub recipient_lists: Arc<dyn RecipientLists>,
    pub campaigns: Arc<dyn CampaignStore>,
    pub enrollments: Arc<dyn EnrollmentStore>,
    pub mail_contents: Arc<dyn MailContents>,
    pub delivery_settings: Arc<dyn DeliverySettings>,
    pub mailers: Arc<dyn Mailers>,
    pub delivery_reports: Arc<dyn DeliveryReports>,
    pub report_log: Arc<dyn ReportLog>,
    pub sends: Arc<dyn SendHistory>,
    pub send_log: Arc<dyn SendLog>,
    pub watch: Arc<dyn SendWatch>,
    /// Only where the installation is a demo or a developer's: then `/dev/mailbox` answers.
    pub outbox: Option<Arc<dyn OutboxReader>>,
    pub leads: Arc<dyn LeadStore>,
    pub lead_listing: Arc<dyn LeadListing>,
    pub lead_insight: Arc<dyn LeadInsight>,
    pub lead_removal: Arc<dyn LeadRemoval>,
    pub tasks: Arc<dyn TaskStore>,
    pub inbox: Arc<dyn Inbox>,
    pub webhook_secrets: Arc<dyn WebhookSecrets>,
    pub lead_export: Arc<dyn LeadExport>,
    pub imports: Arc<dyn ImportStore>,
    pub import_files: Arc<dyn ImportFiles>,
}

impl Ports {
    /// What the clock of the installation shows.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ports(…)")
    }
}
