//! Start, stop, and who owns the server.

use std::fs;
use std::os::unix::fs::MetadataExt;

use crate::world::{DataDir, OtherProcess, ask, eventually, postmaster};

#[test]
fn data_is_there_again_after_a_stop_and_a_start() {
    let data = DataDir::new();
    let server = data.start();
    let url = server.connection_url();
    ask(&url, "CREATE TABLE t AS SELECT '温度' AS name").unwrap();
    server.stop();
    assert!(ask(&url, "SELECT 1").is_err(), "it goes on after stop()");

    let server = data.start();
    assert_eq!(
        ask(&server.connection_url(), "SELECT name FROM t").unwrap(),
        "温度"
    );
}

#[test]
fn the_database_is_utf8_sorts_by_code_point_and_knows_japanese_letters() {
    let data = DataDir::new();
    let server = data.start();
    let facts = ask(
        &server.connection_url(),
        "SELECT current_database(), current_user, pg_encoding_to_char(encoding), datcollate,
                '温' ~ '^[[:alpha:]]$', current_setting('TimeZone'),
                current_setting('listen_addresses') = ''
           FROM pg_database WHERE datname = current_database()",
    );
    assert_eq!(facts.unwrap(), "ondo|ondo_owner|UTF8|C|t|UTC|t");
}

#[test]
fn the_write_ahead_log_is_compressed_by_the_best_that_this_server_knows() {
    let data = DataDir::new();
    let server = data.start();
    let facts = ask(
        &server.connection_url(),
        "SELECT setting = CASE WHEN 'lz4' = ANY (enumvals) THEN 'lz4' ELSE 'pglz' END
           FROM pg_settings WHERE name = 'wal_compression'",
    );
    assert_eq!(facts.unwrap(), "t");
}

#[test]
fn nobody_else_can_enter_the_socket_folder_or_the_cluster() {
    let data = DataDir::new();
    let server = data.start();
    let cluster = fs::metadata(server.cluster_dir()).unwrap();
    let socket = fs::metadata(data.path().join("pg-socket")).unwrap();
    assert_eq!(cluster.mode() & 0o777, 0o700);
    assert_eq!(socket.mode() & 0o777, 0o700);
}

#[test]
fn the_server_never_runs_as_root() {
    let data = DataDir::new();
    let server = data.start();
    let pid = postmaster(server.cluster_dir()).unwrap().as_raw_nonzero();
    let process = fs::metadata(format!("/proc/{pid}")).unwrap();
    assert_ne!(process.uid(), 0);
    assert_eq!(
        process.uid(),
        fs::metadata(server.cluster_dir()).unwrap().uid()
    );
}

#[test]
fn a_guest_uses_the_server_and_does_not_stop_it() {
    let data = DataDir::new();
    let owner = data.start();
    let guest = data.start();
    assert_eq!(guest.connection_url(), owner.connection_url());
    guest.stop();
    assert_eq!(ask(&owner.connection_url(), "SELECT 1").unwrap(), "1");
}

#[test]
fn a_guest_takes_the_server_over_when_its_owner_is_killed() {
    let data = DataDir::new();
    let owner = OtherProcess::serve(Some(&data.path()));
    let guest = data.start();
    let served_by = postmaster(guest.cluster_dir());
    owner.kill();
    assert_eq!(ask(&guest.connection_url(), "SELECT 1").unwrap(), "1");
    let url = guest.connection_url();
    // It finds the lock free at its next look, well within a second.
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(
        postmaster(guest.cluster_dir()),
        served_by,
        "the same one, adopted"
    );
    guest.stop();
    assert!(ask(&url, "SELECT 1").is_err(), "it was the guest's to stop");
}

#[test]
fn a_guest_has_a_server_again_when_the_owner_stops_it() {
    let data = DataDir::new();
    let owner = data.start();
    let guest = data.start();
    owner.stop();
    eventually("the guest's own server answers", || {
        ask(&guest.connection_url(), "SELECT 1").is_ok()
    });
}

#[test]
fn a_server_left_running_by_a_killed_owner_is_adopted_and_stopped_at_the_end() {
    let data = DataDir::new();
    let owner = OtherProcess::serve(Some(&data.path()));
    ask(&owner.url, "CREATE TABLE t AS SELECT 42 AS answer").unwrap();
    let (url, left) = (owner.url.clone(), postmaster(&owner.cluster));
    owner.kill();
    assert_eq!(
        ask(&url, "SELECT answer FROM t").unwrap(),
        "42",
        "still running"
    );

    let heir = data.start();
    assert_eq!(
        postmaster(heir.cluster_dir()),
        left,
        "the same one, adopted"
    );
    heir.stop();
    assert!(ask(&url, "SELECT 1").is_err());
}

#[test]
fn a_server_ends_with_the_process_that_started_it() {
    let data = DataDir::new();
    let owner = OtherProcess::serve(Some(&data.path()));
    let url = owner.url.clone();
    owner.end();
    assert!(ask(&url, "SELECT 1").is_err());
}
