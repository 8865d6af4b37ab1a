//! Whether the database was restored from a backup. (F-25)
//!
//! A backup knows nothing of the mails that went out after it: sending on from there would send them
//! again. So nothing goes out after a restore until a person says so.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use adapters_postgres::{PgStore, Starts};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use domain::delivery::{DeliverySettings as _, Halt, HaltedBy};
use domain::tenancy::{Actor, AuditAction, AuditEntry, AuditLog as _, AuditTarget, TenantStore};
use uuid::Uuid;

use crate::config::Config;

/// What the data folder has seen of its database.
pub(crate) const FILE: &str = "starts";
/// Whoever restores the data folder too, or restores onto a new machine, makes this file there.
pub(crate) const MARK: &str = "restored";

const HALTED: AuditAction = AuditAction::new("sending.halted");

/// What the data folder has seen last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    /// Of which database.
    id: Uuid,
    starts: i64,
}

/// How the database stands to the data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// As far as anybody can see, nothing was restored.
    Continued,
    /// The data folder has seen a later state of this database.
    Older,
    /// The data folder has seen another database.
    Another,
    /// Somebody said so.
    Marked,
}

impl Found {
    fn of(seen: Option<Seen>, known: Option<Starts>, is_marked: bool) -> Self {
        if is_marked {
            return Self::Marked;
        }
        match (seen, known) {
            (None, _) => Self::Continued,
            (Some(_), None) => Self::Another,
            (Some(seen), Some(known)) if seen.id == known.id => {
                if known.starts < seen.starts {
                    Self::Older
                } else {
                    Self::Continued
                }
            }
            // Another process has found out and stopped everything; a person may have gone on since.
            (Some(seen), Some(known)) if Some(seen.id) == known.before_id => Self::Continued,
            (Some(_), Some(_)) => Self::Another,
        }
    }

    /// Looks, and changes nothing.
    ///
    /// # Errors
    /// When the file or the database cannot be read.
    pub(crate) fn look(config: &Config, store: &PgStore) -> anyhow::Result<Self> {
        let seen = read(&config.data_dir.join(FILE))?;
        let is_marked = config.data_dir.join(MARK).exists();
        Ok(Self::of(seen, store.starts()?, is_marked))
    }
}

/// Counts this start. After a restore it stops everything first, so that a process that dies here
/// leaves nothing that would go on.
///
/// # Errors
/// When the files or the database cannot be read or written; nothing may be sent then.
pub(crate) fn count_start(
    config: &Config,
    store: &PgStore,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let found = Found::look(config, store)?;
    let starts = if found == Found::Continued {
        store.count_start()?
    } else {
        tracing::error!(
            ?found,
            "the database was restored from a backup: nothing is sent until somebody resumes it \
             under settings"
        );
        halt_all(store, now)?;
        store.begin_anew()?
    };
    let seen = Seen {
        id: starts.id,
        starts: starts.starts,
    };
    write(&config.data_dir.join(FILE), seen)?;
    match fs::remove_file(config.data_dir.join(MARK)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).context(MARK),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn halt_all(store: &PgStore, now: DateTime<Utc>) -> anyhow::Result<()> {
    let halt = Halt {
        at: now,
        by: HaltedBy::Restore,
    };
    for tenant in TenantStore::list(store)? {
        if store.set_halt(tenant.id, Some(halt), now)? {
            let target = AuditTarget::all("sending_policy");
            let entry = AuditEntry::new(Actor::system("restore"), HALTED, target, now);
            store.append(tenant.id, &entry)?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Option<Seen>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let starts = parse(&text);
    if starts.is_none() {
        tracing::warn!(path = %path.display(), "cannot be read, and is written anew");
    }
    Ok(starts)
}

fn parse(text: &str) -> Option<Seen> {
    let (id, starts) = text.trim().split_once(' ')?;
    Some(Seen {
        id: Uuid::parse_str(id).ok()?,
        starts: starts.parse().ok()?,
    })
}

/// The file is always whole: the old one or the new one.
fn write(path: &Path, seen: Seen) -> anyhow::Result<()> {
    let next = path.with_extension("new");
    fs::write(&next, format!("{} {}\n", seen.id, seen.starts))
        .and_then(|()| fs::rename(&next, path))
        .with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(id: u128, starts: i64) -> Option<Seen> {
        let id = Uuid::from_u128(id);
        Some(Seen { id, starts })
    }

    fn known(id: u128, starts: i64) -> Option<Starts> {
        Some(Starts {
            id: Uuid::from_u128(id),
            before_id: Some(Uuid::from_u128(100)),
            starts,
        })
    }

    // F-25
    #[test]
    fn a_database_that_knows_of_fewer_starts_than_its_folder_was_restored() {
        let found = |seen, known| Found::of(seen, known, false);
        assert_eq!(found(seen(1, 7), known(1, 6)), Found::Older);
        for starts in [7, 8] {
            let continued = found(seen(1, 7), known(1, starts));
            assert_eq!(continued, Found::Continued, "other processes count, too");
        }
        assert_eq!(found(None, known(1, 9)), Found::Continued);
        assert_eq!(found(None, None), Found::Continued);
    }

    // F-25
    #[test]
    fn a_database_that_the_folder_does_not_know_was_restored() {
        let found = |seen, known| Found::of(seen, known, false);
        assert_eq!(found(seen(1, 1), known(2, 9)), Found::Another);
        assert_eq!(found(seen(1, 1), None), Found::Another);
        assert_eq!(found(seen(100, 9), known(1, 2)), Found::Continued, "once");
    }

    #[test]
    fn who_says_that_it_was_restored_is_believed() {
        assert_eq!(Found::of(None, None, true), Found::Marked);
    }

    #[test]
    fn what_was_written_is_read_and_what_is_broken_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        assert_eq!(read(&path).unwrap(), None);
        write(&path, seen(3, 41).unwrap()).unwrap();
        assert_eq!(read(&path).unwrap(), seen(3, 41));
        fs::write(&path, "broken").unwrap();
        assert_eq!(read(&path).unwrap(), None);
    }
}
