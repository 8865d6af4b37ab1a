//! The demo.

use std::fs;

use app::demo::{Demo, Order};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::blocking::Client;
use serde_json::Value;
use tempfile::TempDir;
use test_db::TestDatabase;

use crate::product::{Product, config, eventually, http};

const ORDER: Order = Order {
    site_port: 0,
    leads: Some(120),
    fresh: false,
};

fn start(database: &TestDatabase, data_dir: &TempDir) -> Demo {
    Demo::start(config(database.url(), data_dir), ORDER).unwrap()
}

fn leads(http: &Client, demo: &Demo, query: &str) -> Vec<Value> {
    let card = demo.card();
    let url = format!("{}/api/v1/leads?limit=200{query}", card.url);
    let answer = http.get(url).bearer_auth(&card.api_token).send().unwrap();
    assert_eq!(answer.status(), 200);
    let body: Value = serde_json::from_str(&answer.text().unwrap()).unwrap();
    body["leads"].as_array().unwrap().clone()
}

fn mailbox(http: &Client, demo: &Demo) -> String {
    let url = format!("{}.json", demo.card().mailbox_url);
    http.get(url).send().unwrap().text().unwrap()
}

fn now(demo: &Demo) -> DateTime<Utc> {
    (demo.running().installation().clock)()
}

/// Asks for a jump and returns the status of the answer.
fn jump(http: &Client, url: &str, far: &str) -> u16 {
    let form = format!("advance={far}");
    let request = http.post(format!("{url}/dev/clock")).body(form);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.send().unwrap().status().as_u16()
}

#[test]
fn the_demo_is_full_of_life_and_keeps_it() {
    let (database, data_dir) = (TestDatabase::new(), tempfile::tempdir().unwrap());
    let http = http();
    let demo = start(&database, &data_dir);
    assert_eq!(leads(&http, &demo, "").len(), 120);
    let hot = leads(&http, &demo, "&band=hot").len();
    let warm = leads(&http, &demo, "&band=warm").len();
    assert!((1..=12).contains(&hot), "{hot} hot");
    assert!((8..=30).contains(&warm), "{warm} warm");

    eventually("the broadcast of today arrives", || {
        mailbox(&http, &demo).contains("/t/c/").then_some(())
    });

    let password = demo.card().password.clone();
    demo.stop();
    let again = start(&database, &data_dir);
    assert_eq!(again.card().password, password);
    assert_eq!(leads(&http, &again, "").len(), 120);
}

#[test]
fn a_fill_that_was_cut_short_is_done_again_and_doubles_nothing() {
    let (database, data_dir) = (TestDatabase::new(), tempfile::tempdir().unwrap());
    let http = http();
    let told = |demo: &Demo| -> Vec<String> {
        let scores = leads(&http, demo, "").into_iter();
        scores
            .map(|lead| {
                format!(
                    "{} {} {}",
                    lead["id"], lead["score"], lead["last_engaged_at"]
                )
            })
            .collect()
    };
    let demo = start(&database, &data_dir);
    let (card, first) = (demo.card().api_token.clone(), told(&demo));
    demo.stop();
    let state = data_dir.path().join("demo-state.json");
    let text = fs::read_to_string(&state).unwrap();
    fs::write(
        &state,
        text.replace("\"complete\": true", "\"complete\": false"),
    )
    .unwrap();
    let again = start(&database, &data_dir);
    assert_eq!(again.card().api_token, card);
    assert_eq!(told(&again), first);
    assert!(fs::read_to_string(&state).unwrap().contains("\"tries\": 2"));
}

#[test]
fn the_sample_site_carries_the_tag_of_this_product() {
    let (database, data_dir) = (TestDatabase::new(), tempfile::tempdir().unwrap());
    let demo = start(&database, &data_dir);
    let page = http().get(&demo.card().site_url).send().unwrap();
    let tag = format!("src=\"{}/tag.js\"", demo.card().url);
    assert!(page.text().unwrap().contains(&tag));
}

#[test]
fn the_demo_keeps_its_hands_off_another_installation() {
    let (database, data_dir) = (TestDatabase::new(), tempfile::tempdir().unwrap());
    start(&database, &data_dir).stop();
    let elsewhere = tempfile::tempdir().unwrap();
    let error = Demo::start(config(database.url(), &elsewhere), ORDER);
    let error = error.unwrap_err().to_string();
    assert!(error.contains("in use by another installation"), "{error}");
}

// B10
#[test]
fn a_campaign_is_at_work_and_goes_on_as_time_passes() {
    let (database, data_dir) = (TestDatabase::new(), tempfile::tempdir().unwrap());
    let (http, demo) = (http(), start(&database, &data_dir));
    let url = format!("{}/api/v1/automation/campaigns", demo.card().url);
    let answer = http.get(url).bearer_auth(&demo.card().api_token).send();
    let body: Value = serde_json::from_str(&answer.unwrap().text().unwrap()).unwrap();
    let campaign = &body["data"][0];
    assert_eq!(campaign["status"], "active", "{body}");
    assert_eq!(campaign["enrolled_count"], 6);
    assert_eq!(campaign["completed_count"], 2);
    assert!(!mailbox(&http, &demo).contains("オープンキャンパスのご案内"));
    assert_eq!(jump(&http, &demo.card().url, "P7D"), 303);
    eventually("the next mails of those inside arrive", || {
        let mails = mailbox(&http, &demo);
        mails.contains("オープンキャンパスのご案内").then_some(())
    });
}

#[test]
fn time_goes_on_and_never_back() {
    let (database, data_dir) = (TestDatabase::new(), tempfile::tempdir().unwrap());
    let (http, demo) = (http(), start(&database, &data_dir));
    let url = demo.card().url.clone();
    let before = now(&demo);
    assert_eq!(jump(&http, &url, "P14D"), 303);
    let after = now(&demo);
    assert!(after >= before + TimeDelta::days(14), "{before} to {after}");
    for far in ["-P1D", "P0D", "P32D"] {
        assert_eq!(jump(&http, &url, far), 400, "{far}");
    }
    demo.stop();
    let again = start(&database, &data_dir);
    assert!(now(&again) >= after, "a restart went back");
}

// V-34
#[test]
fn an_installation_that_is_served_has_no_time_machine() {
    let product = Product::start();
    let url = product.running.url().as_str().trim_end_matches('/');
    for far in ["P1D", "-P1D", ""] {
        assert_eq!(jump(&http(), url, far), 404, "{far}");
    }
}
