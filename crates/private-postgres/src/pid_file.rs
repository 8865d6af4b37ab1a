//! `postmaster.pid`: who serves a cluster, where, and whether it takes connections.
//!
//! The lines are those of `src/include/utils/pidfile.h`: pid, data folder, start time, port,
//! socket folder, listen address, shared memory key, status.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Pid;

use crate::command_line;

/// What a postmaster wrote about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: Pid,
    pub(crate) socket: Option<PathBuf>,
    pub(crate) ready: bool,
}

impl PidFile {
    /// What the pid file of `cluster` says, true or not; `None` where there is none to read.
    pub(crate) fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(path(cluster)).ok()?)
    }

    /// The postmaster that serves `cluster` now.
    ///
    /// A pid proves nothing: after an unclean stop it may belong to another program, and a
    /// postmaster that nobody has reaped still has its own. Hence the look at the command line.
    pub(crate) fn live(cluster: &Path) -> Option<Self> {
        Self::read(cluster).filter(|found| {
            command_line::of(found.pid).is_some_and(|line| line.has_argument(cluster))
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        // A standalone backend writes its pid with a minus sign.
        let pid = Pid::from_raw(lines.first()?.parse::<i32>().ok()?.checked_abs()?)?;
        let socket = lines.get(4).filter(|line| !line.is_empty());
        let ready = lines.get(7).is_some_and(|status| *status == "ready");
        Some(Self {
            pid,
            socket: socket.map(PathBuf::from),
            ready,
        })
    }
}

/// Where PostgreSQL keeps the file.
pub(crate) fn path(cluster: &Path) -> PathBuf {
    cluster.join("postmaster.pid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_tells_pid_socket_and_readiness() {
        let text = "4711\n/srv/pg\n1700000000\n5432\n/srv/pg-socket\n\n  1234   0\nready   \n";
        let found = PidFile::parse(text).unwrap();
        assert_eq!(found.pid.as_raw_nonzero().get(), 4711);
        assert_eq!(found.socket.as_deref(), Some(Path::new("/srv/pg-socket")));
        assert!(found.ready);
        assert!(
            !PidFile::parse(&text.replace("ready", "starting"))
                .unwrap()
                .ready
        );
    }

    #[test]
    fn a_pid_file_cut_short_is_read_as_far_as_it_goes() {
        let found = PidFile::parse("4711\n/srv/pg\n").unwrap();
        assert_eq!((found.socket, found.ready), (None, false));
        assert_eq!(PidFile::parse(""), None);
    }
}
