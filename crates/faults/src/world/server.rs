//! The server under test, as a process.

use std::fs::OpenOptions;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use super::folder::Guard;
use super::{Folder, metrics};

const POLL: Duration = Duration::from_millis(20);
/// A debug build that recovers its spool on two busy cores.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// What keeps a server within limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Confinement {
    /// Nothing.
    #[default]
    None,
    /// So many open files.
    OpenFiles(u32),
    /// The spool on a file system of its own with so many mebibytes, which nobody else sees.
    SmallSpool(u32),
}

/// How a server is started.
#[derive(Clone, Debug)]
pub(crate) struct ServerOptions {
    pub(crate) binary: PathBuf,
    pub(crate) data_dir: PathBuf,
    pub(crate) keys_file: PathBuf,
    pub(crate) database_url: String,
    pub(crate) port: u16,
    pub(crate) metrics_port: u16,
    pub(crate) confinement: Confinement,
    /// More variables.
    pub(crate) also: Vec<(&'static str, String)>,
}

/// A running server; killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) options: ServerOptions,
    child: Child,
    _guard: Guard,
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl Server {
    /// Starts it; it may not answer yet.
    pub(crate) fn start(options: ServerOptions, folder: &Folder) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&options.data_dir)?;
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(options.log())?;
        let mut command = command(&options)?;
        command
            .env_clear()
            .current_dir(&options.data_dir)
            .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
            .env("ONDO_DATABASE_URL", &options.database_url)
            .env("ONDO_DATA_DIR", &options.data_dir)
            .env("ONDO_KEYS_FILE", &options.keys_file)
            .env("ONDO_PORT", options.port.to_string())
            .env(
                "ONDO_METRICS_ADDRESS",
                format!("127.0.0.1:{}", options.metrics_port),
            )
            .env("ONDO_TRUSTED_PROXIES", "127.0.0.1")
            .env("ONDO_LOG_LEVEL", "warn")
            .envs(["ADDRESS", "VISITOR", "TENANT"].map(|of| (format!("ONDO_RATE_PER_{of}"), "0")))
            .envs(options.also.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::from(log))
            .process_group(0);
        let child = command.spawn().context("the server")?;
        let guard = folder.guard(child.id())?;
        Ok(Self {
            options,
            child,
            _guard: guard,
        })
    }

    /// Waits until it takes engagements.
    pub(crate) fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + START_PATIENCE;
        while !metrics::is_ready(self.options.port, self.options.metrics_port) {
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "the server ended with {status}: {}",
                    self.options.last_words()
                );
            }
            if Instant::now() > deadline {
                bail!("the server does not come up: {}", self.options.last_words());
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// `kill -9`, and reaps it.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// SIGTERM, and waits until it has gone in good order.
    pub(crate) fn end(&mut self, patience: Duration) -> anyhow::Result<()> {
        kill_process(self.pid(), Signal::TERM)?;
        let deadline = Instant::now() + patience;
        loop {
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => bail!("after SIGTERM the server ended with {status}"),
                None if Instant::now() > deadline => bail!("SIGTERM did not end the server"),
                None => thread::sleep(POLL),
            }
        }
    }

    /// Memory in use. Mebibytes.
    pub(crate) fn resident(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kibibytes / 1024)
    }

    /// Gives a small spool another size, inside the server's own view of the file systems.
    pub(crate) fn resize_spool(&self, mebibytes: u32) -> anyhow::Result<()> {
        let mut command = Command::new("nsenter");
        command.args(["-t", &self.child.id().to_string(), "-m"]);
        if !rustix::process::geteuid().is_root() {
            command.args(["-U", "--preserve-credentials"]);
        }
        let size = format!("remount,size={mebibytes}m");
        let resized = command
            .args(["mount", "-o", &size])
            .arg(self.options.spool())
            .status()?;
        ensure!(resized.success(), "the spool cannot be resized");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl ServerOptions {
    fn log(&self) -> PathBuf {
        self.data_dir.join("server.log")
    }

    /// The spool's folder, by the default of the settings.
    pub(crate) fn spool(&self) -> PathBuf {
        self.data_dir.join("spool")
    }

    /// What the server said last.
    pub(crate) fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }
}

/// A shell sets the limits and becomes the server: the process id stays the same.
fn command(options: &ServerOptions) -> anyhow::Result<Command> {
    let mut command;
    match options.confinement {
        Confinement::None => command = Command::new(&options.binary),
        Confinement::OpenFiles(count) => {
            command = Command::new("/bin/sh");
            command.args(["-c", &format!("ulimit -n {count} && exec \"$@\""), "sh"]);
            command.arg(&options.binary);
        }
        Confinement::SmallSpool(mebibytes) => {
            std::fs::create_dir_all(options.spool())?;
            let mount = format!("mount -t tmpfs -o size={mebibytes}m,mode=0700 tmpfs \"$1\"");
            command = unshare()?;
            command.args([
                "sh",
                "-c",
                &format!("{mount} && shift && exec \"$@\""),
                "sh",
            ]);
            command.arg(options.spool()).arg(&options.binary);
        }
    }
    command.arg("serve");
    Ok(command)
}

/// Whether [`Confinement::SmallSpool`] can be had here: containers often allow no mounts.
pub(crate) fn small_file_systems() -> bool {
    unshare().is_ok_and(|mut command| {
        let mounted = command
            .args(["sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"])
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success())
    })
}

/// `unshare`, for a view of the file systems of the server's own.
fn unshare() -> anyhow::Result<Command> {
    let root = rustix::process::geteuid().is_root();
    let flags = if root { "-m" } else { "-Urm" };
    let tried = Command::new("unshare")
        .args([flags, "true"])
        .stderr(Stdio::null())
        .status();
    ensure!(
        tried.is_ok_and(|status| status.success()),
        "a small file system needs root, or user namespaces for everybody (on Ubuntu: sysctl \
         kernel.apparmor_restrict_unprivileged_userns=0), and unshare of util-linux"
    );
    let mut command = Command::new("unshare");
    command.arg(flags);
    Ok(command)
}
