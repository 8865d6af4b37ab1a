//! The monthly partitions of the large tables.
//!
//! Rows of a month that has no partition go to the table's default partition, so that nothing is
//! ever refused; [`ensure_partitions`] moves them to their month when it makes it. Months are those
//! of UTC.

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use thiserror::Error;

/// Why the partitions could not be made.
#[derive(Debug, Error)]
pub enum PartitionError {
    /// The database did not answer or refused the connection.
    #[error("the database cannot be reached: {0}")]
    Connection(#[from] ConnectionError),
    /// A statement failed, or the table was busy for too long; that partition is not there, those
    /// before it are.
    #[error("a partition could not be made: {0}")]
    Query(#[from] diesel::result::Error),
}

/// A table and the time that decides on the month of its rows.
struct Partitioned {
    table: &'static str,
    key: &'static str,
}

const PARTITIONED: [Partitioned; 3] = [
    Partitioned {
        table: "engagement_events",
        key: "occurred_at",
    },
    Partitioned {
        table: "score_history",
        key: "occurred_at",
    },
    Partitioned {
        table: "send_logs",
        key: "queued_at",
    },
];

/// Makes the partitions of the months from `months_back` before that of `now` to `months_ahead` after
/// it, where they are missing, and returns their names. The connection's user owns the tables.
///
/// May run at any time, any number of times, and twice at once: each partition is a transaction of
/// its own, for which readers and writers of the table wait a moment; no row is lost or seen twice.
///
/// # Errors
/// See [`PartitionError`]. Running again after an error is safe.
pub fn ensure_partitions(
    url: &str,
    now: DateTime<Utc>,
    months_back: u32,
    months_ahead: u32,
) -> Result<Vec<String>, PartitionError> {
    let mut connection = PgConnection::establish(url)?;
    let mut made = Vec::new();
    for partitioned in &PARTITIONED {
        for month in months(now, months_back, months_ahead) {
            let partition = Partition::of(partitioned, month);
            if partition.ensure(&mut connection)? {
                made.push(partition.name);
            }
        }
    }
    Ok(made)
}

/// The first days of the months, oldest first.
fn months(now: DateTime<Utc>, back: u32, ahead: u32) -> impl Iterator<Item = NaiveDate> {
    let first = now.date_naive().with_day(1);
    let first = first.and_then(|day| day.checked_sub_months(Months::new(back)));
    (0..=back + ahead).filter_map(move |n| first?.checked_add_months(Months::new(n)))
}

struct Partition {
    table: &'static str,
    key: &'static str,
    name: String,
    from: NaiveDate,
    to: NaiveDate,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

impl Partition {
    fn of(partitioned: &Partitioned, month: NaiveDate) -> Self {
        let Partitioned { table, key } = partitioned;
        Self {
            table,
            key,
            name: format!("{table}_{}", month.format("y%Ym%m")),
            from: month,
            to: month + Months::new(1),
        }
    }

    /// Whether it was missing and is made.
    fn ensure(&self, connection: &mut PgConnection) -> QueryResult<bool> {
        if self.exists(connection)? {
            return Ok(false);
        }
        connection.transaction(|connection| {
            connection.batch_execute(&self.lock())?;
            // Another run may have made it while this one waited for the lock.
            if self.exists(connection)? {
                return Ok(false);
            }
            connection.batch_execute(&self.make())?;
            Ok(true)
        })
    }

    fn exists(&self, connection: &mut PgConnection) -> QueryResult<bool> {
        diesel::sql_query("SELECT to_regclass($1) IS NOT NULL AS yes")
            .bind::<Text, _>(&self.name)
            .get_result(connection)
            .map(|answer: Answer| answer.yes)
    }

    /// Keeps everybody out of the table, from before a writer would choose a partition: one that
    /// had chosen the default partition already would be refused. Whoever waits for this lock holds
    /// up those behind, so it is given up before the store's own waits end.
    fn lock(&self) -> String {
        format!(
            "SET LOCAL lock_timeout = '800ms';
             LOCK TABLE ONLY {} IN ACCESS EXCLUSIVE MODE",
            self.table
        )
    }

    /// Row-level security and the rights of the application stand on the table; a partition by
    /// itself is the owner's only.
    fn make(&self) -> String {
        let Self {
            table,
            key,
            name,
            from,
            to,
        } = self;
        format!(
            "CREATE TABLE {name} (LIKE {table} INCLUDING ALL);
             REVOKE ALL ON TABLE {name} FROM PUBLIC, ondo_app;
             WITH moved AS (
                 DELETE FROM {table}_default
                 WHERE {key} >= '{from} 00:00+00' AND {key} < '{to} 00:00+00'
                 RETURNING *)
             INSERT INTO {name} SELECT * FROM moved;
             ALTER TABLE {table} ATTACH PARTITION {name}
                 FOR VALUES FROM ('{from} 00:00+00') TO ('{to} 00:00+00')"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(now: &str, back: u32, ahead: u32) -> Vec<String> {
        let now = now.parse().unwrap();
        months(now, back, ahead)
            .map(|month| Partition::of(&PARTITIONED[0], month).name)
            .collect()
    }

    #[test]
    fn the_months_are_those_of_utc_across_the_year() {
        let expected = [
            "engagement_events_y2026m11",
            "engagement_events_y2026m12",
            "engagement_events_y2027m01",
        ];
        assert_eq!(names("2026-12-31T23:59:59Z", 1, 1), expected);
        let expected = ["engagement_events_y2027m01"];
        assert_eq!(names("2027-01-01T00:00:00Z", 0, 0), expected);
    }

    #[test]
    fn a_month_is_counted_from_its_first_day() {
        // Counting back from the 31st must not skip the short months.
        let expected = ["y2027m01", "y2027m02", "y2027m03"];
        let made = names("2027-03-31T12:00:00Z", 2, 0);
        assert!(
            made.iter()
                .zip(expected)
                .all(|(name, end)| name.ends_with(end))
        );
        assert_eq!(made.len(), 3);
    }
}
