//! Throwing a demo away.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::clock;
use super::state::State;
use crate::config::Config;
use crate::database::Database;
use crate::restored;

/// What a demo leaves in its data folder, besides the cluster.
const LEFT: [&str; 13] = [
    "address",
    "demo.json",
    restored::FILE,
    clock::FILE,
    "keys.toml",
    "uploads",
    "outbox",
    "spool",
    "pg-socket",
    "pg.location",
    "pg.log",
    "pg.lock",
    // Last: as long as it is there, the rest is known to be a demo's.
    "demo-state.json",
];

/// Removes the demo in the data folder. Anything else than a demo is left alone.
pub(super) fn throw_away(config: &Config) -> anyhow::Result<()> {
    if config.database.url.is_some() {
        bail!(
            "--fresh only works with the private PostgreSQL; with database_url, make an empty \
             database yourself"
        );
    }
    let data_dir = &config.data_dir;
    if State::read(data_dir).is_ok_and(|state| state.is_none()) {
        if data_dir.join("pg").exists() || data_dir.join("pg.location").exists() {
            bail!(
                "{} holds an installation that is no demo; choose another --data-dir",
                data_dir.display()
            );
        }
        return Ok(());
    }
    refuse_while_in_use(data_dir)?;
    if let Some(cluster) = stopped_cluster(config)? {
        remove(&cluster)?;
    }
    LEFT.iter()
        .try_for_each(|name| remove(&data_dir.join(name)))
}

/// The owner of the private server holds this lock.
fn refuse_while_in_use(data_dir: &Path) -> anyhow::Result<()> {
    let lock = match File::open(data_dir.join("pg.lock")) {
        Ok(lock) => lock,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).context("pg.lock cannot be opened"),
    };
    if lock.try_lock().is_err() {
        bail!(
            "another Ondo is running on {}; stop it first",
            data_dir.display()
        );
    }
    Ok(())
}

/// Where the cluster is. A server that outlived a killed Ondo is taken over and stopped first.
fn stopped_cluster(config: &Config) -> anyhow::Result<Option<PathBuf>> {
    let database = Database::open(config)?;
    Ok(database.cluster_dir().map(Path::to_path_buf))
}

fn remove(path: &Path) -> anyhow::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(gone_wrong(path, error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn gone_wrong(path: &Path, error: io::Error) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("{} cannot be removed", path.display()))
}
