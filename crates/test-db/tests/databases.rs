//! What a test can rely on.

use std::thread;

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use test_db::TestDatabase;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

fn count(connection: &mut PgConnection, of: &str) -> i64 {
    let row: Result<Count, _> =
        sql_query(format!("SELECT count(*) AS n FROM {of}")).get_result(connection);
    row.map(|row| row.n).expect("a count")
}

#[test]
fn a_database_has_the_migrated_tables_and_no_rows() {
    let database = TestDatabase::new();
    let mut owner = database.owner();
    let tables: Vec<Name> =
        sql_query("SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'")
            .load(&mut owner)
            .unwrap();
    for wanted in ["tenants", "leads", "engagement_events", "send_logs"] {
        assert!(
            tables.iter().any(|t| t.name == wanted),
            "{wanted} is missing"
        );
    }
    assert_eq!(count(&mut owner, "tenants"), 0);
}

#[test]
fn what_one_test_writes_no_other_sees() {
    let (one, other) = (TestDatabase::new(), TestDatabase::new());
    one.owner()
        .batch_execute("CREATE TABLE mine AS SELECT 1 AS x")
        .unwrap();
    assert_eq!(count(&mut one.owner(), "mine"), 1);
    let there = count(&mut other.owner(), "pg_tables WHERE tablename = 'mine'");
    assert_eq!(there, 0);
}

#[test]
fn the_application_can_change_to_its_own_role() {
    let database = TestDatabase::new();
    let mut connection = PgConnection::establish(database.url()).unwrap();
    connection.batch_execute("SET ROLE ondo_app").unwrap();
    assert_eq!(count(&mut connection, "tenants"), 0);
    assert!(
        connection
            .batch_execute("CREATE TABLE mine (x int)")
            .is_err()
    );
}

#[test]
fn a_dropped_database_is_gone_even_while_somebody_is_connected() {
    let kept = TestDatabase::new();
    let dropped = TestDatabase::new();
    let name = dropped.url().rsplit('/').next().unwrap().to_owned();
    let mut session = dropped.owner();
    drop(dropped);
    assert!(session.batch_execute("SELECT 1").is_err());
    let left = format!("pg_database WHERE datname = '{name}'");
    assert_eq!(count(&mut kept.owner(), &left), 0);
}

#[test]
fn many_threads_get_databases_at_the_same_time() {
    let threads: Vec<_> = (0..12)
        .map(|_| thread::spawn(|| count(&mut TestDatabase::new().owner(), "tenants")))
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 0);
    }
}
