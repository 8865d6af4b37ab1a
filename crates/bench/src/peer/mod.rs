//! The peer: what a team would otherwise write (`peers/fastapi`), on a database of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};

use crate::load::PEER_SECRET;
use crate::ondo::status;
use crate::population::Population;
use crate::scene::{Child, Database, Scene, free_address};

/// Its sources: where this program was built.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/fastapi");
const WORKERS: &str = "2";

const LEADS: &str = "
    INSERT INTO leads (id, email, name, tracking_id)
    SELECT lead, format('lead%s@school.example', n), format('Lead %s', n), tid
    FROM UNNEST($1, $2) WITH ORDINALITY AS new (lead, tid, n)
    ORDER BY lead";

/// An installed peer with a filled database.
pub(crate) struct Peer {
    python: PathBuf,
    database: Database,
}

/// The running peer.
pub(crate) struct RunningPeer {
    _child: Child,
    pub(crate) address: SocketAddr,
}

impl Peer {
    /// Installs it below the scene, and writes the leads into its database.
    pub(crate) fn set_up(scene: &Scene, population: &Population) -> anyhow::Result<Self> {
        let environment = scene.path().join("peer");
        let setup = Path::new(SOURCES).join("setup.sh");
        run(Command::new(&setup).arg(&environment))?;
        let peer = Self {
            python: environment.join("bin/python"),
            database: scene.database("peer")?,
        };
        run(peer.command(scene).args(["-m", "tracker.create"]))?;
        let texts = |text: fn(&crate::population::Person) -> String| -> Vec<String> {
            population.people.iter().map(text).collect()
        };
        diesel::sql_query(LEADS)
            .bind::<Array<Text>, _>(texts(|person| person.lead.to_string()))
            .bind::<Array<Text>, _>(texts(|person| person.tid.to_string()))
            .execute(&mut peer.database.connect()?)
            .context("the peer's leads")?;
        peer.database.execute("VACUUM ANALYZE")?;
        Ok(peer)
    }

    /// Its database.
    pub(crate) const fn database(&self) -> &Database {
        &self.database
    }

    /// Starts its workers.
    pub(crate) fn start(&self, scene: &Scene) -> anyhow::Result<RunningPeer> {
        let address = free_address()?;
        let mut command = self.command(scene);
        command
            .args(["-m", "uvicorn", "tracker.main:app", "--workers", WORKERS])
            .args(["--loop", "uvloop", "--http", "httptools"])
            .args(["--no-access-log", "--log-level", "warning"])
            .args(["--timeout-keep-alive", "75", "--host", "127.0.0.1"])
            .args(["--port", &address.port().to_string()]);
        let mut child = Child::start(scene, "peer", &mut command)?;
        child.wait_until("the peer", || status(address, "/healthz") == Some(200))?;
        Ok(RunningPeer {
            _child: child,
            address,
        })
    }

    fn command(&self, scene: &Scene) -> Command {
        let url = format!(
            "postgresql+asyncpg://ondo_owner@/{}?host={}&port=5432",
            self.database.name(),
            scene.socket_folder().display()
        );
        let mut command = Command::new(&self.python);
        command
            .current_dir(scene.path())
            .env("PYTHONPATH", SOURCES)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("TOKEN_SECRET", PEER_SECRET)
            .env("DATABASE_URL", url);
        command
    }
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {program}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{program} failed ({}): {}", output.status, said.trim());
    }
    Ok(())
}
