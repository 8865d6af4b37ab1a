//! P11: the rate of the intake while the history grows.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;

use super::phases::Phases;
use super::verify::{committed, verify};
use crate::cli::{Options, Work};
use crate::load::{Requests, requests};
use crate::ondo::{Ondo, filled};
use crate::population::Population;
use crate::report::{self, HistoryRow};
use crate::scene::{Database, Scene};
use crate::terminal::remark;

/// Rows that one statement makes.
const CHUNK: u64 = 1_000_000;
/// Room on the disk that one row of history takes in both tables with their indexes. Bytes.
const ROW_BYTES: u64 = 1_000;
/// Room for everything else: leads, log of the database, what is measured. Bytes.
const OTHER_BYTES: u64 = 4_000_000_000;

const PEOPLE: &str = "
    CREATE TABLE bench_people AS
    SELECT row_number() OVER () - 1 AS n, id AS lead, tracking_id AS tid, tenant_id FROM leads;
    ALTER TABLE bench_people ADD PRIMARY KEY (n);
    ANALYZE bench_people";

/// Measures and prints.
pub(crate) fn run(options: &Options, mut rows: Vec<u64>) -> anyhow::Result<()> {
    rows.sort_unstable();
    rows.dedup();
    let scene = Scene::open(options.pg_bin.as_deref())?;
    has_room(&scene, rows.last().copied().unwrap_or_default())?;
    remark(format_args!("{} people …", options.leads));
    let population = Population::of(options.leads)?;
    let database = filled(&scene, options, &population)?;
    database.execute(PEOPLE)?;
    database.execute(include_str!("partitions.sql"))?;
    let all = Arc::new(requests(Work::Pv, &population)?);
    let (mut there, mut measured) = (0, Vec::new());
    let share = all.len() / rows.len().max(1);
    for (turn, target) in rows.into_iter().enumerate() {
        grow(&database, there, target)?;
        there = target;
        let people = turn * share..(turn + 1) * share;
        let row = measure(&scene, options, &database, &all, people, target)?;
        measured.push(row);
    }
    report::print_history(options, &scene.version()?, &measured);
    Ok(())
}

fn has_room(scene: &Scene, rows: u64) -> anyhow::Result<()> {
    let disk = rustix::fs::statvfs(scene.path())?;
    let (free, needed) = (
        disk.f_bavail * disk.f_frsize,
        rows * ROW_BYTES + OTHER_BYTES,
    );
    ensure!(
        free >= needed,
        "{rows} rows of history need about {} GB below {}, and {} GB are free; set TMPDIR to a \
         larger disk or give --rows",
        needed / 1_000_000_000,
        scene.path().display(),
        free / 1_000_000_000
    );
    Ok(())
}

/// Adds the rows `from..to` to the history: page views of everybody over two months, with points.
fn grow(database: &Database, from: u64, to: u64) -> anyhow::Result<()> {
    let mut at = from;
    while at < to {
        let end = to.min(at + CHUNK);
        remark(format_args!("history up to {end} rows …"));
        for sql in [
            include_str!("engagements.sql"),
            include_str!("score_history.sql"),
        ] {
            let sql = sql.replace(":first", &at.to_string());
            database.execute(&sql.replace(":last", &(end - 1).to_string()))?;
        }
        at = end;
    }
    database.execute("VACUUM ANALYZE")?;
    database.execute("CHECKPOINT")
}

fn measure(
    scene: &Scene,
    options: &Options,
    database: &Database,
    all: &Arc<Requests>,
    people: std::ops::Range<usize>,
    rows: u64,
) -> anyhow::Result<HistoryRow> {
    remark(format_args!("page views on {rows} rows …"));
    let before = usize::try_from(database.number("SELECT count(*) FROM web_sessions")?)?;
    let ondo = Ondo::start(scene, options, database)?;
    let mut phases = Phases::with(ondo.address, all, options, people);
    let warm = before + phases.warm_up()?.count();
    verify(Work::Pv, database, warm)?;
    let closed = phases.closed()?;
    let stored = committed(Work::Pv, database)?.saturating_sub(warm);
    ensure!(
        closed.elapsed >= Duration::from_secs(options.seconds).mul_f32(0.9),
        "after {:.1} s everybody had acted; give more --leads, or fewer --seconds",
        closed.elapsed.as_secs_f32()
    );
    verify(Work::Pv, database, warm + closed.count())?;
    let size = database.text("pg_size_pretty(pg_database_size(current_database()))")?;
    Ok(HistoryRow {
        rows,
        rate: closed.rate(),
        stored: rate(stored, closed.elapsed),
        size,
    })
}

#[expect(clippy::cast_precision_loss, reason = "below 2^52")]
fn rate(count: usize, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}
