//! A data folder to play with, and what can be seen of a server from outside.
#![expect(
    clippy::unwrap_used,
    reason = "a test whose world cannot be set up has failed"
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use private_postgres::{Options, PrivatePostgres, Programs};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// A data folder that the server's account can enter.
pub(crate) struct DataDir {
    root: TempDir,
    below: PathBuf,
}

impl DataDir {
    pub(crate) fn new() -> Self {
        Self::below("data")
    }

    pub(crate) fn below(path: impl Into<PathBuf>) -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let below = path.into();
        Self { root, below }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.root.path().join(&self.below)
    }

    pub(crate) fn start(&self) -> PrivatePostgres {
        PrivatePostgres::start(Options {
            data_dir: self.path(),
            programs: programs(),
            // The tests kill processes, not machines.
            durable: false,
        })
        .unwrap()
    }
}

pub(crate) fn programs() -> Programs {
    Programs::find(None).unwrap()
}

/// Another process that runs a server; see `examples/serve.rs`.
pub(crate) struct OtherProcess {
    pub(crate) child: Child,
    pub(crate) url: String,
    pub(crate) cluster: PathBuf,
}

impl OtherProcess {
    /// On `data_dir`, or with an ephemeral server. Returns when its server takes connections.
    pub(crate) fn serve(data_dir: Option<&Path>) -> Self {
        let tests = std::env::current_exe().unwrap();
        let target = tests.parent().unwrap().parent().unwrap();
        let mut child = Command::new(target.join("examples/serve"))
            .args(data_dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        let (url, cluster) = (line(), line().into());
        Self {
            child,
            url,
            cluster,
        }
    }

    /// `SIGKILL`: nothing of it gets to run again.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Lets it end by itself.
    pub(crate) fn end(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

/// What `sql` yields at `url`, or what psql complained about.
pub(crate) fn ask(url: &str, sql: &str) -> Result<String, String> {
    let answer = Command::new("psql")
        .args([url, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql])
        .output()
        .expect("these tests need psql, the client of PostgreSQL");
    if answer.status.success() {
        Ok(String::from_utf8(answer.stdout).unwrap().trim().to_owned())
    } else {
        Err(String::from_utf8(answer.stderr).unwrap())
    }
}

/// The pid in the pid file of `cluster`.
pub(crate) fn postmaster(cluster: &Path) -> Option<Pid> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    Pid::from_raw(text.lines().next()?.parse().ok()?)
}

pub(crate) fn kill_postmaster(cluster: &Path) -> Pid {
    let pid = postmaster(cluster).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    pid
}

/// Fails the test when `condition` does not come true within ten seconds.
pub(crate) fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition() {
        assert!(Instant::now() < deadline, "not within 10 s: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}
