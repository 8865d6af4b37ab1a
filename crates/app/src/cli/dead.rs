//! `ondo dead`: engagements that the log refused, and another try.

use adapters_postgres::PgStore;
use clap::Subcommand;
use domain::scoring;
use domain::tracking::{DeadEngagement, DeadEngagements, EngagementLog};

use super::OfTenant;
use crate::config::Config;
use crate::database::Database;
use crate::terminal::{remark, say};

/// More than this is a fault of ours, not of the data; mend that first.
const MOST: u32 = 10_000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List them: id, when, what, and the database's words
    List(OfTenant),
    /// Try to write each of them again
    Retry(OfTenant),
}

pub(super) fn run(config: &Config, command: &Command) -> anyhow::Result<()> {
    let store = Database::open(config)?.requests(config)?;
    match command {
        Command::List(tenant) => list(&store, tenant),
        Command::Retry(tenant) => retry(&store, tenant),
    }
}

fn list(store: &PgStore, tenant: &OfTenant) -> anyhow::Result<()> {
    let tenant = tenant.find(store)?;
    for dead in store.buried(tenant.id, MOST)? {
        let DeadEngagement {
            engagement,
            reason,
            died_at,
        } = dead;
        let (id, kind) = (engagement.id, engagement.kind().as_str());
        say(format_args!("{id}  {died_at}  {kind}  {reason}"));
    }
    Ok(())
}

fn retry(store: &PgStore, tenant: &OfTenant) -> anyhow::Result<()> {
    let tenant = tenant.find(store)?;
    let (mut written, mut refused) = (0_u32, 0_u32);
    for dead in store.buried(tenant.id, MOST)? {
        let id = dead.engagement.id;
        match store.append(&[dead.engagement], &scoring::decide) {
            Ok(_) => {
                store.exhume(tenant.id, id)?;
                written += 1;
            }
            Err(error) => {
                remark(format_args!("{id}: {error}"));
                refused += 1;
            }
        }
    }
    say(format_args!("{written} written, {refused} refused again"));
    Ok(())
}
