//! Worker threads driven by time: sending, preparing broadcasts, importing.
//!
//! A [`Worker`] is a named thread that takes turns: each turn does a bounded piece of work and says
//! whether there was any. Nothing here is remembered that the storage does not hold, so a worker
//! may die at any moment and any number of processes may run the same workers.

mod campaigns;
mod delivery;
mod leads;
mod workers;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::campaigns::BroadcastWork;
use domain::content::MailRenderer;
use domain::delivery::{DeliverySettings, MailLinks, Mailers, SendLog};
use domain::leads::import::{ImportFiles, ImportQueue};
use domain::leads::{LeadListing, LeadStore};
use domain::tenancy::TenantStore;

pub use campaigns::advance_broadcasts;
pub use delivery::Sender;
pub use leads::run_due_imports;
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
    pub renderer: Arc<dyn MailRenderer>,
    pub links: Arc<dyn MailLinks>,
    pub mailers: Arc<dyn Mailers>,
    pub clock: Arc<Clock>,
}

/// How long a worker that found nothing waits before it looks again.
const IDLE: Duration = Duration::from_secs(1);

/// Every worker: `senders` threads that send, one that advances broadcasts, one that imports.
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
    sending.chain(others).collect()
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
