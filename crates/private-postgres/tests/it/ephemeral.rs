//! Servers for tests: gone without a trace, however their process ends.

use private_postgres::PrivatePostgres;

use crate::world::{OtherProcess, ask, eventually, kill_postmaster, postmaster, programs};

#[test]
fn an_ephemeral_server_is_gone_with_its_folder_when_it_is_dropped() {
    let server = PrivatePostgres::ephemeral(programs()).unwrap();
    let (url, cluster) = (server.connection_url(), server.cluster_dir().to_owned());
    assert_eq!(ask(&url, "SELECT current_database()").unwrap(), "postgres");
    drop(server);
    assert!(ask(&url, "SELECT 1").is_err());
    assert!(!cluster.parent().unwrap().exists());
}

#[test]
fn an_ephemeral_server_is_gone_with_its_folder_when_its_process_is_killed() {
    let other = OtherProcess::serve(None);
    let (url, cluster) = (other.url.clone(), other.cluster.clone());
    let pid = postmaster(&cluster).unwrap();
    assert_eq!(ask(&url, "SELECT 1").unwrap(), "1");
    other.kill();
    eventually("the folder is gone", || !cluster.parent().unwrap().exists());
    assert!(ask(&url, "SELECT 1").is_err(), "postmaster {pid} answers");
}

#[test]
fn an_ephemeral_server_comes_back_when_its_postmaster_is_killed() {
    let server = PrivatePostgres::ephemeral(programs()).unwrap();
    kill_postmaster(server.cluster_dir());
    eventually("it is started again", || {
        ask(&server.connection_url(), "SELECT 1").is_ok()
    });
}
