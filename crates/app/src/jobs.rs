//! The workers, and what they are given.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use adapters_jobs::{Ports, Turn, Worker, Workers, workers};
use adapters_render::Renderer;
use chrono::{TimeDelta, Utc};
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

/// Starts every worker of the installation that browsers call `url`.
pub(crate) fn start(installation: &Installation, url: &Url) -> io::Result<Workers> {
    let store = Arc::new(installation.jobs.clone());
    let ports = Ports {
        tenants: store.clone(),
        leads: store.clone(),
        listing: store.clone(),
        imports: store.clone(),
        import_files: Arc::new(installation.uploads.clone()),
        settings: store.clone(),
        log: store.clone(),
        broadcasts: store.clone(),
        campaigns: store.clone(),
        enrollments: store.clone(),
        ways: store.clone(),
        reactions: store.clone(),
        contents: store,
        renderer: Arc::new(Renderer),
        links: Arc::new(SignedLinks::new(installation.keys.clone(), url)),
        mailers: Arc::clone(&installation.mailers),
        clock: Arc::new(Utc::now),
    };
    let mut all = workers(&ports, installation.config.mail.senders);
    let installation = installation.clone();
    all.push(Worker::new("upkeep", UPKEEP_EVERY, move |_stop| {
        tidy_up(&installation).map(|()| Turn::Idle)
    }));
    Workers::start(all)
}

/// Removes what has ended by time, and makes room for the months to come.
fn tidy_up(installation: &Installation) -> StoreResult<()> {
    let (store, now) = (&installation.jobs, Utc::now());
    for tenant in TenantStore::list(store)? {
        SessionStore::delete_expired(store, tenant.id, now)?;
        store.forget_reactions(tenant.id, now)?;
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
