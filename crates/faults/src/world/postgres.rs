//! The database server, and what can happen to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use private_postgres::{Options, PrivatePostgres, Programs};
use rustix::process::{Pid, Signal, kill_process};

const POLL: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(60);

/// A PostgreSQL of our own, started again whenever it ends, unless it is stopped.
#[derive(Debug)]
pub(crate) struct Postgres {
    data_dir: PathBuf,
    server: Mutex<Option<PrivatePostgres>>,
}

impl Postgres {
    pub(crate) fn start(folder: &Path) -> anyhow::Result<Self> {
        let postgres = Self {
            data_dir: folder.join("db"),
            server: Mutex::new(None),
        };
        postgres.resume()?;
        Ok(postgres)
    }

    /// Starts it again after [`Self::stop`].
    pub(crate) fn resume(&self) -> anyhow::Result<()> {
        let explicit = std::env::var_os("ONDO_PG_BIN");
        let server = PrivatePostgres::start(Options {
            data_dir: self.data_dir.clone(),
            programs: Programs::find(explicit.as_deref().map(Path::new))?,
            durable: true,
        })?;
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(server);
        Ok(())
    }

    /// Stops it in good order, until [`Self::resume`].
    pub(crate) fn stop(&self) {
        let server = self
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(server);
    }

    /// The folder of its socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.data_dir.join("pg-socket")
    }

    /// Where libpq finds a database, past every proxy.
    pub(crate) fn url(&self, database: &str) -> String {
        url(&self.socket(), database)
    }

    /// A connection as the owner, who sees the rows of every tenant. Waits for a server that is
    /// just recovering.
    pub(crate) fn owner(&self, database: &str) -> anyhow::Result<PgConnection> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match PgConnection::establish(&self.url(database)) {
                Ok(mut connection) => {
                    connection.batch_execute("SET client_min_messages = warning")?;
                    return Ok(connection);
                }
                Err(error) if Instant::now() > deadline => {
                    return Err(error).context("the campaign's own PostgreSQL");
                }
                Err(_not_yet) => thread::sleep(POLL),
            }
        }
    }

    /// Makes a database, empty or as a copy.
    pub(crate) fn create(&self, name: &str, template: Option<&str>) -> anyhow::Result<()> {
        let from = template.map_or_else(String::new, |it| format!(" TEMPLATE {it}"));
        let mut owner = self.owner("postgres")?;
        owner.batch_execute(&format!("CREATE DATABASE {name}{from}"))?;
        Ok(())
    }

    pub(crate) fn drop_database(&self, name: &str) -> anyhow::Result<()> {
        let mut owner = self.owner("postgres")?;
        owner.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
        Ok(())
    }

    fn postmaster(&self) -> anyhow::Result<Pid> {
        let path = self.data_dir.join("pg/postmaster.pid");
        let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        let pid = text
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok());
        pid.and_then(Pid::from_raw)
            .context("the pid file has no pid")
    }

    /// `kill -9` of the postmaster, or `SIGQUIT`, which is `pg_ctl stop -m immediate`.
    pub(crate) fn kill_postmaster(&self, signal: Signal) -> anyhow::Result<()> {
        kill_process(self.postmaster()?, signal).context("the postmaster")
    }

    /// `kill -9` of one process that serves a connection to `database`. PostgreSQL then resets
    /// every session. False where there is none.
    pub(crate) fn kill_backend(
        &self,
        database: &str,
        chance: &mut fastrand::Rng,
    ) -> anyhow::Result<bool> {
        let serving = format!(" {database} ");
        let backends: Vec<Pid> = children(self.postmaster()?)
            .into_iter()
            .filter(|pid| title(*pid).is_some_and(|title| title.contains(&serving)))
            .collect();
        let Some(backend) = chance.choice(&backends) else {
            return Ok(false);
        };
        // It may have ended by itself meanwhile.
        Ok(kill_process(*backend, Signal::KILL).is_ok())
    }

    /// Stops every process of the server where it stands; returns them for [`awaken`].
    pub(crate) fn freeze(&self) -> anyhow::Result<Vec<Pid>> {
        let postmaster = self.postmaster()?;
        kill_process(postmaster, Signal::STOP)?;
        let mut frozen = vec![postmaster];
        for child in children(postmaster) {
            if kill_process(child, Signal::STOP).is_ok() {
                frozen.push(child);
            }
        }
        ensure!(frozen.len() > 1, "the server has no processes");
        Ok(frozen)
    }
}

/// Lets frozen processes go on.
pub(crate) fn awaken(frozen: &[Pid]) {
    for pid in frozen {
        // One may have been ended meanwhile.
        let _ = kill_process(*pid, Signal::CONT);
    }
}

/// Where libpq finds a database, with its socket in `folder`.
pub(crate) fn url(folder: &Path, database: &str) -> String {
    let host = folder.to_string_lossy().replace('/', "%2F");
    format!("postgres://ondo_owner@{host}:5432/{database}")
}

fn title(pid: Pid) -> Option<String> {
    fs::read_to_string(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).ok()
}

fn children(parent: Pid) -> Vec<Pid> {
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
    pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(Pid::from_raw)
        .filter(|pid| parent_of(*pid) == Some(parent))
        .collect()
}

/// The fourth field of proc(5) `stat`; the second, the name, may contain anything.
fn parent_of(pid: Pid) -> Option<Pid> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    Pid::from_raw(fields.split_whitespace().nth(1)?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_of_a_process_is_found() {
        let (own, parent) = (rustix::process::getpid(), rustix::process::getppid());
        assert_eq!(parent_of(own), parent);
        assert!(children(parent.unwrap()).contains(&own));
    }

    #[test]
    fn a_socket_folder_is_written_as_the_host_of_a_url() {
        let url = url(Path::new("/tmp/ondo-faults-x/proxy"), "f01");
        assert_eq!(
            url,
            "postgres://ondo_owner@%2Ftmp%2Fondo-faults-x%2Fproxy:5432/f01"
        );
    }
}
