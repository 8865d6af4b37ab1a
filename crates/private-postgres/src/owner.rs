//! Who starts and stops the server: the process that holds the lock.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::cluster::Cluster;
use crate::error::Error;
use crate::log::Log;
use crate::pid_file::PidFile;
use crate::postmaster::{POLL, Postmaster, StopMode};

/// Long enough for a crash recovery.
const PATIENCE: Duration = Duration::from_secs(60);

/// Our part in a server.
#[derive(Debug)]
pub(crate) enum Part {
    /// We hold the lock: the server lives and ends with us.
    Owner {
        /// Released when it is dropped.
        _lock: File,
        /// `None` after it died and could not be started again, so far.
        postmaster: Option<Postmaster>,
    },
    /// Another process holds the lock.
    Guest,
}

impl Part {
    /// Takes part in the server, which then takes connections.
    pub(crate) fn take(cluster: &Cluster) -> Result<Self, Error> {
        let log = Log::from_here(&cluster.places.log);
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(lock) = try_lock(&cluster.places.lock)? {
                return Self::own(cluster, lock);
            }
            if PidFile::live(&cluster.places.cluster).is_some_and(|server| server.ready) {
                return Ok(Self::Guest);
            }
            if Instant::now() > deadline {
                return Err(log.not_ready(PATIENCE.as_secs()));
            }
            thread::sleep(POLL);
        }
    }

    fn own(cluster: &Cluster, lock: File) -> Result<Self, Error> {
        let mut postmaster = Postmaster::launch(cluster)?;
        postmaster.wait_until_ready(&cluster.places.cluster, PATIENCE)?;
        Ok(Self::Owner {
            _lock: lock,
            postmaster: Some(postmaster),
        })
    }

    /// Does what is due: as the owner, starts a server that died; as a guest, takes over when the
    /// owner is gone. `Ok(true)` when the server takes connections. Never waits for it.
    pub(crate) fn keep(&mut self, cluster: &Cluster) -> Result<bool, Error> {
        match self {
            Self::Guest => {
                if let Some(lock) = try_lock(&cluster.places.lock)? {
                    tracing::warn!("the owner of the private PostgreSQL is gone: taking it over");
                    *self = Self::Owner {
                        _lock: lock,
                        postmaster: None,
                    };
                    return self.keep(cluster);
                }
                Ok(true)
            }
            Self::Owner { postmaster, .. } => keep_running(postmaster, cluster),
        }
    }

    /// Stops the server if it is ours to stop, and takes its empty socket folder away.
    pub(crate) fn leave(self, cluster: &Cluster, mode: StopMode) {
        let Self::Owner { _lock, postmaster } = self else {
            return;
        };
        if let Some(mut postmaster) = postmaster {
            postmaster.stop(mode, &cluster.places.cluster);
        }
        // Still under the lock, so that no new owner has made it again. A server that would not
        // end keeps it.
        let _ = fs::remove_dir(&cluster.places.socket);
    }
}

fn keep_running(postmaster: &mut Option<Postmaster>, cluster: &Cluster) -> Result<bool, Error> {
    if let Some(server) = postmaster {
        if server.is_running(&cluster.places.cluster) {
            return Ok(server.is_ready(&cluster.places.cluster));
        }
        tracing::error!(
            log = server.log.tail(),
            "PostgreSQL ended: starting it again"
        );
        *postmaster = None;
    }
    *postmaster = Some(Postmaster::launch(cluster)?);
    Ok(false)
}

/// The lock, unless another holds it. The system releases it with the process, however that ends.
fn try_lock(path: &Path) -> Result<Option<File>, Error> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map_err(Error::io("open", path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(Error::io("lock", path)(source)),
    }
}
