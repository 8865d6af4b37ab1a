//! Sending under faults: servers that send, a provider that misbehaves, and the comparison.

mod api;
mod checker;
mod fixtures;
mod reports;

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use diesel::connection::SimpleConnection as _;
use diesel::{PgConnection, RunQueryDsl as _, sql_query};
use fake_provider::{Protocol, Provider};
use uuid::Uuid;

pub(crate) use checker::Tally;
use fixtures::Access;

use crate::proxy::Proxy;
use crate::world::{Confinement, Server, ServerOptions, World, free_port, url};

/// A provider's answer takes no longer; then nobody knows.
const ANSWER_SECONDS: u64 = 2;
const POLL: Duration = Duration::from_millis(20);
/// How long what waits may take in the end.
const REST_PATIENCE: Duration = Duration::from_secs(120);

const FALSIFY: &str = "
    UPDATE send_logs SET state = 'queued', next_attempt_at = now(), accepted_at = NULL
    WHERE id = (SELECT send_logs.id FROM send_logs JOIN broadcasts USING (tenant_id)
                WHERE send_logs.broadcast_id = broadcasts.id AND state = 'accepted' LIMIT 1);
    UPDATE send_logs SET state = 'accepted', accepted_at = now()
    WHERE id = (SELECT id FROM send_logs WHERE state = 'unknown' LIMIT 1);
    UPDATE broadcasts SET status = 'sending', finished_at = NULL";

/// Servers that send through a provider of ours, on a database of their own.
pub(crate) struct Mailing<'w> {
    pub(crate) world: &'w World,
    pub(crate) proxy: Proxy,
    pub(crate) provider: Provider,
    pub(crate) servers: Vec<Server>,
    owner: PgConnection,
    access: Access,
    broadcasts: u64,
    name: &'static str,
}

impl<'w> Mailing<'w> {
    /// Starts `servers` servers.
    pub(crate) fn open(
        world: &'w World,
        name: &'static str,
        servers: usize,
        hourly_limit: Option<u32>,
    ) -> anyhow::Result<Self> {
        world.new_database(name)?;
        let folder = world.folder.path().join(name);
        std::fs::create_dir(&folder)?;
        let mut owner = world.postgres.owner(name)?;
        let access = fixtures::fill(&mut owner, &world.people, hourly_limit)?;
        let proxy = Proxy::open(
            world.runtime.handle(),
            &folder.join("proxy"),
            &world.postgres.socket(),
            world.plan.chance(name),
        )?;
        let provider = Provider::start(Protocol::SendGrid, world.plan.seed)?;
        let mut mailing = Self {
            world,
            proxy,
            provider,
            servers: Vec::new(),
            owner,
            access,
            broadcasts: 0,
            name,
        };
        for number in 0..servers {
            let options = mailing.options(number)?;
            mailing.servers.push(Server::start(options, &world.folder)?);
        }
        for server in &mut mailing.servers {
            server.wait_until_ready()?;
        }
        Ok(mailing)
    }

    fn options(&self, number: usize) -> anyhow::Result<ServerOptions> {
        let folder = self.world.folder.path().join(self.name);
        Ok(ServerOptions {
            binary: self.world.binary.clone(),
            data_dir: folder.join(format!("data-{number}")),
            keys_file: self.world.keys_file.clone(),
            database_url: url(self.proxy.folder(), self.name),
            port: free_port()?,
            metrics_port: free_port()?,
            confinement: Confinement::None,
            also: vec![
                (
                    "ONDO_SENDGRID_URL",
                    format!("http://{}", self.provider.address()),
                ),
                ("ONDO_MAIL_TIMEOUT_SECONDS", ANSWER_SECONDS.to_string()),
            ],
        })
    }

    /// Starts a broadcast to everybody.
    pub(crate) fn broadcast(&mut self) -> anyhow::Result<()> {
        self.broadcasts += 1;
        let name = format!("{} {}", self.name, self.broadcasts);
        let port = self.servers[0].options.port;
        api::start_broadcast(port, &self.access, &name)?;
        Ok(())
    }

    /// Sends that wait for something.
    pub(crate) fn open_sends(&mut self) -> anyhow::Result<u64> {
        let states = "'queued', 'claimed', 'dispatching', 'retry_wait'";
        let sends = checker::count(&mut self.owner, states)?;
        let prepared = checker::count(
            &mut self.owner,
            "'accepted', 'failed', 'skipped', 'unknown', 'delivered'",
        )?;
        let missing =
            (self.expected() + self.world.people.all.len() as u64).saturating_sub(sends + prepared);
        Ok(sends + missing)
    }

    /// Sends that a worker may have handed over just now.
    pub(crate) fn in_flight(&mut self) -> anyhow::Result<u64> {
        Ok(checker::count(&mut self.owner, "'dispatching'")?)
    }

    /// Kills the first server.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        self.servers[0].kill()
    }

    /// Starts the first server again, and waits until it takes requests.
    pub(crate) fn restart(&mut self) -> anyhow::Result<()> {
        let options = self.servers[0].options.clone();
        self.servers[0] = Server::start(options, &self.world.folder)?;
        self.servers[0].wait_until_ready()
    }

    /// Lets the leases of a server that is dead run out now instead of in ten minutes. Only while
    /// no server runs: the leases of the living must be honoured.
    pub(crate) fn let_leases_end(&mut self) -> anyhow::Result<()> {
        self.owner.batch_execute(
            "UPDATE send_logs SET lease_until = now() WHERE lease_until IS NOT NULL",
        )?;
        Ok(())
    }

    /// Everything that waits for another try is due now.
    pub(crate) fn hurry(&mut self) -> anyhow::Result<u64> {
        let due = "UPDATE send_logs SET next_attempt_at = now()
                   WHERE state = 'retry_wait' AND next_attempt_at > now()";
        Ok(sql_query(due).execute(&mut self.owner)? as u64)
    }

    /// Lets so many minutes pass for the log: everything in it happened that much earlier, and is
    /// due that much sooner.
    pub(crate) fn pass(&mut self, minutes: u32) -> anyhow::Result<()> {
        let columns = [
            "accepted_at",
            "delivered_at",
            "updated_at",
            "next_attempt_at",
            "lease_until",
        ];
        let earlier = columns.map(|it| format!("{it} = {it} - interval '{minutes} minutes'"));
        let sql = format!(
            "UPDATE send_logs SET {} WHERE broadcast_id IS DISTINCT FROM '{}'",
            earlier.join(", "),
            self.world.people.broadcast.uuid()
        );
        self.owner.batch_execute(&sql)?;
        Ok(())
    }

    /// Waits until the provider has more than `count` mails; how long that took.
    pub(crate) fn wait_for_mail(&self, count: usize, since: Instant) -> anyhow::Result<Duration> {
        while self.provider.ledger().count() <= count {
            ensure!(
                since.elapsed() < REST_PATIENCE,
                "no mail goes out any more: {}",
                self.servers[0].options.last_words()
            );
            sleep(POLL);
        }
        Ok(since.elapsed())
    }

    /// Waits until nothing is open, hurrying what waits for another try where that is wanted. False
    /// if nothing moves any more before that.
    pub(crate) fn rest(&mut self, hurries: bool) -> anyhow::Result<bool> {
        let (mut left, mut since) = (u64::MAX, Instant::now());
        loop {
            let now = self.open_sends()?;
            if now == 0 {
                return Ok(true);
            }
            if now < left {
                (left, since) = (now, Instant::now());
            }
            if since.elapsed() > REST_PATIENCE {
                return Ok(false);
            }
            if hurries {
                self.hurry()?;
            }
            sleep(POLL * 5);
        }
    }

    /// Makes the log lie: one mail that went out goes out again, one that nobody has was sent.
    pub(crate) fn falsify(&mut self) -> anyhow::Result<()> {
        self.owner.batch_execute(FALSIFY)?;
        Ok(())
    }

    /// The provider reports every mail that it has and nobody knows of; how many.
    pub(crate) fn report_unknown(&mut self) -> anyhow::Result<u64> {
        let times = self.provider.ledger().times();
        let rows = checker::rows(&mut self.owner, self.world.people.broadcast.uuid())?;
        let unknown: Vec<Uuid> = rows
            .iter()
            .filter(|row| row.state == "unknown" && times.contains_key(&row.id))
            .map(|row| row.id)
            .collect();
        let port = self.servers[0].options.port;
        reports::deliver(port, &self.world.people, &unknown).context("the provider's webhook")?;
        Ok(unknown.len() as u64)
    }

    /// How many mails there should be.
    fn expected(&self) -> u64 {
        self.broadcasts * self.world.people.all.len() as u64
    }

    /// Compares the log with the provider's ledger.
    pub(crate) fn tally(&mut self) -> anyhow::Result<Tally> {
        let rows = checker::rows(&mut self.owner, self.world.people.broadcast.uuid())?;
        let times = self.provider.ledger().times();
        Ok(checker::compare(&rows, &times, self.expected()))
    }

    /// Ends the servers and removes the database.
    pub(crate) fn close(mut self) -> anyhow::Result<()> {
        for server in &mut self.servers {
            server.end(Duration::from_secs(30))?;
        }
        let (world, name) = (self.world, self.name);
        drop(self);
        world.postgres.drop_database(name)
    }
}
