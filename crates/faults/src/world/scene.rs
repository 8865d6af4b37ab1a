//! One row's server, database and load.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::BigInt};

use super::metrics;
use super::{Confinement, Server, ServerOptions, World, free_port, postgres};
use crate::checker::{self, Finding};
use crate::load::Load;
use crate::proxy::Proxy;

/// How long a spool may take to drain.
const DRAIN_PATIENCE: Duration = Duration::from_secs(120);
/// The server's setting `click_deadline_ms`.
const CLICK_DEADLINE: Duration = Duration::from_millis(40);
/// The first page view of a server that is ready.
const FIRST_PATIENCE: Duration = Duration::from_secs(15);
/// Nothing arrives any more when nothing came for so long.
const QUIET: Duration = Duration::from_secs(2);

/// A server on a database of its own, behind a proxy, under load.
pub(crate) struct Scene<'w> {
    pub(crate) world: &'w World,
    pub(crate) database: String,
    pub(crate) proxy: Proxy,
    pub(crate) server: Server,
    pub(crate) load: Load,
    /// Losses that servers counted before they were ended.
    counted_before: f64,
    /// From when on a visitor may have been let go before anything was known of the record.
    deadline: Duration,
}

impl<'w> Scene<'w> {
    /// Starts a server and puts it under load, of so many engagements a second.
    pub(crate) fn open(world: &'w World, name: &str, rate: u32) -> anyhow::Result<Self> {
        Self::confined(world, name, rate, Confinement::None, Vec::new())
    }

    /// The same with limits and more settings.
    pub(crate) fn confined(
        world: &'w World,
        name: &str,
        rate: u32,
        confinement: Confinement,
        also: Vec<(&'static str, String)>,
    ) -> anyhow::Result<Self> {
        world.new_database(name)?;
        let folder = world.folder.path().join(name);
        std::fs::create_dir(&folder)?;
        let proxy = Proxy::open(
            world.runtime.handle(),
            &folder.join("proxy"),
            &world.postgres.socket(),
            world.plan.chance(name),
        )?;
        let options = ServerOptions {
            binary: world.binary.clone(),
            data_dir: folder.join("data"),
            keys_file: world.keys_file.clone(),
            database_url: postgres::url(proxy.folder(), name),
            port: free_port()?,
            metrics_port: free_port()?,
            confinement,
            also,
        };
        let mut server = Server::start(options, &world.folder)?;
        server.wait_until_ready()?;
        let load = Load::start(
            world.runtime.handle(),
            &world.people,
            server.options.port,
            rate,
            &folder.join("journal"),
            world.plan.chance(name),
        )?;
        let scene = Self {
            world,
            database: name.to_owned(),
            proxy,
            server,
            load,
            counted_before: 0.0,
            deadline: Duration::MAX,
        };
        let works = scene.load.recovery(Instant::now(), FIRST_PATIENCE);
        let words = || scene.server.options.last_words();
        works
            .with_context(|| format!("no page view was ever kept; the server said: {}", words()))?;
        Ok(scene)
    }

    /// A folder of this row.
    pub(crate) fn folder(&self) -> PathBuf {
        self.world.folder.path().join(&self.database)
    }

    /// Kills the server and starts it again at once.
    pub(crate) fn kill_and_restart(&mut self) -> anyhow::Result<()> {
        self.counted_before += self.counted_now();
        // Whoever was let go had no promise, and a kill takes the count of them along.
        self.deadline = CLICK_DEADLINE;
        self.server.kill()?;
        self.server = Server::start(self.server.options.clone(), &self.world.folder)?;
        Ok(())
    }

    /// What the server counted as lost since its start.
    fn counted_now(&self) -> f64 {
        let read = metrics::read(self.server.options.metrics_port);
        read.map_or(0.0, |metrics| metrics.get("ondo_engagements_lost_total"))
    }

    /// One of the server's figures; none where it does not answer just now.
    pub(crate) fn metric(&self, name: &str) -> Option<f64> {
        metrics::read(self.server.options.metrics_port).map(|metrics| metrics.get(name))
    }

    /// Whether nothing waits, in queue and spool. A server that does not answer may keep anything.
    fn is_empty(&self) -> bool {
        metrics::read(self.server.options.metrics_port).is_some_and(|metrics| {
            metrics.get("ondo_spool_bytes") + metrics.get("ondo_intake_queue_engagements") <= 0.0
        })
    }

    /// Engagements in the database.
    pub(crate) fn stored(&self) -> anyhow::Result<i64> {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        let mut owner = self.world.postgres.owner(&self.database)?;
        let counted: Count =
            sql_query("SELECT count(*) AS count FROM engagement_events").get_result(&mut owner)?;
        Ok(counted.count)
    }

    /// Ends the load, waits until everything that is kept is in the database, stops the server and
    /// compares.
    pub(crate) fn close(mut self) -> anyhow::Result<Finding> {
        let sent = self.load.finish()?;
        let drained = self.drain()?;
        let counted = self.counted_before + self.counted_now();
        let ended = self.server.end(Duration::from_secs(30));
        let words = self.server.options.last_words();
        let mut owner = self.world.postgres.owner(&self.database)?;
        let mut finding = checker::compare(&mut owner, &sent, counted, self.deadline)?;
        if let Err(error) = ended {
            finding.problems.push(error.to_string());
        }
        if !drained {
            let seconds = DRAIN_PATIENCE.as_secs();
            finding
                .problems
                .push(format!("the spool did not drain in {seconds} s"));
        }
        if !finding.violations().is_empty() {
            crate::report::say(format_args!(
                "the server of {} said: {words}",
                self.database
            ));
        }
        drop(owner);
        self.world.postgres.drop_database(&self.database)?;
        Ok(finding)
    }

    /// Whether the spool empties in time, with the load going on.
    pub(crate) fn spool_empties(&self) -> bool {
        let deadline = Instant::now() + DRAIN_PATIENCE;
        while self
            .metric("ondo_spool_bytes")
            .is_none_or(|bytes| bytes > 0.0)
        {
            if Instant::now() > deadline {
                return false;
            }
            thread::sleep(Duration::from_millis(100));
        }
        true
    }

    /// Whether all that is kept came into the database in time, after the end of the load.
    fn drain(&self) -> anyhow::Result<bool> {
        let deadline = Instant::now() + DRAIN_PATIENCE;
        let (mut count, mut since) = (self.stored()?, Instant::now());
        loop {
            thread::sleep(Duration::from_millis(200));
            let now = self.stored()?;
            if now != count {
                (count, since) = (now, Instant::now());
            }
            if self.is_empty() && since.elapsed() >= QUIET {
                return Ok(true);
            }
            if Instant::now() > deadline {
                return Ok(false);
            }
        }
    }
}
