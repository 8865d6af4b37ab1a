//! The private server as its users see it.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cluster::{Cluster, OWNER};
use crate::ephemeral::EphemeralFolder;
use crate::error::Error;
use crate::places::{FALLBACK_ROOT, Places};
use crate::postmaster::StopMode;
use crate::programs::Programs;
use crate::supervisor::Supervisor;

const DATABASE: &str = "ondo";

/// What server to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Ondo's data folder; made when it is absent. The cluster goes into `pg/` in it. Where that
    /// path is too long or too odd for a socket, the socket goes into a private folder in `/tmp`.
    /// Where the server's account cannot enter it (as root, under a closed folder), the cluster
    /// goes to `/var/lib/ondo/<name>`, and `pg.location` in the data folder says so.
    pub data_dir: PathBuf,
    /// The installations to choose from.
    pub programs: Programs,
    /// `true`: what is committed survives a crash of the machine. `false`: only for data that can
    /// be made again, since a crash of the machine may ruin the whole cluster.
    pub durable: bool,
}

/// A PostgreSQL server that runs at least as long as this value.
///
/// A thread of its own starts the server again whenever it ends. Dropping the value stops the
/// server (fast, then harder), unless another process owns it.
#[derive(Debug)]
pub struct PrivatePostgres {
    cluster: Arc<Cluster>,
    // Dropped in this order: the server first, then the folder it lives in.
    _supervisor: Supervisor,
    _ephemeral: Option<EphemeralFolder>,
}

impl PrivatePostgres {
    /// Runs the server of `options.data_dir`, or joins it if another process runs it already. It
    /// takes connections when this returns. Waits up to 60 s, for a crash recovery.
    ///
    /// # Errors
    /// When the server cannot be made or started; see [`Error`].
    pub fn start(options: Options) -> Result<Self, Error> {
        let (places, user) = Places::choose(&options.data_dir, Path::new(FALLBACK_ROOT))?;
        let cluster = Arc::new(Cluster {
            places,
            user,
            programs: options.programs,
            database: Some(DATABASE),
            durable: options.durable,
        });
        Ok(Self {
            _supervisor: Supervisor::start(Arc::clone(&cluster), StopMode::Fast)?,
            cluster,
            _ephemeral: None,
        })
    }

    /// Runs a server for tests, in a temporary folder. Server and folder vanish with this value,
    /// or with the process, even if that is killed. Its only database is `postgres`.
    ///
    /// # Errors
    /// When the server cannot be made or started; see [`Error`].
    pub fn ephemeral(programs: Programs) -> Result<Self, Error> {
        let folder = EphemeralFolder::make()?;
        let (places, user) = Places::choose(folder.path(), Path::new(FALLBACK_ROOT))?;
        let cluster = Arc::new(Cluster {
            places,
            user,
            programs,
            database: None,
            durable: false,
        });
        Ok(Self {
            _supervisor: Supervisor::start(Arc::clone(&cluster), StopMode::Immediate)?,
            cluster,
            _ephemeral: Some(folder),
        })
    }

    /// The libpq URL of Ondo's database, as the superuser who owns the cluster.
    #[must_use]
    pub fn connection_url(&self) -> String {
        self.connection_url_to(self.cluster.database.unwrap_or("postgres"))
    }

    /// The libpq URL of another database of this server, as the superuser who owns the cluster.
    /// `postgres` always exists.
    #[must_use]
    pub fn connection_url_to(&self, database: &str) -> String {
        let socket = percent_encoded(self.cluster.places.socket.as_os_str().as_bytes());
        let database = percent_encoded(database.as_bytes());
        // The port is named because PGPORT in the environment would change the default.
        format!("postgres://{OWNER}@{socket}:5432/{database}")
    }

    /// The cluster's folder (`PGDATA`).
    #[must_use]
    pub fn cluster_dir(&self) -> &Path {
        &self.cluster.places.cluster
    }

    /// Stops the server, unless another process owns it. The same as dropping the value.
    pub fn stop(self) {}
}

/// RFC 3986, section 2.3: everything but the unreserved characters as `%XX`.
fn percent_encoded(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_folder_becomes_the_host_of_a_url() {
        assert_eq!(percent_encoded(b"/srv/a-b_c.d~"), "%2Fsrv%2Fa-b_c.d~");
        assert_eq!(percent_encoded("温 度".as_bytes()), "%E6%B8%A9%20%E5%BA%A6");
    }
}
