//! What a process was started as.
//!
//! Read from the command line, which everybody may see: the rest of `/proc/<pid>` is closed even
//! to root in containers without `CAP_SYS_PTRACE`.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

use rustix::process::Pid;

/// The command line of a running process; empty for one that ended and was not reaped.
#[derive(Debug)]
pub(crate) struct CommandLine(Vec<u8>);

impl CommandLine {
    /// Whether `path` is one of the arguments.
    pub(crate) fn has_argument(&self, path: &Path) -> bool {
        let wanted = path.as_os_str().as_bytes();
        // `ps` joins the arguments by spaces, /proc by NULs.
        self.0.split(|b| *b == 0).any(|one| one == wanted)
            || self
                .0
                .windows(wanted.len() + 1)
                .any(|part| part[0] == b' ' && &part[1..] == wanted && !cfg!(target_os = "linux"))
    }
}

/// The command line of `pid`, where that can be found out.
pub(crate) fn of(pid: Pid) -> Option<CommandLine> {
    let pid = pid.as_raw_nonzero().to_string();
    if cfg!(target_os = "linux") {
        return fs::read(format!("/proc/{pid}/cmdline"))
            .ok()
            .map(CommandLine);
    }
    let answer = Command::new("ps")
        .args(["-ww", "-o", "command=", "-p", &pid])
        .output()
        .ok()?;
    answer
        .status
        .success()
        .then_some(CommandLine(answer.stdout))
}

/// The processes whose title starts with `title` (Linux; elsewhere none is found).
pub(crate) fn with_title(title: &str) -> Vec<Pid> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(Pid::from_raw)
        .filter(|pid| of(*pid).is_some_and(|line| line.0.starts_with(title.as_bytes())))
        .collect()
}
