//! The partitions of the large tables. (C15, complaint 10)

use std::sync::Barrier;
use std::thread;

use adapters_postgres::{PartitionError, ensure_partitions};
use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use domain::ids::{LeadId, TenantId};
use domain::scoring::decide;
use domain::tracking::{Engagement, EngagementLog, Timeline};
use test_support::builders::tenancy::at;
use test_support::builders::tracking::{HOME, click, mail};
use test_support::contracts::tracking::Leads;

use crate::database::{Database, lines};

const DAY: i64 = 86_400;

fn ensure(database: &Database, days_back: u32, days_ahead: u32) -> Vec<String> {
    ensure_partitions(database.url(), at(0), days_back, days_ahead).unwrap()
}

/// A tenant, a lead and its click of every tenth day of two months.
fn clicks(database: &Database) -> (TenantId, LeadId, Vec<Engagement>) {
    let tenant = database.tenant();
    let lead = database.add(tenant);
    let clicks = (-3..3)
        .map(|n: i8| {
            let mail = mail(lead, n.unsigned_abs());
            click(
                tenant,
                &mail,
                u16::from(n < 0),
                HOME,
                i64::from(n) * 10 * DAY,
            )
        })
        .collect();
    (tenant, lead, clicks)
}

/// How many rows of a table each partition holds.
fn rows(database: &Database, table: &str) -> Vec<String> {
    let query = format!(
        "SELECT concat_ws(' ', tableoid::regclass, count(*)) AS line FROM {table}
         GROUP BY tableoid ORDER BY 1"
    );
    lines(&mut database.owner(), &query)
}

#[test]
fn the_days_asked_for_are_made_once() {
    let database = Database::new();
    let made = ensure(&database, 1, 2);
    assert_eq!(made.len(), 4 + 4 + 1);
    assert_eq!(made[0], "engagement_events_y2026m11d20");
    assert_eq!(made[8], "send_logs_y2026m11");
    assert_eq!(ensure(&database, 1, 2), Vec::<String>::new());
    assert_eq!(ensure(&database, 0, 3).len(), 2, "only what is missing");
}

#[test]
fn a_row_goes_to_the_partition_of_its_day() {
    // P11
    let database = Database::new();
    ensure(&database, 30, 20);
    let (_, _, clicks) = clicks(&database);
    database.store.append(&clicks, &decide).unwrap();
    let days = ["m10d22", "m11d01", "m11d11", "m11d21", "m12d01", "m12d11"];
    for table in ["engagement_events", "score_history"] {
        let expected = days.map(|day| format!("{table}_y2026{day} 1"));
        assert_eq!(rows(&database, table), expected);
    }
}

#[test]
fn rows_that_came_before_their_partition_are_moved_to_it() {
    let database = Database::new();
    let (tenant, lead, clicks) = clicks(&database);
    database.store.append(&clicks, &decide).unwrap();
    assert_eq!(
        rows(&database, "engagement_events"),
        ["engagement_events_default 6"]
    );
    let timeline = || -> Vec<_> {
        let entries = database.store.timeline(tenant, lead, &[], None, 100);
        entries.unwrap()
    };
    let before = timeline();

    ensure(&database, 0, 0);
    for table in ["engagement_events", "score_history"] {
        let expected = [
            format!("{table}_default 5"),
            format!("{table}_y2026m11d21 1"),
        ];
        assert_eq!(rows(&database, table), expected);
    }
    assert_eq!(timeline(), before);

    let again = database.store.append(&clicks, &decide).unwrap();
    assert!(again.iter().all(|answer| !answer.is_new));
}

#[test]
fn a_day_begins_at_midnight_of_utc() {
    let database = Database::new();
    let (tenant, lead, _) = clicks(&database);
    let times = [
        "2026-11-20T23:59:59.999999Z",
        "2026-11-21T00:00:00Z",
        "2026-11-21T23:59:59.999999Z",
        "2026-11-22T00:00:00Z",
    ];
    let clicks: Vec<_> = times
        .iter()
        .zip(0..)
        .map(|(time, n)| {
            let mut click = click(tenant, &mail(lead, n), 0, HOME, 0);
            click.occurred_at = time.parse::<DateTime<Utc>>().unwrap();
            click
        })
        .collect();
    database.store.append(&clicks, &decide).unwrap();
    ensure(&database, 0, 0);
    let expected = [
        "engagement_events_default 2",
        "engagement_events_y2026m11d21 2",
    ];
    assert_eq!(rows(&database, "engagement_events"), expected);
}

#[test]
fn two_runs_at_once_make_each_partition_once() {
    for _ in 0..3 {
        let database = Database::new();
        let (_, _, clicks) = clicks(&database);
        database.store.append(&clicks, &decide).unwrap();
        let start = Barrier::new(3);
        let run = || {
            start.wait();
            ensure(&database, 2, 2)
        };
        let mut made: Vec<String> = thread::scope(|scope| {
            let runs: Vec<_> = (0..3).map(|_| scope.spawn(run)).collect();
            runs.into_iter()
                .flat_map(|run| run.join().unwrap())
                .collect()
        });
        let all = made.len();
        made.sort_unstable();
        made.dedup();
        assert_eq!((all, made.len()), (11, 11));
        let total = "SELECT count(*)::text AS line FROM engagement_events";
        assert_eq!(lines(&mut database.owner(), total), ["6"]);
    }
}

#[test]
fn what_is_written_meanwhile_is_not_lost() {
    let database = Database::new();
    let (tenant, lead, _) = clicks(&database);
    let start = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            start.wait();
            for n in 0..100 {
                let click = click(tenant, &mail(lead, n), 0, HOME, i64::from(n) * DAY);
                database.store.append(&[click], &decide).unwrap();
            }
        });
        start.wait();
        for ahead in [0, 10, 20, 30] {
            ensure(&database, 0, ahead);
        }
    });
    let found = database.find(tenant, lead).unwrap();
    assert_eq!(found.score, 300);
    let total = "SELECT count(*)::text AS line FROM engagement_events";
    assert_eq!(lines(&mut database.owner(), total), ["100"]);
    assert!(rows(&database, "engagement_events").len() >= 4);
}

#[test]
fn the_application_reaches_a_partition_through_its_table_only() {
    // V-15
    let database = Database::new();
    let (_, _, clicks) = clicks(&database);
    // Even where somebody once gave the application all tables to come.
    let careless = "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO ondo_app";
    database.owner().batch_execute(careless).unwrap();
    let made = ensure(&database, 1, 1);
    database.store.append(&clicks, &decide).unwrap();
    let mut application = database.application();
    for partition in &made {
        for statement in ["SELECT FROM", "DELETE FROM", "TRUNCATE"] {
            let refused = application.batch_execute(&format!("{statement} {partition}"));
            let refused = refused.unwrap_err().to_string();
            assert!(
                refused.contains("permission denied"),
                "{partition}: {refused}"
            );
        }
    }
    let unseen = "SELECT count(*)::text AS line FROM engagement_events";
    assert_eq!(lines(&mut application, unseen), ["0"], "no tenant is named");
}

#[test]
fn a_partition_has_the_indexes_of_its_table() {
    // A12
    let database = Database::new();
    ensure(&database, 0, 0);
    let missing = "SELECT i.indexrelid::regclass::text AS line FROM pg_index i
        JOIN pg_class t ON t.oid = i.indrelid AND t.relkind = 'p'
        WHERE (SELECT count(*) FROM pg_inherits WHERE inhparent = i.indexrelid) <> 2";
    assert_eq!(lines(&mut database.owner(), missing), Vec::<String>::new());
    let indexes = "SELECT count(*)::text AS line FROM pg_indexes
                   WHERE tablename = 'engagement_events_y2026m11d21'";
    assert_eq!(lines(&mut database.owner(), indexes), ["4"]);
}

#[test]
fn a_database_that_is_away_is_told() {
    let nobody_there = "postgres://nobody@127.0.0.1:1/nothing";
    let answer = ensure_partitions(nobody_there, at(0), 0, 0);
    assert!(matches!(answer, Err(PartitionError::Connection(_))));
}
