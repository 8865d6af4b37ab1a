//! What the web side is given.

use std::sync::Arc;

use adapters_files::SpreadsheetExport;
use adapters_http::Ports;
use adapters_render::Renderer;
use adapters_sendgrid::EventWebhook;
use domain::delivery::OutboxReader;
use domain::tracking::Intake;
use url::Url;

use crate::config::Config;
use crate::demo;
use crate::installation::Installation;

/// The ports of people's requests.
pub(crate) fn of_requests(installation: &Installation, intake: Arc<dyn Intake>) -> Ports {
    let store = Arc::new(installation.requests.clone());
    Ports {
        clock: Arc::clone(&installation.clock),
        time_machine: demo::time_machine(installation),
        tenants: store.clone(),
        users: store.clone(),
        sessions: store.clone(),
        api_tokens: store.clone(),
        sign_in_failures: store.clone(),
        audit: store.clone(),
        intake,
        timeline: store.clone(),
        sites: store.clone(),
        important_pages: store.clone(),
        scoring_rules: store.clone(),
        score_history: store.clone(),
        reports: store.clone(),
        mail_reports: store.clone(),
        deliverability: store.clone(),
        dns: installation.dns.clone(),
        suppressions: store.clone(),
        topics: store.clone(),
        preferences: store.clone(),
        consents: store.clone(),
        confirmations: store.clone(),
        leads: store.clone(),
        lead_listing: store.clone(),
        lead_insight: store.clone(),
        lead_removal: store.clone(),
        templates: store.clone(),
        images: store.clone(),
        renderer: Arc::new(Renderer),
        broadcasts: store.clone(),
        broadcast_work: store.clone(),
        ab_tests: store.clone(),
        recipient_lists: store.clone(),
        campaigns: store.clone(),
        enrollments: store.clone(),
        mail_contents: store.clone(),
        delivery_settings: store.clone(),
        mailers: Arc::clone(&installation.mailers),
        delivery_reports: Arc::new(EventWebhook),
        report_log: store.clone(),
        sends: store.clone(),
        send_log: store.clone(),
        watch: store.clone(),
        outbox: outbox(installation),
        tasks: store.clone(),
        inbox: store.clone(),
        webhook_secrets: store.clone(),
        lead_export: Arc::new(SpreadsheetExport),
        imports: store,
        import_files: Arc::new(installation.uploads.clone()),
    }
}

/// The page with the mails of the outbox, where the settings show them.
pub(crate) fn mailbox(config: &Config, url: &Url) -> Result<Option<Url>, url::ParseError> {
    let page = || url.join("dev/mailbox");
    config.mail.dev_mailbox.then(page).transpose()
}

fn outbox(installation: &Installation) -> Option<Arc<dyn OutboxReader>> {
    let reader = || Arc::new(installation.outbox.clone()) as Arc<dyn OutboxReader>;
    installation.config.mail.dev_mailbox.then(reader)
}
