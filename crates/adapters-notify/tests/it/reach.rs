//! Attacks on our own network through the address of a webhook (V-30).

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapters_notify::{Lookup, Reach, WebhookClient};
use domain::notifications::{CallOutcome, Webhooks};

use crate::receiver::{Receiver, call, client};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const DEADLINE: Duration = Duration::from_millis(700);

/// A client for the public internet to which names lead as this says.
fn public(lookup: impl Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static) -> WebhookClient {
    let lookup: Arc<Lookup> = Arc::new(move |name: &str| Ok(lookup(name)));
    WebhookClient::with(DEADLINE, Reach::PublicInternet, lookup).unwrap()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn is_refused(outcome: &CallOutcome) -> bool {
    matches!(outcome, CallOutcome::Never { .. })
}

#[test]
fn an_address_in_numbers_or_of_another_scheme_is_not_even_looked_up() {
    let receiver = Receiver::answering(OK);
    let port = receiver.port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let client = public(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        vec![ip("127.0.0.1")]
    });
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://0177.0.0.1:{port}/"),
        format!("https://2130706433:{port}/"),
        format!("https://0x7f000001:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://evil@127.0.0.1:{port}/"),
        format!("https://hooks.example.com@127.0.0.1:{port}/"),
        "file:///etc/passwd".to_owned(),
        "gopher://hooks.example.com/".to_owned(),
    ] {
        let outcome = client.call(&call(&url));
        assert!(is_refused(&outcome), "{url}: {outcome:?}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert!(receiver.is_quiet());
}

#[test]
fn a_name_that_leads_home_is_refused_when_it_is_connected() {
    let receiver = Receiver::answering(OK);
    let url = format!("https://hooks.example.com:{}/", receiver.port());
    for home in [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "::1",
        "::ffff:127.0.0.1",
    ] {
        let outcome = public(move |_| vec![ip(home)]).call(&call(&url));
        assert!(is_refused(&outcome), "{home}: {outcome:?}");
    }
    let mixed = public(|_| vec![ip("2000::1"), ip("127.0.0.1")]);
    assert!(is_refused(&mixed.call(&call(&url))));
    assert!(receiver.is_quiet());
}

#[test]
fn a_name_that_leads_home_only_the_second_time_is_refused_then() {
    let receiver = Receiver::answering(OK);
    let url = format!("https://hooks.example.com:{}/", receiver.port());
    // The first answer is public, and nobody is there (nothing is assigned in 2000::/16).
    let answers = Mutex::new(vec![ip("127.0.0.1"), ip("2000::1")]);
    let client = public(move |_| {
        let next = answers.lock().unwrap().pop();
        vec![next.unwrap_or(ip("127.0.0.1"))]
    });
    let first = client.call(&call(&url));
    assert!(matches!(first, CallOutcome::NotNow { .. }), "{first:?}");
    for _ in 0..2 {
        let again = client.call(&call(&url));
        assert!(is_refused(&again), "{again:?}");
    }
    assert!(receiver.is_quiet());
}

#[test]
fn a_redirect_leads_nowhere() {
    let home = Receiver::answering(OK);
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let answer = format!(
            "HTTP/1.1 {status}\r\nlocation: {}\r\nconnection: close\r\n\r\n",
            home.url()
        );
        let outside = Receiver::answering(answer);
        let outcome = client(Duration::from_secs(5)).call(&call(&outside.url()));
        assert!(matches!(outcome, CallOutcome::NotNow { .. }), "{outcome:?}");
        outside.request();
    }
    assert!(home.is_quiet());
}
