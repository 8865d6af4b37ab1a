//! The partitions of the large tables: one a day, or one a month.
//!
//! What is written with every engagement has a partition a day: whatever is kept of the past, the
//! indexes that are written to stay as small as those of one day, and stay in memory. Mails are
//! fewer, and found by their month.
//!
//! Rows of a time that has no partition go to the table's default partition, so that nothing is
//! ever refused; [`ensure_partitions`] moves them to their own when it makes it. Days and months
//! are those of UTC.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
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

/// A table, the time that decides on the partition of its rows, and how long a partition is.
struct Partitioned {
    table: &'static str,
    key: &'static str,
    span: Span,
}

#[derive(Clone, Copy)]
enum Span {
    Day,
    Month,
}

impl Span {
    /// The first day of the span that this day is in.
    fn beginning(self, day: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => day,
            Self::Month => day.with_day(1).unwrap_or(day),
        }
    }

    /// The day after the last of the span that begins so.
    fn end(self, first: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => first + Days::new(1),
            Self::Month => first + Months::new(1),
        }
    }

    const fn format(self) -> &'static str {
        match self {
            Self::Day => "y%Ym%md%d",
            Self::Month => "y%Ym%m",
        }
    }
}

const PARTITIONED: [Partitioned; 3] = [
    Partitioned {
        table: "engagement_events",
        key: "occurred_at",
        span: Span::Day,
    },
    Partitioned {
        table: "score_history",
        key: "occurred_at",
        span: Span::Day,
    },
    Partitioned {
        table: "send_logs",
        key: "queued_at",
        span: Span::Month,
    },
];

/// Makes the partitions of the days from `days_back` before that of `now` to `days_ahead` after it,
/// where they are missing, and returns their names. The connection's user owns the tables.
///
/// May run at any time, any number of times, and twice at once: each partition is a transaction of
/// its own, for which readers and writers of the table wait a moment; no row is lost or seen twice.
///
/// # Errors
/// See [`PartitionError`]. Running again after an error is safe.
pub fn ensure_partitions(
    url: &str,
    now: DateTime<Utc>,
    days_back: u32,
    days_ahead: u32,
) -> Result<Vec<String>, PartitionError> {
    let mut connection = PgConnection::establish(url)?;
    let mut made = Vec::new();
    for partitioned in &PARTITIONED {
        for first in beginnings(partitioned.span, now, days_back, days_ahead) {
            let partition = Partition::of(partitioned, first);
            if partition.ensure(&mut connection)? {
                made.push(partition.name);
            }
        }
    }
    Ok(made)
}

/// The first days of the spans that the days are in, oldest first.
fn beginnings(span: Span, now: DateTime<Utc>, back: u32, ahead: u32) -> Vec<NaiveDate> {
    let today = now.date_naive();
    let first = today - Days::new(back.into());
    let last = today + Days::new(ahead.into());
    let mut found = vec![span.beginning(first)];
    while let Some(next) = found.last().map(|day| span.end(*day))
        && next <= last
    {
        found.push(next);
    }
    found
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
    fn of(partitioned: &Partitioned, first: NaiveDate) -> Self {
        let Partitioned { table, key, span } = partitioned;
        Self {
            table,
            key,
            name: format!("{table}_{}", first.format(span.format())),
            from: first,
            to: span.end(first),
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

    fn names(table: usize, now: &str, back: u32, ahead: u32) -> Vec<String> {
        let partitioned = &PARTITIONED[table];
        beginnings(partitioned.span, now.parse().unwrap(), back, ahead)
            .into_iter()
            .map(|first| Partition::of(partitioned, first).name)
            .collect()
    }

    #[test]
    fn the_days_are_those_of_utc_across_the_year() {
        let expected = [
            "engagement_events_y2026m12d30",
            "engagement_events_y2026m12d31",
            "engagement_events_y2027m01d01",
        ];
        assert_eq!(names(0, "2026-12-31T23:59:59Z", 1, 1), expected);
        let expected = ["engagement_events_y2027m01d01"];
        assert_eq!(names(0, "2027-01-01T00:00:00Z", 0, 0), expected);
    }

    #[test]
    fn a_month_is_made_if_one_of_the_days_is_in_it() {
        let expected = [
            "send_logs_y2026m11",
            "send_logs_y2026m12",
            "send_logs_y2027m01",
        ];
        assert_eq!(names(2, "2026-12-31T12:00:00Z", 31, 1), expected);
        assert_eq!(names(2, "2026-12-31T12:00:00Z", 30, 0), expected[1..2]);
    }
}
