//! Worker threads driven by time: sending, preparing broadcasts, leading people through campaigns,
//! importing.
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
mod workers;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::automation::ReactionQueue;
use domain::campaigns::{BroadcastWork, CampaignStore, CampaignWork, EnrollmentStore};
use domain::content::MailRenderer;
use domain::delivery::{DeliverySettings, MailContents, MailLinks, Mailers, SendLog};
use domain::leads::import::{ImportFiles, ImportQueue};
use domain::leads::{LeadListing, LeadStore};
use domain::tenancy::TenantStore;

pub use campaigns::advance_broadcasts;
pub use dates::Dates;
pub use delivery::Sender;
pub use enrollments::Guide;
pub use leads::run_due_imports;
pub use reactions::carry_out_reactions;
pub use workers::{Stop, Turn, Worker, Workers};

/// Reads the time.
pub type Clock = dyn Fn() -> DateTime<Utc> + Send + Sync;

/// What the workers need from outside.
#[derive(Clone)]
#[expect(missing_docs, reason = "the fields are the ports of those names")]
pub struct Ports {
    pub tenants: Arc<dyn TenantStore>,
    pub leads: Arc<dyn LeadStore>,
    pub listing: Arc<dyn LeadListing>,
    pub imports: Arc<dyn ImportQueue>,
    pub import_files: Arc<dyn ImportFiles>,
    pub settings: Arc<dyn DeliverySettings>,
    pub log: Arc<dyn SendLog>,
    pub broadcasts: Arc<dyn BroadcastWork>,
    pub campaigns: Arc<dyn CampaignStore>,
    pub enrollments: Arc<dyn EnrollmentStore>,
    pub ways: Arc<dyn CampaignWork>,
    pub reactions: Arc<dyn ReactionQueue>,
    pub contents: Arc<dyn MailContents>,
    pub renderer: Arc<dyn MailRenderer>,
    pub links: Arc<dyn MailLinks>,
    pub mailers: Arc<dyn Mailers>,
    pub clock: Arc<Clock>,
}

/// How long a worker that found nothing waits before it looks again.
const IDLE: Duration = Duration::from_secs(1);
/// The same, where somebody waits for a mail that is to come at once (B14).
const IDLE_WHERE_AWAITED: Duration = Duration::from_millis(250);
/// How often days that are known of people are looked at.
const DATES_EVERY: Duration = Duration::from_secs(60);

/// Every worker: `senders` threads that send, one that advances broadcasts, three that lead people
/// into campaigns and through them, one that imports.
#[must_use]
pub fn workers(ports: &Ports, senders: usize) -> Vec<Worker> {
    let sender = Arc::new(Sender::default());
    let sending = (1..=senders).map(|number| {
        let (ports, sender) = (ports.clone(), Arc::clone(&sender));
        Worker::new(format!("sender-{number}"), IDLE, move |stop| {
            sender.turn(&ports, stop)
        })
    });
    let (advancing, importing) = (ports.clone(), ports.clone());
    let others = [
        Worker::new("broadcasts", IDLE, move |stop| {
            advance_broadcasts(&advancing, stop)
        }),
        Worker::new("imports", IDLE, move |stop| import(&importing, stop)),
    ];
    let all = sending.chain(others).chain(campaign_workers(ports));
    all.collect()
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

fn import(ports: &Ports, stop: &Stop) -> domain::store::StoreResult<Turn> {
    let has_worked = run_due_imports(
        &*ports.imports,
        &*ports.import_files,
        &*ports.clock,
        &|| stop.is_set(),
    )?;
    Ok(if has_worked { Turn::Worked } else { Turn::Idle })
}
