//! Where a measurement takes place: a folder, a PostgreSQL server with the settings that a
//! production installation has, databases, and processes. All of it is gone at the end.

mod child;
mod database;
mod folder;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use anyhow::Context as _;
use private_postgres::{Options, PrivatePostgres, Programs};

pub(crate) use child::Child;
pub(crate) use database::Database;
use folder::Folder;

/// A folder with a durable private server.
pub(crate) struct Scene {
    // Dropped in this order: the server first, then the folder it lives in.
    postgres: PrivatePostgres,
    folder: Folder,
}

impl Scene {
    /// Starts the server: fsync and synchronous_commit are on, as at a customer's.
    pub(crate) fn open(pg_bin: Option<&Path>) -> anyhow::Result<Self> {
        let folder = Folder::make()?;
        let postgres = PrivatePostgres::start(Options {
            data_dir: folder.path().join("data"),
            programs: Programs::find(pg_bin)?,
            durable: true,
        })
        .context("the private PostgreSQL")?;
        let cluster = postgres.cluster_dir();
        anyhow::ensure!(
            cluster.starts_with(folder.path()),
            "the database is outside of the temporary folder, at {}; set TMPDIR to a folder that \
             every account can enter",
            cluster.display()
        );
        Ok(Self { postgres, folder })
    }

    /// Where files may go.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The address of a database, for libpq.
    fn url(&self, name: &str) -> String {
        self.postgres.connection_url_to(name)
    }

    /// The folder of the server's socket.
    pub(crate) fn socket_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("data/pg-socket")
    }

    /// The process under which all of the server's run.
    pub(crate) fn postmaster(&self) -> anyhow::Result<u32> {
        let path = self.postgres.cluster_dir().join("postmaster.pid");
        let text = std::fs::read_to_string(&path).context("postmaster.pid")?;
        let first = text.lines().next().unwrap_or_default();
        first.trim().parse().context("postmaster.pid")
    }

    /// Makes an empty database.
    pub(crate) fn database(&self, name: &str) -> anyhow::Result<Database> {
        self.maintain(&format!("CREATE DATABASE {name}"))?;
        Ok(Database::new(name, self.url(name)))
    }

    /// Makes a database with the content of another that nobody is connected to, and lets the
    /// server write everything out, so that every measurement begins in the same state.
    pub(crate) fn copy(&self, of: &Database, name: &str) -> anyhow::Result<Database> {
        let of = of.name();
        self.maintain(&format!(
            "CREATE DATABASE {name} TEMPLATE {of} STRATEGY file_copy"
        ))?;
        self.maintain("CHECKPOINT")?;
        Ok(Database::new(name, self.url(name)))
    }

    /// Removes a database, to save room.
    pub(crate) fn remove(&self, database: &Database) -> anyhow::Result<()> {
        self.maintain(&format!("DROP DATABASE {} WITH (FORCE)", database.name()))
    }

    /// The server's version.
    pub(crate) fn version(&self) -> anyhow::Result<String> {
        Database::new("postgres", self.url("postgres")).text("current_setting('server_version')")
    }

    fn maintain(&self, sql: &str) -> anyhow::Result<()> {
        Database::new("postgres", self.url("postgres")).execute(sql)
    }
}

/// An address on this machine that is free at the moment.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
