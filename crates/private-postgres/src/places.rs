//! Where the cluster, its socket, its log and its lock are.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::server_user::ServerUser;

/// Where clusters go whose data folder the server's account cannot enter.
pub(crate) const FALLBACK_ROOT: &str = "/var/lib/ondo";
/// `sun_path` holds 104 bytes on macOS and 108 on Linux, with its NUL and `/.s.PGSQL.5432`.
const LONGEST_SOCKET_FOLDER: usize = 103 - "/.s.PGSQL.5432".len();
const POINTER: &str = "pg.location";

/// The paths of one private server.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// The folder that holds the cluster: the data folder, or its stand-in.
    pub(crate) home: PathBuf,
    /// `PGDATA`.
    pub(crate) cluster: PathBuf,
    /// The folder of the unix socket.
    pub(crate) socket: PathBuf,
    /// What the server says.
    pub(crate) log: PathBuf,
    /// Held by the process that owns the server.
    pub(crate) lock: PathBuf,
    /// A short name that no other cluster of this machine has; the same at every start.
    pub(crate) name: String,
}

impl Places {
    /// The places for `data_dir`, which is made when it is absent, and the account that will run
    /// the server there.
    pub(crate) fn choose(
        data_dir: &Path,
        fallback_root: &Path,
    ) -> Result<(Self, ServerUser), Error> {
        fs::create_dir_all(data_dir).map_err(Error::io("make the folder", data_dir))?;
        let data_dir = fs::canonicalize(data_dir).map_err(Error::io("find", data_dir))?;
        let stand_in = stand_in(&data_dir);
        let home = stand_in.clone().unwrap_or_else(|| data_dir.clone());
        let user = ServerUser::choose(&home.join("pg"))?;
        if user.can_enter(&home) {
            return Ok((Self::under(&data_dir, home), user));
        }
        let cluster = home.join("pg");
        if stand_in.is_some() || cluster.exists() {
            let account = user.name();
            return Err(Error::Unreachable { cluster, account });
        }
        let home = make_stand_in(&data_dir, fallback_root, &user)?;
        let user = ServerUser::choose(&home.join("pg"))?;
        Ok((Self::under(&data_dir, home), user))
    }

    fn under(data_dir: &Path, home: PathBuf) -> Self {
        let cluster = home.join("pg");
        let name = format!("ondo-{:016x}", fingerprint(cluster.as_os_str().as_bytes()));
        let beside = home.join("pg-socket");
        let socket = if fits_a_socket(&beside) {
            beside
        } else {
            // Not the temporary folder of the environment: every process must find the same.
            Path::new("/tmp").join(&name)
        };
        Self {
            home,
            cluster,
            socket,
            log: data_dir.join("pg.log"),
            lock: data_dir.join("pg.lock"),
            name,
        }
    }

    /// Makes the socket's folder, or makes sure that the one there is ours alone: whoever owns it
    /// could put a server of theirs in place of ours.
    pub(crate) fn make_socket_folder(&self, user: &ServerUser) -> Result<(), Error> {
        let folder = &self.socket;
        match fs::DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => return user.give(folder),
            Err(there) if there.kind() == ErrorKind::AlreadyExists => {}
            Err(source) => return Err(Error::io("make the folder", folder)(source)),
        }
        let found = fs::symlink_metadata(folder).map_err(Error::io("look at", folder))?;
        let ours = found.uid() == user.uid() || found.uid() == rustix::process::geteuid().as_raw();
        if !found.is_dir() || !ours {
            return Err(Error::UnsafeSocketFolder {
                folder: folder.clone(),
                found: format!("mode {:o}, owner uid {}", found.mode(), found.uid()),
            });
        }
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
            .map_err(Error::io("close to others", folder))?;
        user.give(folder)
    }
}

/// Where the pointer file in `data_dir` says that the cluster is.
fn stand_in(data_dir: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(data_dir.join(POINTER)).ok()?;
    // A line without its end is one whose writing was cut short.
    text.split_once('\n').map(|(path, _)| PathBuf::from(path))
}

fn make_stand_in(data_dir: &Path, root: &Path, user: &ServerUser) -> Result<PathBuf, Error> {
    let home = root.join(format!(
        "{:016x}",
        fingerprint(data_dir.as_os_str().as_bytes())
    ));
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o711)
        .create(&home)
        .map_err(Error::io("make the folder", &home))?;
    if !user.can_enter(&home) {
        let (cluster, account) = (home.join("pg"), user.name());
        return Err(Error::Unreachable { cluster, account });
    }
    let pointer = data_dir.join(POINTER);
    let text = format!(
        "{}\n# The database files are in the folder above, because the account `{}` that runs\n\
         # PostgreSQL cannot enter {}. Back up both. Moved it? Change the first line.\n",
        home.display(),
        user.name(),
        data_dir.display(),
    );
    fs::write(&pointer, text).map_err(Error::io("write", &pointer))?;
    tracing::warn!(data_dir = %data_dir.display(), cluster = %home.display(),
        "the data folder is closed to the server's account: the database files go elsewhere");
    Ok(home)
}

/// libpq and `unix_socket_directories` both read commas, quotes and backslashes as syntax.
fn fits_a_socket(folder: &Path) -> bool {
    let bytes = folder.as_os_str().as_bytes();
    bytes.len() <= LONGEST_SOCKET_FOLDER
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(b))
}

/// FNV-1a, 64 bits: the standard library's hashes may change between releases, and these names
/// must not.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_fnv_1a() {
        // Test vectors of the FNV reference (Noll).
        assert_eq!(fingerprint(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fingerprint(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_socket_stays_beside_the_cluster_unless_its_path_is_long_or_odd() {
        let beside = |home: &str| Places::under(Path::new(home), home.into()).socket;
        assert_eq!(beside("/srv/ondo"), Path::new("/srv/ondo/pg-socket"));
        for home in [
            format!("/{}", "x".repeat(90)),
            "/srv/温度".into(),
            "/a,b".into(),
        ] {
            let socket = beside(&home);
            assert!(socket.starts_with("/tmp"), "{}", socket.display());
            assert_eq!(socket, beside(&home), "stable over starts");
        }
        assert_ne!(beside("/a,b"), beside("/a,c"));
    }

    #[test]
    fn a_socket_folder_that_is_a_link_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::under(home.path(), home.path().to_owned());
        std::os::unix::fs::symlink("/", &places.socket).unwrap();
        let refused = places.make_socket_folder(&ServerUser::Ourselves);
        assert!(matches!(refused, Err(Error::UnsafeSocketFolder { .. })));
    }

    #[test]
    fn only_a_server_that_is_not_us_is_kept_out_by_a_closed_folder() {
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let closed = root.path().join("closed");
        fs::DirBuilder::new().mode(0o700).create(&closed).unwrap();
        let (data_dir, fallback) = (closed.join("data"), root.path().join("fallback"));

        let (places, user) = Places::choose(&data_dir, &fallback).unwrap();

        let data_dir = fs::canonicalize(&data_dir).unwrap();
        let elsewhere = user != ServerUser::Ourselves;
        assert_eq!(elsewhere, rustix::process::geteuid().is_root());
        assert_eq!(places.home.starts_with(&fallback), elsewhere);
        assert_eq!(stand_in(&data_dir), elsewhere.then(|| places.home.clone()));
        let (again, _) = Places::choose(&data_dir, Path::new("/nowhere")).unwrap();
        assert_eq!(again.home, places.home, "the pointer decides from then on");
    }

    #[test]
    fn a_cluster_that_became_unreachable_is_not_replaced_by_an_empty_one() {
        if !rustix::process::geteuid().is_root() {
            // An ordinary user runs the server as itself: nothing can be unreachable only to it.
            return;
        }
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let data_dir = root.path().join("data");
        fs::create_dir_all(data_dir.join("pg")).unwrap();
        let refused = Places::choose(&data_dir, &root.path().join("fallback"));
        assert!(matches!(refused, Err(Error::Unreachable { .. })));
    }
}
