//! A running postmaster: started, or found running, and stopped.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::cluster::Cluster;
use crate::command_line;
use crate::error::Error;
use crate::log::Log;
use crate::pid_file::{self, PidFile};

/// How often a condition of another process is looked at.
pub(crate) const POLL: Duration = Duration::from_millis(20);
const FAST_STOP: Duration = Duration::from_secs(30);
const IMMEDIATE_STOP: Duration = Duration::from_secs(10);
const ORPHANS: Duration = Duration::from_secs(5);

/// A postmaster that serves our cluster.
#[derive(Debug)]
pub(crate) struct Postmaster {
    pid: Pid,
    /// `None` for one that an earlier owner left running.
    child: Option<Child>,
    /// The log from its start on, or from where we found it.
    pub(crate) log: Log,
}

/// How a server is stopped; the signals are those of `pg_ctl stop -m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopMode {
    /// Roll back what is open, write everything out.
    Fast,
    /// Just end; the next start recovers from the log.
    Immediate,
}

impl Postmaster {
    /// The postmaster that serves `cluster`: one left running by an owner that was killed, else a
    /// new one. It may not take connections yet. The caller holds the lock.
    pub(crate) fn launch(cluster: &Cluster) -> Result<Self, Error> {
        cluster.prepare()?;
        if let Some(running) = PidFile::live(&cluster.places.cluster) {
            let mut found = Self {
                pid: running.pid,
                child: None,
                log: Log::from_here(&cluster.places.log),
            };
            if running.socket.as_ref() == Some(&cluster.places.socket) {
                tracing::info!(pid = %found.pid, "adopted a PostgreSQL left running");
                return Ok(found);
            }
            // It listens where nobody would look for it.
            found.stop(StopMode::Fast, &cluster.places.cluster);
        }
        clear_remains(cluster)?;
        Self::spawn(cluster)
    }

    fn spawn(cluster: &Cluster) -> Result<Self, Error> {
        let program = cluster.postgres()?;
        let (file, log) = Log::open(&cluster.places.log)?;
        let second = file
            .try_clone()
            .map_err(Error::io("open", &cluster.places.log))?;
        let child = cluster
            .user
            .command(&program)
            .arg("-D")
            .arg(&cluster.places.cluster)
            .stdout(Stdio::from(file))
            .stderr(Stdio::from(second))
            .spawn()
            .map_err(Error::io("run", &program))?;
        Ok(Self {
            pid: Pid::from_child(&child),
            child: Some(child),
            log,
        })
    }

    /// Whether it is still there. Reaps it if not.
    pub(crate) fn is_running(&mut self, cluster: &Path) -> bool {
        match &mut self.child {
            Some(child) => matches!(child.try_wait(), Ok(None)),
            None => PidFile::live(cluster).is_some_and(|found| found.pid == self.pid),
        }
    }

    /// Whether it takes connections.
    pub(crate) fn is_ready(&self, cluster: &Path) -> bool {
        PidFile::read(cluster).is_some_and(|found| found.pid == self.pid && found.ready)
    }

    /// Waits until it takes connections.
    pub(crate) fn wait_until_ready(
        &mut self,
        cluster: &Path,
        patience: Duration,
    ) -> Result<(), Error> {
        let deadline = Instant::now() + patience;
        while !self.is_ready(cluster) {
            if !self.is_running(cluster) {
                return Err(self.log.ended());
            }
            if Instant::now() > deadline {
                return Err(self.log.not_ready(patience.as_secs()));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Stops it, by ever stronger means, and waits until it is gone.
    pub(crate) fn stop(&mut self, mode: StopMode, cluster: &Path) {
        if mode == StopMode::Fast && self.ends_after(Signal::INT, FAST_STOP, cluster) {
            return;
        }
        if self.ends_after(Signal::QUIT, IMMEDIATE_STOP, cluster) {
            return;
        }
        tracing::error!(pid = %self.pid, "PostgreSQL did not stop when told to: killing it");
        self.ends_after(Signal::KILL, IMMEDIATE_STOP, cluster);
    }

    fn ends_after(&mut self, signal: Signal, patience: Duration, cluster: &Path) -> bool {
        if self.is_running(cluster) {
            // It may end between the two lines; the loop notices.
            let _ = kill_process(self.pid, signal);
        }
        wait_until(patience, || !self.is_running(cluster))
    }
}

/// Clears away what a killed postmaster leaves and would stop the next one. The caller holds the
/// lock and has made sure that no postmaster serves the cluster.
fn clear_remains(cluster: &Cluster) -> Result<(), Error> {
    let pid_file = pid_file::path(&cluster.places.cluster);
    let socket_lock = cluster.places.socket.join(".s.PGSQL.5432.lock");
    for remains in [pid_file, socket_lock] {
        // PostgreSQL itself clears away a file whose pid nobody has. A pid that went to another
        // program, or that was never reaped, would stop it.
        if owner_of(&remains).is_some_and(|pid| test_kill_process(pid).is_ok()) {
            remove(&remains)?;
        }
    }
    end_orphans(&cluster.places.name);
    Ok(())
}

/// Ends the backends of a killed postmaster. They hold its shared memory, and a new one refuses to
/// start until the last is gone; one in a long computation would not notice by itself.
fn end_orphans(cluster_name: &str) {
    let title = format!("postgres: {cluster_name}: ");
    let gone = wait_until(ORPHANS, || {
        let orphans = command_line::with_title(&title);
        for orphan in &orphans {
            // Gone already is as good.
            let _ = kill_process(*orphan, Signal::KILL);
        }
        orphans.is_empty()
    });
    if !gone {
        tracing::warn!("server processes of an earlier run do not end");
    }
}

/// The pid in the first line of a lock file of PostgreSQL.
fn owner_of(lock_file: &Path) -> Option<Pid> {
    let text = fs::read_to_string(lock_file).ok()?;
    let pid: i32 = text.lines().next()?.trim().parse().ok()?;
    Pid::from_raw(pid.checked_abs()?)
}

fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(Error::io("remove", path)(source))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Polls `condition` until it holds; whether it did in time.
pub(crate) fn wait_until(patience: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    while !condition() {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(POLL);
    }
    true
}
