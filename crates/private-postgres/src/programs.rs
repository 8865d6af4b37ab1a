//! Where the PostgreSQL server programs of this machine are.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;

/// The oldest major version Ondo's schema runs on.
const OLDEST_MAJOR: u32 = 15;

/// The PostgreSQL installations of this machine, best first. Never empty.
#[derive(Debug, Clone)]
pub struct Programs {
    installations: Vec<Installation>,
}

/// One folder with `initdb` and `postgres` of the same version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Installation {
    folder: PathBuf,
    major: u32,
}

impl Programs {
    /// Finds the server programs.
    ///
    /// With `explicit` (the operator's `ONDO_PG_BIN`) only that folder counts. Otherwise: `PATH`,
    /// then Debian's version folders (newest first), Homebrew, and `/usr/local/pgsql/bin`.
    ///
    /// # Errors
    /// [`Error::ProgramsMissing`] when none of them holds `initdb` and `postgres`, version 15 or
    /// later.
    pub fn find(explicit: Option<&Path>) -> Result<Self, Error> {
        let folders = explicit.map_or_else(usual_folders, |folder| vec![folder.to_owned()]);
        let mut installations = Vec::new();
        for found in folders.iter().filter_map(|at| Installation::in_folder(at)) {
            if found.major >= OLDEST_MAJOR && !installations.contains(&found) {
                installations.push(found);
            }
        }
        if installations.is_empty() {
            let looked_in = listed(folders.iter().map(|folder| folder.display().to_string()));
            return Err(Error::ProgramsMissing { looked_in });
        }
        Ok(Self { installations })
    }

    /// The installation to make a new cluster with.
    pub(crate) fn best(&self) -> &Installation {
        &self.installations[0]
    }

    /// The installation that can run `cluster`: a cluster belongs to one major version for life,
    /// so that a newer PostgreSQL beside the old one must not take over.
    pub(crate) fn for_cluster(&self, cluster: &Path) -> Result<&Installation, Error> {
        let version_file = cluster.join("PG_VERSION");
        let text = fs::read_to_string(&version_file).map_err(Error::io("read", &version_file))?;
        let needed = leading_number(text.trim()).unwrap_or_default();
        self.installations
            .iter()
            .find(|installation| installation.major == needed)
            .ok_or_else(|| Error::VersionMissing {
                cluster: cluster.to_owned(),
                needed,
                found: listed(self.installations.iter().map(|i| i.major.to_string())),
            })
    }
}

impl Installation {
    fn in_folder(folder: &Path) -> Option<Self> {
        // Distributions link `postgres` into PATH without the rest; the real folder has it all.
        let postgres = fs::canonicalize(folder.join("postgres")).ok()?;
        let folder = postgres.parent()?.to_owned();
        folder.join("initdb").is_file().then_some(())?;
        let answer = Command::new(&postgres).arg("--version").output().ok()?;
        let major = major_version(&String::from_utf8_lossy(&answer.stdout))?;
        Some(Self { folder, major })
    }

    pub(crate) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }
}

fn usual_folders() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .collect();
    folders.extend(versioned("/usr/lib/postgresql", ""));
    folders.extend(versioned("/opt/homebrew/opt", "postgresql@"));
    folders.extend(versioned("/usr/local/opt", "postgresql@"));
    folders.push("/opt/homebrew/bin".into());
    folders.push("/usr/local/pgsql/bin".into());
    folders
}

/// `<parent>/<prefix><number>/bin`, the highest number first.
fn versioned(parent: &str, prefix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name.strip_prefix(prefix)?.parse().ok()?;
            Some((number, entry.path().join("bin")))
        })
        .collect();
    found.sort_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// 15 of `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major_version(answer: &str) -> Option<u32> {
    leading_number(answer.split_once("(PostgreSQL) ")?.1)
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().ok()
}

fn listed(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_releases_and_betas() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(major_version(debian), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 19beta2\n"), Some(19));
        assert_eq!(major_version("something else"), None);
    }

    #[test]
    fn a_folder_without_programs_is_refused_with_the_ways_out() {
        let empty = tempfile::tempdir().unwrap();
        let message = Programs::find(Some(empty.path())).unwrap_err().to_string();
        for way_out in [
            "apt install postgresql",
            "brew",
            "ONDO_PG_BIN",
            "DATABASE_URL",
        ] {
            assert!(message.contains(way_out), "{way_out} is not in: {message}");
        }
        assert!(message.contains(&empty.path().display().to_string()));
    }

    #[test]
    fn a_cluster_of_a_version_that_is_gone_is_refused_by_name() {
        let cluster = tempfile::tempdir().unwrap();
        fs::write(cluster.path().join("PG_VERSION"), "9\n").unwrap();
        let programs = Programs::find(None).unwrap();
        let message = programs
            .for_cluster(cluster.path())
            .unwrap_err()
            .to_string();
        assert!(message.contains("made by PostgreSQL 9"), "{message}");
    }
}
