//! The workers, and what they are given.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use adapters_jobs::{Ports, Turn, Worker, Workers, workers};
use adapters_postgres::PgStore;
use adapters_render::Renderer;
use chrono::TimeDelta;
use domain::store::{StoreError, StoreResult};
use domain::tenancy::{SessionStore, SignInFailures, TenantStore};
use url::Url;

use crate::installation::Installation;
use crate::links::SignedLinks;

const UPKEEP_EVERY: Duration = Duration::from_secs(60 * 60);
/// An upload that nobody has queued by then is forgotten.
const UPLOADS_KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Failed sign-ins do not count longer than this.
const FAILURES_KEPT: TimeDelta = TimeDelta::days(2);

/// What the workers of the installation that browsers call `url` are given, on this store.
pub(crate) fn ports(installation: &Installation, store: &PgStore, url: &Url) -> Ports {
    let store = Arc::new(store.clone());
    Ports {
        tenants: store.clone(),
        users: store.clone(),
        leads: store.clone(),
        listing: store.clone(),
        imports: store.clone(),
        import_files: Arc::new(installation.uploads.clone()),
        settings: store.clone(),
        log: store.clone(),
        watch: store.clone(),
        broadcasts: store.clone(),
        ab_tests: store.clone(),
        campaigns: store.clone(),
        enrollments: store.clone(),
        ways: store.clone(),
        reactions: store.clone(),
        contents: store.clone(),
        renderer: Arc::new(Renderer),
        links: Arc::new(SignedLinks::new(installation.keys.clone(), url)),
        mailers: Arc::clone(&installation.mailers),
        tasks: store.clone(),
        inbox: store.clone(),
        webhook_secrets: store,
        webhooks: Arc::clone(&installation.webhooks),
        keys: installation.keys.clone(),
        address: url.clone(),
        clock: Arc::clone(&installation.clock),
    }
}

/// Starts every worker of the installation that browsers call `url`.
pub(crate) fn start(installation: &Installation, url: &Url) -> io::Result<Workers> {
    let ports = ports(installation, &installation.jobs, url);
    let mut all = workers(&ports, installation.config.mail.senders);
    let (installation, demo_clock) = (installation.clone(), installation.demo_clock.clone());
    all.push(Worker::new("upkeep", UPKEEP_EVERY, move |_stop| {
        tidy_up(&installation).map(|()| Turn::Idle)
    }));
    if let Some(clock) = demo_clock {
        // Leases would end while their holders are at work, if the clock were put forward then.
        all = all
            .into_iter()
            .map(|worker| worker.sharing(clock.turns()))
            .collect();
    }
    Workers::start(all)
}

/// Removes what has ended by time, and makes room for the months to come.
fn tidy_up(installation: &Installation) -> StoreResult<()> {
    let (store, now) = (&installation.jobs, (installation.clock)());
    for tenant in TenantStore::list(store)? {
        SessionStore::delete_expired(store, tenant.id, now)?;
        store.forget_reactions(tenant.id, now)?;
        store.forget_notifications(tenant.id, now)?;
    }
    SignInFailures::delete_older(store, now - FAILURES_KEPT)?;
    installation
        .uploads
        .sweep(UPLOADS_KEPT, SystemTime::now())
        .map_err(StoreError::unexpected)?;
    installation
        .database
        .make_partitions(now)
        .map_err(StoreError::unexpected)?;
    Ok(())
}
