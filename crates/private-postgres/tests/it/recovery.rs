//! Unclean ends, and starting again without a hand.

use std::fs;
use std::thread;
use std::time::Duration;

use crate::world::{DataDir, OtherProcess, ask, eventually, kill_postmaster, postmaster};

#[test]
fn a_killed_postmaster_is_started_again_with_the_data() {
    let data = DataDir::new();
    let server = data.start();
    ask(
        &server.connection_url(),
        "CREATE TABLE t AS SELECT 42 AS answer",
    )
    .unwrap();
    let killed = kill_postmaster(server.cluster_dir());
    eventually("it is started again", || {
        ask(&server.connection_url(), "SELECT answer FROM t").as_deref() == Ok("42")
    });
    assert_ne!(postmaster(server.cluster_dir()), Some(killed));
}

#[test]
fn backends_that_outlive_their_postmaster_do_not_block_the_next_one() {
    let data = DataDir::new();
    let server = data.start();
    let url = server.connection_url();
    // A loop in the executor never looks whether the postmaster is there.
    let busy = thread::spawn({
        let url = url.clone();
        move || ask(&url, "SELECT count(*) FROM generate_series(1, 10000000000)")
    });
    eventually("the long query runs", || {
        ask(
            &url,
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate%'",
        )
        .is_ok_and(|running| running == "2")
    });
    kill_postmaster(server.cluster_dir());
    eventually("it is started again", || ask(&url, "SELECT 1").is_ok());
    assert!(busy.join().unwrap().is_err(), "the orphan's client is told");
}

#[test]
fn owner_and_postmaster_killed_together_leave_nothing_in_the_way() {
    let data = DataDir::new();
    let owner = OtherProcess::serve(Some(&data.path()));
    ask(&owner.url, "CREATE TABLE t AS SELECT 42 AS answer").unwrap();
    let cluster = owner.cluster.clone();
    owner.kill();
    kill_postmaster(&cluster);
    assert!(cluster.join("postmaster.pid").exists(), "a stale pid file");

    let heir = data.start();
    assert_eq!(
        ask(&heir.connection_url(), "SELECT answer FROM t").unwrap(),
        "42"
    );
}

#[test]
fn a_stale_pid_file_whose_pid_went_to_another_program_is_no_obstacle() {
    let data = DataDir::new();
    let server = data.start();
    let cluster = server.cluster_dir().to_owned();
    let pid_file = cluster.join("postmaster.pid");
    let text = fs::read_to_string(&pid_file).unwrap();
    let old = postmaster(&cluster).unwrap().as_raw_nonzero().to_string();
    server.stop();
    // A process of the server's own account, which PostgreSQL takes for a rival.
    let other = DataDir::new();
    let other = other.start();
    let reused = postmaster(other.cluster_dir()).unwrap().as_raw_nonzero();
    fs::write(&pid_file, text.replacen(&old, &reused.to_string(), 1)).unwrap();

    let server = data.start();
    assert_eq!(ask(&server.connection_url(), "SELECT 1").unwrap(), "1");
    assert_eq!(ask(&other.connection_url(), "SELECT 1").unwrap(), "1");
}

#[test]
fn an_initialisation_cut_short_is_done_again() {
    let data = DataDir::new();
    fs::create_dir_all(data.path().join("pg.new/base")).unwrap();
    fs::write(data.path().join("pg.new/PG_VERSION"), "15\n").unwrap();
    let server = data.start();
    assert_eq!(ask(&server.connection_url(), "SELECT 1").unwrap(), "1");
    assert!(!data.path().join("pg.new").exists());
}

#[test]
fn a_server_that_cannot_start_says_why_in_its_own_words() {
    let data = DataDir::new();
    let server = data.start();
    let local = server.cluster_dir().join("local.conf");
    server.stop();
    fs::write(&local, "work_mem = 'plenty'\n").unwrap();
    let refused = private_postgres::PrivatePostgres::start(private_postgres::Options {
        data_dir: data.path(),
        programs: crate::world::programs(),
        durable: true,
    });
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("work_mem"), "{message}");
    assert!(message.contains("pg.log"), "{message}");
}

#[test]
fn two_kills_in_a_row_are_survived() {
    let data = DataDir::new();
    let server = data.start();
    for _ in 0..2 {
        kill_postmaster(server.cluster_dir());
        thread::sleep(Duration::from_millis(50));
        eventually("it is started again", || {
            ask(&server.connection_url(), "SELECT 1").is_ok()
        });
    }
}
