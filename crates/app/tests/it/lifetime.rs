//! Starting, waiting and stopping.

use std::time::{Duration, Instant};

use app::Running;
use app::config::Role;
use chrono::Utc;
use domain::delivery::{DeliverySettings as _, HaltedBy};
use test_db::TestDatabase;

use crate::product::{Product, config, eventually, http};
use crate::the_loop::set_up_school;

#[test]
fn a_fresh_installation_answers_and_asks_to_be_set_up() {
    let product = Product::start();
    assert_eq!(product.get("/healthz").status(), 200);
    let page = eventually("the database is ready", || {
        let answer = product.get("/setup");
        (answer.status() == 200).then_some(answer)
    });
    assert!(page.text().unwrap().contains("<form"));
}

#[test]
fn health_is_told_while_the_database_is_away() {
    let data_dir = tempfile::tempdir().unwrap();
    // Nothing ever listens on the discard port of this machine.
    let config = config("postgres://nobody@127.0.0.1:9/none", &data_dir);
    let running = Running::start(config).unwrap();
    let get = |path: &str| {
        http()
            .get(running.url().join(path).unwrap())
            .send()
            .unwrap()
    };
    assert_eq!(get("/healthz").status(), 200);
    assert_eq!(get("/login").status(), 503);
    let asked = Instant::now();
    running.stop();
    assert!(asked.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_worker_listens_nowhere() {
    let data_dir = tempfile::tempdir().unwrap();
    let database = test_db::TestDatabase::new();
    let mut config = config(database.url(), &data_dir);
    config.role = Role::Worker;
    let running = Running::start(config).unwrap();
    assert!(running.addresses().is_empty());
    running.stop();
}

#[test]
fn a_taken_port_is_told_before_anything_is_started() {
    let product = Product::start();
    let data_dir = tempfile::tempdir().unwrap();
    let mut config = config("postgres://nobody@127.0.0.1:9/none", &data_dir);
    config.http.port = product.running.addresses()[0].port();
    let error = Running::start(config).unwrap_err().to_string();
    assert!(error.contains("is taken"), "{error}");
    assert!(!data_dir.path().join("keys.toml").exists());
}

// F-25
#[test]
fn a_start_on_a_restored_database_stops_all_sending_until_somebody_resumes_it() {
    let (database, data_dir) = (TestDatabase::new(), tempfile::tempdir().unwrap());
    let seen = data_dir.path().join("starts");
    let start = |expected: &dyn Fn(&str) -> bool| {
        let running = Running::start(config(database.url(), &data_dir)).unwrap();
        eventually("the start is counted", || {
            let text = std::fs::read_to_string(&seen).ok()?;
            expected(&text).then_some(())
        });
        running
    };
    let running = start(&|text| text.ends_with(" 1\n"));
    let tenant = set_up_school(running.installation());
    let halt = |running: &Running| {
        let store = &running.installation().requests;
        store.sending_policy(tenant).unwrap().halt
    };
    running.stop();
    let running = start(&|text| text.ends_with(" 2\n"));
    assert_eq!(halt(&running), None, "a start is no restore");
    running.stop();

    let text = std::fs::read_to_string(&seen).unwrap();
    let (id, _) = text.split_once(' ').unwrap();
    std::fs::write(&seen, format!("{id} 9\n")).unwrap();
    let running = start(&|text| text.ends_with(" 1\n"));
    let by = halt(&running).map(|halt| halt.by);
    assert_eq!(by, Some(HaltedBy::Restore));
    let store = &running.installation().requests;
    assert!(store.set_halt(tenant, None, Utc::now()).unwrap());
    running.stop();
    let running = start(&|text| text.ends_with(" 2\n"));
    assert_eq!(halt(&running), None, "it is said once");
}
