//! Everything that all rows share: a folder, a PostgreSQL, and a database to copy from.

mod fixtures;
mod folder;
mod metrics;
mod people;
mod postgres;
mod scene;
mod server;

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use tokio::runtime::Runtime;

pub(crate) use folder::Folder;
pub(crate) use people::{ORIGIN, People, Person};
pub(crate) use postgres::{Postgres, awaken, url};
pub(crate) use scene::Scene;
pub(crate) use server::{Confinement, Server, ServerOptions, free_port, small_file_systems};

use crate::plan::Plan;

/// The database with the fixtures, which nobody is connected to.
const TEMPLATE: &str = "faults_template";

/// What all rows share.
pub(crate) struct World {
    /// How much of everything.
    pub(crate) plan: Plan,
    /// The server under test.
    pub(crate) binary: PathBuf,
    /// Who is in the database, and what they may send.
    pub(crate) people: Arc<People>,
    /// The keys that server and load client share.
    pub(crate) keys_file: PathBuf,
    /// Where load client and proxies run.
    pub(crate) runtime: Runtime,
    pub(crate) postgres: Postgres,
    // Last: its watchdog takes away whatever is left.
    pub(crate) folder: Folder,
}

impl World {
    /// Starts a PostgreSQL and fills the database that each row gets a copy of.
    pub(crate) fn build(binary: PathBuf, plan: Plan) -> anyhow::Result<Self> {
        let folder = Folder::make()?;
        let postgres = Postgres::start(folder.path())?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let people = People::new(plan.length(1_000, 5_000), plan.chance("people"))?;
        let keys_file = folder.path().join("keys.toml");
        people.write_keys(&keys_file)?;
        postgres.create(TEMPLATE, None)?;
        let world = Self {
            plan,
            binary,
            people: Arc::new(people),
            keys_file,
            runtime,
            postgres,
            folder,
        };
        world.migrate()?;
        fixtures::fill(&mut world.postgres.owner(TEMPLATE)?, &world.people)?;
        Ok(world)
    }

    fn migrate(&self) -> anyhow::Result<()> {
        let done = Command::new(&self.binary)
            .arg("migrate")
            .env_clear()
            .current_dir(self.folder.path())
            .env("ONDO_DATABASE_URL", self.postgres.url(TEMPLATE))
            .env("ONDO_DATA_DIR", self.folder.path().join("migrating"))
            .env("ONDO_KEYS_FILE", &self.keys_file)
            .output()
            .context("ondo migrate")?;
        let said = String::from_utf8_lossy(&done.stderr);
        ensure!(done.status.success(), "ondo migrate: {said}");
        Ok(())
    }

    /// Makes a database for one row.
    pub(crate) fn new_database(&self, name: &str) -> anyhow::Result<()> {
        self.postgres.create(name, Some(TEMPLATE))
    }
}
