//! `ondo migrate`

use crate::config::Config;
use crate::database::Database;
use crate::terminal::say;

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let done = Database::open(config)?.migrate()?;
    for name in &done {
        say(format_args!("migrated {name}"));
    }
    if done.is_empty() {
        say("the database is up to date");
    }
    Ok(())
}
