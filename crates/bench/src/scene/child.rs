//! Processes that a measurement starts, and that end with it.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::Scene;
use super::folder::PROCESSES;

const PATIENCE: Duration = Duration::from_secs(20);

/// A process; stopped when it is dropped.
pub(crate) struct Child {
    process: process::Child,
    log: PathBuf,
    /// Names the process to the watchdog.
    mark: PathBuf,
}

impl Child {
    /// Starts it, with what it says in the file `<name>.log` of the scene.
    pub(crate) fn start(scene: &Scene, name: &str, command: &mut Command) -> anyhow::Result<Self> {
        let log = scene.path().join(format!("{name}.log"));
        let output = File::create(&log)?;
        let process = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            // Ctrl-C at the terminal is for the harness alone, which then ends it.
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let mark = scene.path().join(PROCESSES).join(process.id().to_string());
        fs::write(&mark, name)?;
        Ok(Self { process, log, mark })
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Calls `is_ready` until it says so.
    pub(crate) fn wait_until(
        &mut self,
        what: &str,
        mut is_ready: impl FnMut() -> bool,
    ) -> anyhow::Result<()> {
        let begun = Instant::now();
        while !is_ready() {
            if let Some(status) = self.process.try_wait()? {
                bail!("{what}: ended with {status}\n{}", tail(&self.log));
            }
            if begun.elapsed() > PATIENCE {
                bail!("{what}: not ready in {PATIENCE:?}\n{}", tail(&self.log));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// What it said last.
    pub(crate) fn last_words(&self) -> String {
        tail(&self.log)
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.process.id()).ok();
        if let Some(pid) = id.and_then(Pid::from_raw) {
            // Only fails where it has ended already.
            let _ = kill_process(pid, signal);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        let begun = Instant::now();
        while let Ok(None) = self.process.try_wait() {
            if begun.elapsed() > PATIENCE {
                self.signal(Signal::KILL);
            }
            thread::sleep(Duration::from_millis(10));
        }
        drop(fs::remove_file(&self.mark));
    }
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
