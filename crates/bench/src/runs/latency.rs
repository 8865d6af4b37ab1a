//! P3: from a page view to the new score that others see.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use uuid::Uuid;

use crate::cli::{Options, Work};
use crate::load::{Phase, requests};
use crate::measure::Percentiles;
use crate::ondo::{Ondo, filled};
use crate::population::Population;
use crate::report;
use crate::scene::{Database, Scene};
use crate::terminal::remark;

/// One request in so many is watched.
const SAMPLE: usize = 20;
/// Between two looks at the database.
const PAUSE: Duration = Duration::from_micros(500);
/// A score that is not there after so long will not come.
const PATIENCE: Duration = Duration::from_secs(10);

const VISIBLE: &str =
    "SELECT id FROM leads WHERE tenant_id = $1 AND id = ANY($2) AND engagement_score > 0";

#[derive(QueryableByName)]
struct Visible {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// A lead, and the moment from which its new score is waited for.
type Watched = (Uuid, Instant);

/// Measures and prints.
pub(crate) fn run(options: &Options, rate: u32) -> anyhow::Result<()> {
    let scene = Scene::open(options.pg_bin.as_deref())?;
    let population = Population::of(options.leads)?;
    remark(format_args!("{} people …", options.leads));
    let database = filled(&scene, options, &population)?;
    let ondo = Ondo::start(&scene, options, &database)?;
    let all = Arc::new(requests(Work::Pv, &population)?);
    let warm = all.len() / 20;
    let phase = |first, end, seconds| Phase {
        address: ondo.address,
        requests: Arc::clone(&all),
        first,
        end,
        connections: options.connections,
        limit: Duration::from_secs(seconds),
    };
    phase(0, warm, 2).closed()?.all_answered("warming up")?;

    remark(format_args!("{rate} page views a second …"));
    let (tell, told) = channel();
    let (tenant, place) = (population.tenant.uuid(), database.clone());
    let watching = thread::spawn(move || watch(tenant, &place, &told));
    let leads: Vec<Uuid> = population.people.iter().map(|p| p.lead.uuid()).collect();
    let tell = Mutex::new(tell);
    let sent = Arc::new(move |at: usize, from: Instant| sampled(&tell, at, (leads[at], from)));
    let measured = phase(warm, all.len(), options.seconds);
    let answered = measured.open(f64::from(rate), Some(sent))?;
    let answered = answered.all_answered("the open loop")?;
    let outcome = watching.join();
    let seen = outcome.map_err(|_panic| anyhow::anyhow!("the watcher panicked"))??;
    let requests = Percentiles::of(answered.latencies).context("no answers")?;
    let scores = Percentiles::of(seen.clone()).context("no scores")?;
    report::print_latency(
        options,
        &scene.version()?,
        rate,
        requests,
        scores,
        seen.len(),
    );
    Ok(())
}

fn sampled(tell: &Mutex<Sender<Watched>>, at: usize, watched: Watched) {
    if at.is_multiple_of(SAMPLE)
        && let Ok(tell) = tell.lock()
    {
        // The watcher only ends early with an error, which is reported when it is joined.
        let _ = tell.send(watched);
    }
}

/// Looks, over and over, which of the leads have their score. Ends with the sender.
fn watch(
    tenant: Uuid,
    database: &Database,
    told: &Receiver<Watched>,
) -> anyhow::Result<Vec<Duration>> {
    let connection = &mut database.connect()?;
    let (mut waiting, mut seen) = (Vec::<Watched>::new(), Vec::new());
    loop {
        let ended = loop {
            match told.try_recv() {
                Ok(watched) => waiting.push(watched),
                Err(TryRecvError::Empty) => break false,
                Err(TryRecvError::Disconnected) => break true,
            }
        };
        if ended && waiting.is_empty() {
            return Ok(seen);
        }
        let there = visible(connection, tenant, &waiting)?;
        let now = Instant::now();
        waiting.retain(|(lead, from)| {
            let is_there = there.contains(lead);
            seen.extend(is_there.then(|| now - *from));
            !is_there
        });
        if waiting.iter().any(|(_, from)| from.elapsed() > PATIENCE) {
            bail!("a score was not there {PATIENCE:?} after its page view");
        }
        thread::sleep(PAUSE);
    }
}

fn visible(
    connection: &mut PgConnection,
    tenant: Uuid,
    waiting: &[Watched],
) -> anyhow::Result<Vec<Uuid>> {
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = waiting.iter().map(|(lead, _)| *lead).collect();
    let rows: Vec<Visible> = diesel::sql_query(VISIBLE)
        .bind::<SqlUuid, _>(tenant)
        .bind::<Array<SqlUuid>, _>(ids)
        .load(connection)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
