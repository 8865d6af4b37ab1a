//! The product, as a process of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::cli::Options;
use crate::population::{Population, write_keys};
use crate::scene::{Child, Database, Scene, free_address};

/// `ondo serve`, until it is dropped.
pub(crate) struct Ondo {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From its start until it said that it can take engagements.
    pub(crate) ready_after: Duration,
}

/// Limits that would measure themselves: one client plays thousands of people here.
const UNLIMITED: [&str; 3] = [
    "ONDO_RATE_PER_ADDRESS",
    "ONDO_RATE_PER_VISITOR",
    "ONDO_RATE_PER_TENANT",
];

impl Ondo {
    /// Starts it on a database and waits until it is ready.
    pub(crate) fn start(
        scene: &Scene,
        options: &Options,
        database: &Database,
    ) -> anyhow::Result<Self> {
        Self::start_with(scene, options, database, &[])
    }

    /// The same with more variables.
    pub(crate) fn start_with(
        scene: &Scene,
        options: &Options,
        database: &Database,
        also: &[(&str, String)],
    ) -> anyhow::Result<Self> {
        let data: PathBuf = scene.path().join(format!("ondo-{}", database.name()));
        std::fs::create_dir_all(&data)?;
        // What an earlier database of this name was: this one would seem to be restored from a
        // backup, and would send nothing.
        drop(std::fs::remove_file(data.join("starts")));
        let keys = data.join("keys.toml");
        write_keys(&keys)?;
        let address = free_address()?;
        let mut command = Command::new(options.ondo()?);
        command
            .arg("serve")
            .current_dir(&data)
            .env("ONDO_DATABASE_URL", database.url())
            .env("ONDO_DATA_DIR", &data)
            .env("ONDO_KEYS_FILE", &keys)
            .env("ONDO_PORT", address.port().to_string())
            .env("ONDO_LOG_LEVEL", "warn")
            .env("ONDO_TRUSTED_PROXIES", "127.0.0.1")
            .env("ONDO_INTAKE_WRITERS", options.writers.to_string());
        for name in UNLIMITED {
            command.env(name, "0");
        }
        command.envs(also.iter().map(|(name, value)| (name, value)));
        let begun = Instant::now();
        let mut child = Child::start(scene, "ondo", &mut command)?;
        child.wait_until("ondo serve", || is_ready(address))?;
        Ok(Self {
            child,
            address,
            ready_after: begun.elapsed(),
        })
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it said last.
    pub(crate) fn last_words(&self) -> String {
        self.child.last_words()
    }
}

/// A database in the product's form, filled; nobody is connected to it.
pub(crate) fn filled(
    scene: &Scene,
    options: &Options,
    population: &Population,
) -> anyhow::Result<Database> {
    let database = scene.database("filled")?;
    let mut ondo = Ondo::start(scene, options, &database)?;
    // The last of the tables whose partitions a start makes. Its stop waits for the rest of them.
    let month = chrono::Utc::now().format("y%Ym%m");
    let exists = format!("(to_regclass('send_logs_{month}') IS NOT NULL)::int");
    let made = || database.number(&exists).is_ok_and(|found| found == 1);
    ondo.child.wait_until("the tables", made)?;
    drop(ondo);
    population.fill(&database).context("the population")?;
    Ok(database)
}

/// Whether it says that it takes engagements. A version without `/readyz` is asked for `/healthz`.
fn is_ready(address: SocketAddr) -> bool {
    match status(address, "/readyz") {
        Some(404) => status(address, "/healthz") == Some(200),
        status => status == Some(200),
    }
}

/// The status of the answer to a plain GET, if there is one.
pub(crate) fn status(address: SocketAddr, path: &str) -> Option<u16> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).ok()?;
    let patience = Some(Duration::from_secs(2));
    stream.set_read_timeout(patience).ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).ok()?;
    std::str::from_utf8(&head[9..]).ok()?.parse().ok()
}
