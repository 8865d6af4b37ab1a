//! A folder that is gone when its process is gone, with the server in it.

use std::env;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::Error;
use crate::server_user::ServerUser;

/// Reads until its standard input closes, which the system does for us even when we are killed.
const WATCHDOG: &str = r#"
cat >/dev/null
file=$1/pg/postmaster.pid
if pid=$(head -n 1 "$file"); then
    kill -QUIT "$pid"
    tries=0
    while [ -e "$file" ] && [ "$tries" -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
    [ -e "$file" ] && kill -KILL "$pid"
fi
rm -rf -- "$1"
"#;

/// A folder under the system's temporary one. A watchdog outside our process group removes it,
/// after stopping the server in it, as soon as this value or the whole process is gone.
#[derive(Debug)]
pub(crate) struct EphemeralFolder {
    path: PathBuf,
    watchdog: Child,
}

impl EphemeralFolder {
    pub(crate) fn make() -> Result<Self, Error> {
        let path = unused_path()?;
        let watchdog = Command::new("/bin/sh")
            .args(["-c", WATCHDOG, "ondo-watchdog"])
            .arg(&path)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(Error::io("watch over", &path))?;
        // Only now: nothing is ever there without its watchdog.
        make_folder(&path)?;
        Ok(Self { path, watchdog })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for EphemeralFolder {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        if let Err(error) = self.watchdog.wait() {
            tracing::warn!(%error, folder = %self.path.display(), "may be left behind");
        }
    }
}

fn unused_path() -> Result<PathBuf, Error> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let name = format!(
        "ondo-{}-{}-{:x}",
        process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed),
        since_1970.unwrap_or_default().as_nanos(),
    );
    let ours = env::temp_dir();
    let enterable = ServerUser::choose(&ours.join(&name))?.can_enter(&ours);
    let parent = if enterable {
        ours
    } else {
        PathBuf::from("/tmp")
    };
    Ok(parent.join(name))
}

fn make_folder(path: &Path) -> Result<(), Error> {
    let made = fs::DirBuilder::new().mode(0o700).create(path);
    made.map_err(Error::io("make the folder", path))?;
    // The server's account must pass through, whatever our umask.
    fs::set_permissions(path, fs::Permissions::from_mode(0o711))
        .map_err(Error::io("open to the server's account", path))
}
