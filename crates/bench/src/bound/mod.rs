//! The bound: the same rows, written straight into PostgreSQL.
//!
//! Batches of 500 rows, one prepared statement and one commit a batch, as many connections as the
//! product has writers. No HTTP, no reading beforehand, no row-level security (the superuser
//! writes), nothing decided: what one batch writes was computed before the clock started. So this
//! is about the most that this server, this schema and this machine can take.

mod columns;
mod statement;

use std::thread;
use std::time::Instant;

use diesel::prelude::*;

use crate::cli::Work;
use crate::measure::Meter;
use crate::population::Population;
use crate::scene::{Database, Scene};
use columns::Columns;
use statement::Statement;

/// Rows of one commit.
pub(crate) const BATCH: usize = 500;

/// What the bound reached.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    /// Engagements a second.
    pub(crate) rate: f64,
    /// Processor time of the database for each. Microseconds.
    pub(crate) database_us: f64,
}

/// Writes the rows of the first `people`.
pub(crate) fn run(
    work: Work,
    scene: &Scene,
    database: &Database,
    population: &Population,
    people: usize,
    writers: usize,
) -> anyhow::Result<Bound> {
    let batches: Vec<Columns> = (0..people)
        .step_by(BATCH)
        .map(|first| Columns::of(population, first..people.min(first + BATCH)))
        .collect();
    let mut connections = (0..writers)
        .map(|_| database.connect())
        .collect::<anyhow::Result<Vec<_>>>()?;
    let meter = Meter::of_all_below(scene.postmaster()?)?;
    let begun = Instant::now();
    thread::scope(|scope| {
        let working: Vec<_> = connections
            .iter_mut()
            .enumerate()
            .map(|(writer, connection)| {
                let mine = batches.iter().skip(writer).step_by(writers);
                scope.spawn(move || write(work, population, connection, mine))
            })
            .collect();
        working.into_iter().try_for_each(|writer| {
            let outcome = writer.join();
            outcome.map_err(|_panic| anyhow::anyhow!("a writer of the bound panicked"))?
        })
    })?;
    let elapsed = begun.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "below 2^52")]
    let rows = people as f64;
    Ok(Bound {
        rate: rows / elapsed.as_secs_f64(),
        database_us: meter.used()?.as_secs_f64() * 1e6 / rows,
    })
}

fn write<'a>(
    work: Work,
    population: &Population,
    connection: &mut PgConnection,
    batches: impl Iterator<Item = &'a Columns>,
) -> anyhow::Result<()> {
    for columns in batches {
        let statement = Statement::new(work, population, columns);
        statement.execute(connection)?;
    }
    Ok(())
}
