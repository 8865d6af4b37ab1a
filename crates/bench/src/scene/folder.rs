//! A temporary folder that is gone when its process is gone, with the processes that belong to it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;
use tempfile::TempDir;

/// Processes that end with the folder: one file each, named by the process.
pub(super) const PROCESSES: &str = "processes";

/// Reads until its standard input closes, which the system does for us even when we are killed.
const WATCHDOG: &str = r#"
cat >/dev/null
for file in "$1"/processes/*; do
    [ -e "$file" ] && kill -TERM "${file##*/}"
done
file=$1/data/pg/postmaster.pid
if [ -e "$file" ]; then
    pid=$(head -n 1 "$file")
    kill -QUIT "$pid"
    tries=0
    while [ -e "$file" ] && [ "$tries" -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
fi
rm -rf -- "$1"
"#;

/// Below the system's temporary folder, with a watchdog outside our process group that removes it.
pub(super) struct Folder {
    folder: TempDir,
    watchdog: Child,
}

impl Folder {
    pub(super) fn make() -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("ondo-bench-").context("a temporary folder")?;
        // The database server's account passes through when we are root.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o711))?;
        fs::create_dir(folder.path().join(PROCESSES))?;
        let watchdog = Command::new("/bin/sh")
            .args(["-c", WATCHDOG, "ondo-bench-watchdog"])
            .arg(folder.path())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("the watchdog of the temporary folder")?;
        Ok(Self { folder, watchdog })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        // Removed here once more in any case, by the folder itself.
        drop(self.watchdog.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_and_what_is_in_it_are_gone_at_the_end() {
        let folder = Folder::make().unwrap();
        let path = folder.path().to_owned();
        fs::write(path.join("file"), "x").unwrap();
        drop(folder);
        assert!(!path.exists());
    }
}
