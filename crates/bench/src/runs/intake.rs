//! P1 and P2: from HTTP to the durable commit, against the bound and the peer.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;

use super::phases::Phases;
use super::verify::{committed, verify};
use crate::bound;
use crate::cli::{IntakeOptions, Options, Work};
use crate::load::{Requests, Tally, peer_requests, requests};
use crate::measure::{Meter, Percentiles, memory};
use crate::ondo::{Ondo, filled};
use crate::peer::Peer;
use crate::population::Population;
use crate::report::{self, Cpu, Measured, PeerRound, Round};
use crate::scene::{Database, Scene};
use crate::terminal::remark;

/// A server that has just started settles for so long before its memory is read.
const SETTLING: Duration = Duration::from_secs(2);

struct Bench<'a> {
    options: &'a Options,
    scene: &'a Scene,
    population: &'a Population,
    filled: &'a Database,
}

/// Measures and prints.
pub(crate) fn run(options: &Options, intake: &IntakeOptions) -> anyhow::Result<()> {
    let scene = Scene::open(options.pg_bin.as_deref())?;
    remark(format_args!("{} people …", options.leads));
    let population = Population::of(options.leads)?;
    let bench = Bench {
        options,
        scene: &scene,
        population: &population,
        filled: &filled(&scene, options, &population)?,
    };
    let peer = if intake.no_peer { None } else { bench.peer() };
    let mut measured = Vec::new();
    for work in &intake.work {
        let mut rounds = Vec::new();
        let all = Arc::new(requests(*work, &population)?);
        for number in 1..=intake.rounds.max(1) {
            remark(format_args!("{work}, round {number} …"));
            rounds.push(bench.round(*work, &all)?);
        }
        drop(all);
        let peer = peer.as_ref().map(|peer| bench.peer_round(*work, peer));
        let peer = peer.transpose().context("the peer")?;
        measured.push(Measured {
            work: *work,
            rounds,
            peer,
        });
    }
    report::print_intake(options, &scene.version()?, &measured);
    Ok(())
}

impl Bench<'_> {
    /// The product, then the bound, each on a fresh copy of the same database.
    fn round(&self, work: Work, all: &Arc<Requests>) -> anyhow::Result<Round> {
        let database = self.scene.copy(self.filled, "measured")?;
        let ondo = Ondo::start(self.scene, self.options, &database)?;
        let measured = self
            .product(work, all, &ondo, &database)
            .with_context(|| format!("ondo said last: {}", ondo.last_words()))?;
        drop(ondo);
        self.scene.remove(&database)?;

        let database = self.scene.copy(self.filled, "bound")?;
        let bound = bound::run(
            work,
            self.scene,
            &database,
            self.population,
            measured.acknowledged,
            self.options.writers,
        )?;
        verify(work, &database, measured.acknowledged).context("the bound")?;
        self.scene.remove(&database)?;
        Ok(Round {
            bound: bound.rate,
            bound_us: bound.database_us,
            ..measured
        })
    }

    fn product(
        &self,
        work: Work,
        all: &Arc<Requests>,
        ondo: &Ondo,
        database: &Database,
    ) -> anyhow::Result<Round> {
        thread::sleep(SETTLING);
        let idle = memory(ondo.id())?.now;
        let mut phases = Phases::new(ondo.address, all, self.options);
        let warm = phases.warm_up()?.count();
        verify(work, database, warm)?;

        let meters = [
            Meter::of_all_below(ondo.id())?,
            Meter::of_all_below(self.scene.postmaster()?)?,
            Meter::of_this_process()?,
        ];
        let closed = phases.closed()?;
        let in_time = committed(work, database)? - warm;
        let cpu = Cpu::of(&meters, closed.count())?;
        let acknowledged = warm + closed.count();
        verify(work, database, acknowledged)?;

        let open = phases.open(closed.rate() / 2.0)?;
        let latency = percentiles(&open)?;
        verify(work, database, acknowledged + open.count())?;
        #[expect(clippy::cast_precision_loss, reason = "below 2^52")]
        let events = in_time as f64 / closed.elapsed.as_secs_f64();
        Ok(Round {
            requests: closed.rate(),
            events,
            latency,
            cpu,
            idle_mb: idle,
            peak_mb: memory(ondo.id())?.peak,
            bound: f64::NAN,
            bound_us: f64::NAN,
            acknowledged,
        })
    }

    /// None where it cannot be had here; that is said, and its figures are left out.
    fn peer(&self) -> Option<Peer> {
        remark("setting up the peer …");
        match Peer::set_up(self.scene, self.population) {
            Ok(peer) => Some(peer),
            Err(error) => {
                remark(format_args!("no figures of the peer: {error:#}"));
                None
            }
        }
    }

    fn peer_round(&self, work: Work, peer: &Peer) -> anyhow::Result<PeerRound> {
        remark(format_args!("{work}, the peer …"));
        let all = Arc::new(peer_requests(work, self.population)?);
        let running = peer.start(self.scene)?;
        let before = logged(peer)?;
        let mut phases = Phases::new(running.address, &all, self.options);
        let warm = phases.warm_up()?.count();
        let closed = phases.closed()?;
        let open = phases.open(closed.rate() / 2.0)?;
        let acknowledged = warm + closed.count() + open.count();
        let found = logged(peer)? - before;
        anyhow::ensure!(
            usize::try_from(found) == Ok(acknowledged),
            "{acknowledged} requests were acknowledged, but {found} engagements are there"
        );
        Ok(PeerRound {
            requests: closed.rate(),
            latency: percentiles(&open)?,
        })
    }
}

fn logged(peer: &Peer) -> anyhow::Result<i64> {
    let log = peer.database();
    log.number("SELECT count(*) FROM engagement_events")
}

fn percentiles(open: &Tally) -> anyhow::Result<Percentiles> {
    Percentiles::of(open.latencies.clone()).context("the open loop sent nothing")
}
