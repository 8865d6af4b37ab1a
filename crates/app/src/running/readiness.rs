//! From a database that may be away to one that can be worked with.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use adapters_postgres::MigrationError;
use chrono::{DateTime, Utc};
use tokio::sync::mpsc::UnboundedSender;
use url::Url;

use super::signals::Event;
use crate::database::Database;
use crate::installation::Installation;
use crate::{jobs, restored};

/// A migration that fails may have met another process that ran it: look again, but not for ever.
const MIGRATION_ATTEMPTS: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Brings the database to this version's form as soon as it answers, then carries out the jobs if
/// the role says so. Returns when `stopped` is closed.
pub(super) fn make_ready_and_work(
    installation: &Installation,
    url: &Url,
    stopped: &Receiver<()>,
    report: &UnboundedSender<Event>,
) {
    match make_ready(&installation.database, &*installation.clock, stopped) {
        Ready::Yes => {}
        Ready::Stopped => return,
        Ready::Never(error) => {
            let reason = format!("the database cannot be used: {error}");
            drop(report.send(Event::Failed(reason)));
            return;
        }
    }
    if !has_counted(installation, stopped) {
        return;
    }
    let role = installation.config.role;
    let workers = match role
        .works()
        .then(|| jobs::start(installation, url))
        .transpose()
    {
        Ok(workers) => workers,
        Err(error) => {
            let reason = format!("the workers cannot be started: {error}");
            drop(report.send(Event::Failed(reason)));
            return;
        }
    };
    // Nothing is ever sent: the end of the channel is the message.
    let _ended = stopped.recv();
    drop(workers);
}

/// Counts this start, as often as it takes: nothing may be sent before it is known that the database
/// was not restored. `false` when the process shall end.
fn has_counted(installation: &Installation, stopped: &Receiver<()>) -> bool {
    let mut wait = FIRST_WAIT;
    loop {
        let now = (installation.clock)();
        match restored::count_start(&installation.config, &installation.jobs, now) {
            Ok(()) => return true,
            Err(error) => tracing::warn!(
                error = format_args!("{error:#}"),
                "no worker starts before this start is counted; is the data folder writable?"
            ),
        }
        match stopped.recv_timeout(wait) {
            Err(RecvTimeoutError::Timeout) => wait = (wait * 2).min(LONGEST_WAIT),
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

enum Ready {
    Yes,
    Stopped,
    Never(MigrationError),
}

fn make_ready(
    database: &Database,
    clock: &dyn Fn() -> DateTime<Utc>,
    stopped: &Receiver<()>,
) -> Ready {
    let (mut wait, mut failures) = (FIRST_WAIT, 0);
    loop {
        match database.migrate() {
            Ok(done) => {
                for name in done {
                    tracing::info!(name, "migrated");
                }
                if let Err(error) = database.make_partitions(clock()) {
                    tracing::warn!(%error, "the upkeep tries again");
                }
                return Ready::Yes;
            }
            Err(error @ MigrationError::Connection(_)) => {
                tracing::warn!(%error, "waiting for the database; is it running, and is database_url right?");
            }
            Err(error) => {
                failures += 1;
                if failures == MIGRATION_ATTEMPTS {
                    return Ready::Never(error);
                }
                tracing::warn!(%error, "trying again");
            }
        }
        match stopped.recv_timeout(wait) {
            Err(RecvTimeoutError::Timeout) => wait = (wait * 2).min(LONGEST_WAIT),
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ready::Stopped,
        }
    }
}
