//! Worker threads driven by time: sending, preparing broadcasts, leading people through campaigns,
//! telling staff and other programs, importing.
//!
//! A [`Worker`] is a named thread that takes turns: each turn does a bounded piece of work and says
//! whether there was any. Nothing here is remembered that the storage does not hold, so a worker
//! may die at any moment and any number of processes may run the same workers.

mod campaigns;
mod dates;
mod delivery;
mod enrollments;
mod leads;
mod reactions;
mod staff;
mod workers;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::automation::{Carrier, ReactionQueue};
use domain::campaigns::{AbTests, BroadcastWork, CampaignStore, CampaignWork, EnrollmentStore};
use domain::content::MailRenderer;
use domain::delivery::{DeliverySettings, MailContents, MailLinks, Mailers, SendLog, SendWatch};
use domain::keys::KeyRing;
use domain::leads::import::{ImportFiles, ImportQueue};
use domain::leads::{LeadListing, LeadStore};
use domain::notifications::{Inbox, WebhookSecrets, Webhooks};
use domain::tasks::TaskStore;
use domain::tenancy::{TenantStore, UserStore};
use url::Url;

pub use campaigns::advance_broadcasts;
pub use dates::Dates;
pub use delivery::{Sender, watch_sending};
pub use enrollments::Guide;
pub use leads::run_due_imports;
pub use reactions::carry_out_reactions;
pub use staff::serve_staff;
pub use workers::{Stop, Turn, Worker, Workers};

/// Reads the time.
pub type Clock = dyn Fn() -> DateTime<Utc> + Send + Sync;

/// What the workers need from outside.
#[derive(Clone)]
#[expect(missing_docs, reason = "the fields are the ports of those names")]
pub struct Ports {
    pub tenants: Arc<dyn TenantStore>,
    pub users: Arc<dyn UserStore>,
    pub leads: Arc<dyn LeadStore>,
    pub listing: Arc<dyn LeadListing>,
    pub imports: Arc<dyn ImportQueue>,
    pub import_files: Arc<dyn ImportFiles>,
    pub settings: Arc<dyn DeliverySettings>,
    pub log: Arc<dyn SendLog>,
    pub watch: Arc<dyn SendWatch>,
    pub broadcasts: Arc<dyn BroadcastWork>,
    pub ab_tests: Arc<dyn AbTests>,
    pub campaigns: Arc<dyn CampaignStore>,
    pub enrollments: Arc<dyn EnrollmentStore>,
    pub ways: Arc<dyn CampaignWork>,
    pub reactions: Arc<dyn ReactionQueue>,
    pub contents: Arc<dyn MailContents>,
    pub renderer: Arc<dyn MailRenderer>,
    pub links: Arc<dyn MailLinks>,
    pub mailers: Arc<dyn Mailers>,
    pub tasks: Arc<dyn TaskStore>,
    pub inbox: Arc<dyn Inbox>,
    pub webhook_secrets: Arc<dyn WebhookSecrets>,
    pub webhooks: Arc<dyn Webhooks>,
    /// What opens secrets that are stored sealed.
    pub keys: KeyRing,
    /// Where browsers find this installation.
    pub address: Url,
    pub clock: Arc<Clock>,
}

/// How long a worker that found nothing waits before it looks again.
const IDLE: Duration = Duration::from_secs(1);
/// The same, where somebody waits for a mail that is to come at once (B14).
const IDLE_WHERE_AWAITED: Duration = Duration::from_millis(250);
/// How often days that are known of people are looked at.
const DATES_EVERY: Duration = Duration::from_secs(60);
/// How often is looked at what comes back.
const WATCH_EVERY: Duration = Duration::from_secs(10);
/// Threads that send: while one waits for a provider, others compose.
const MOST_SENDERS: usize = 3;

/// Every worker.
///
/// Up to three threads that send, with at most `calls` mails at providers at the same time, one that watches what comes back, one that advances broadcasts, three that lead people
/// into campaigns and through them, one that tells staff, two that call other programs, one that
/// imports.
#[must_use]
pub fn workers(ports: &Ports, calls: usize) -> Vec<Worker> {
    let sender = Arc::new(Sender::new(calls));
    let sending = (1..=calls.clamp(1, MOST_SENDERS)).map(|number| {
        let (ports, sender) = (ports.clone(), Arc::clone(&sender));
        Worker::new(format!("sender-{number}"), IDLE, move |stop| {
            sender.turn(&ports, stop)
        })
    });
    let (advancing, importing, watching) = (ports.clone(), ports.clone(), ports.clone());
    let others = [
        Worker::new("broadcasts", IDLE, move |stop| {
            advance_broadcasts(&advancing, stop)
        }),
        Worker::new("imports", IDLE, move |stop| import(&importing, stop)),
        Worker::new("watch", WATCH_EVERY, move |stop| {
            watch_sending(&watching, stop)
        }),
    ];
    let all = sending.chain(others).chain(campaign_workers(ports));
    all.chain(staff_workers(ports)).collect()
}

fn campaign_workers(ports: &Ports) -> [Worker; 3] {
    let (guide, dates) = (Guide::default(), Dates::default());
    let (reacting, guiding, dating) = (ports.clone(), ports.clone(), ports.clone());
    [
        Worker::new("reactions", IDLE_WHERE_AWAITED, move |stop| {
            carry_out_reactions(&reacting, stop)
        }),
        Worker::new("enrollments", IDLE_WHERE_AWAITED, move |stop| {
            guide.turn(&guiding, stop)
        }),
        Worker::new("dates", DATES_EVERY, move |stop| dates.turn(&dating, stop)),
    ]
}

/// A program that does not answer holds up neither staff nor every other program.
fn staff_workers(ports: &Ports) -> impl Iterator<Item = Worker> {
    let named = [
        ("staff", Carrier::Staff),
        ("programs-1", Carrier::Programs),
        ("programs-2", Carrier::Programs),
    ];
    named
        .map(|(name, carrier)| {
            let ports = ports.clone();
            Worker::new(name, IDLE, move |stop| serve_staff(&ports, carrier, stop))
        })
        .into_iter()
}

fn import(ports: &Ports, stop: &Stop) -> domain::store::StoreResult<Turn> {
    let has_worked = run_due_imports(
        &*ports.imports,
        &*ports.import_files,
        &*ports.clock,
        &|| stop.is_set(),
    )?;
    Ok(if has_worked { Turn::Worked } else { Turn::Idle })
}
