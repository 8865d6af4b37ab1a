//! What another program gets, and what its answers mean.

use std::time::{Duration, Instant};

use domain::notifications::{CallOutcome, Webhooks};

use crate::receiver::{Receiver, call, client};

const DEADLINE: Duration = Duration::from_secs(5);
const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";

fn not_now(outcome: CallOutcome) -> String {
    let CallOutcome::NotNow { reason } = outcome else {
        panic!("{outcome:?}");
    };
    reason
}

#[test]
fn a_program_is_told_who_came_to_which_step() {
    let receiver = Receiver::answering(OK);
    let outcome = client(DEADLINE).call(&call(&receiver.url()));
    assert_eq!(outcome, CallOutcome::Taken);
    let request = receiver.request();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /hook HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    assert!(
        head.contains("x-ondo-signature: t=1795221000,v1="),
        "{head}"
    );
    insta::assert_snapshot!(body, @r#"{"id":"00000000-0000-0000-0000-000000000001","event":"campaign.step","at":"2026-11-21T00:29:55Z","tenant":"00000000-0000-0000-0000-000000000002","campaign":{"id":"00000000-0000-0000-0000-000000000003","name":"診断のあと"},"step":"00000000-0000-0000-0000-000000000004","lead":{"id":"00000000-0000-0000-0000-000000000005","email":"sato@example.com","name":"佐藤 花子","score":84,"band":"hot"}}"#);
}

#[test]
fn whatever_is_no_success_is_tried_again_and_says_what_was_said() {
    for status in ["400 Bad Request", "410 Gone", "429 Too Many", "500 Broken"] {
        let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\nno\r\nway");
        let receiver = Receiver::answering(answer);
        let reason = not_now(client(DEADLINE).call(&call(&receiver.url())));
        assert_eq!(reason, format!("{} no way", &status[..3]));
    }
}

#[test]
fn a_program_that_does_not_answer_is_left_at_the_deadline() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let started = Instant::now();
    not_now(client(Duration::from_millis(300)).call(&call(&url)));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn an_answer_without_end_is_not_read() {
    let head = b"HTTP/1.1 500 Broken\r\ncontent-length: 1000000000\r\n\r\n".to_vec();
    let receiver = Receiver::answering([head, vec![b'x'; 8 * 1024 * 1024]].concat());
    let reason = not_now(client(DEADLINE).call(&call(&receiver.url())));
    assert!(
        reason.starts_with("500 xxx") && reason.len() <= 200,
        "{reason}"
    );
}

#[test]
fn nobody_there_is_another_try() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let reason = not_now(client(DEADLINE).call(&call(&format!("http://{closed}/"))));
    assert!(
        !reason.contains("http://"),
        "the address is known: {reason}"
    );
}
