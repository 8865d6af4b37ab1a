//! A folder that is gone when the campaign is gone, with every process that was started from it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

/// Reads until its standard input closes, which the system does for us even when we are killed.
/// It ends only the processes that are listed by id, then the database of this folder.
const WATCHDOG: &str = r#"
cat >/dev/null
for entry in "$1"/pids/*; do
    [ -e "$entry" ] || continue
    kill -CONT "${entry##*/}" 2>/dev/null
    kill -KILL "${entry##*/}" 2>/dev/null
done
file=$1/db/pg/postmaster.pid
if [ -e "$file" ]; then
    pid=$(head -n 1 "$file")
    kill -CONT "$pid"
    kill -QUIT "$pid"
    tries=0
    while [ -e "$file" ] && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
fi
rm -rf -- "$1"
"#;

/// A folder under the system's temporary one.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    watchdog: Child,
}

impl Folder {
    pub(crate) fn make() -> anyhow::Result<Self> {
        let path = tempfile::Builder::new()
            .prefix("ondo-faults-")
            .tempdir()?
            .keep();
        let watchdog = Command::new("/bin/sh")
            .args(["-c", WATCHDOG, "faults-watchdog"])
            .arg(&path)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("the watchdog")?;
        // PostgreSQL's account must pass through.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o711))?;
        fs::create_dir(path.join("pids"))?;
        Ok(Self { path, watchdog })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Lists a process for the watchdog until the value is dropped, after the process was reaped.
    pub(crate) fn guard(&self, pid: u32) -> anyhow::Result<Guard> {
        let entry = self.path.join("pids").join(pid.to_string());
        fs::write(&entry, "")?;
        Ok(Guard(entry))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        drop(self.watchdog.wait());
    }
}

/// A process that the watchdog would end.
#[derive(Debug)]
pub(crate) struct Guard(PathBuf);

impl Drop for Guard {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}
