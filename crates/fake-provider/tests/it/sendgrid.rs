//! `POST /v3/mail/send`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use fake_provider::{Answer, Deed, Manners, Protocol, Provider};
use uuid::Uuid;

fn provider(manners: Manners) -> Provider {
    let provider = Provider::start(Protocol::SendGrid, 1).unwrap();
    provider.behave(manners);
    provider
}

fn mail(send: Uuid) -> Vec<u8> {
    let body = format!(
        r#"{{"personalizations":[{{"to":[{{"email":"sato@example.com"}}],"custom_args":{{"ondo_send":"{send}"}}}}],
        "from":{{"email":"info@example.jp"}},"subject":"S",
        "content":[{{"type":"text/plain","value":"T"}},{{"type":"text/html","value":"H"}}]}}"#
    );
    request("Bearer SG.key", &body)
}

fn request(authorization: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST /v3/mail/send HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The status line and headers that come back; empty where nothing does.
fn ask(provider: &Provider, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(provider.address()).unwrap();
    stream.write_all(request).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn what_is_accepted_is_in_the_ledger() {
    let provider = provider(Manners::default());
    let send = Uuid::from_u128(7);
    let answer = ask(&provider, &mail(send));
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    assert!(answer.contains("\r\nX-Message-Id: "), "{answer}");
    let taken = provider.ledger().taken();
    assert_eq!((taken.len(), taken[0].send), (1, Some(send)));
    assert_eq!(taken[0].to, ["sato@example.com"]);
    assert_eq!(taken[0].answer, Answer::Told);
}

#[test]
fn each_deed_has_its_status_and_takes_or_does_not() {
    for (deed, status) in [
        (Deed::Limit, "429"),
        (Deed::Fault, "503"),
        (Deed::Reject, "400"),
        (Deed::TooLarge, "413"),
        (Deed::RefuseKey, "401"),
        (Deed::RefuseSender, "403"),
    ] {
        let provider = provider(Manners::always(deed));
        let answer = ask(&provider, &mail(Uuid::from_u128(7)));
        assert_eq!(answer.get(9..12), Some(status), "{deed:?}");
        assert_eq!(provider.ledger().count(), 0, "{deed:?}");
        assert_eq!(provider.ledger().tries()[&Uuid::from_u128(7)], 1);
        assert_eq!(answer.contains("Retry-After: 1"), deed == Deed::Limit);
    }
}

#[test]
fn a_dropped_connection_says_nothing_whether_the_mail_was_taken_or_not() {
    for (deed, taken) in [(Deed::DropTaken, 1), (Deed::DropUntaken, 0)] {
        let provider = provider(Manners::always(deed));
        assert_eq!(ask(&provider, &mail(Uuid::from_u128(7))), "");
        assert_eq!(provider.ledger().count(), taken);
    }
}

#[test]
fn a_held_connection_is_seen_and_let_go() {
    let provider = provider(Manners::always(Deed::HoldTaken));
    thread::scope(|scope| {
        let asking = scope.spawn(|| ask(&provider, &mail(Uuid::from_u128(7))));
        while provider.ledger().held() == 0 {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(provider.ledger().count(), 1);
        provider.release();
        assert_eq!(asking.join().unwrap(), "");
    });
    assert_eq!(provider.ledger().held(), 0);
}

#[test]
fn a_sender_without_a_key_and_a_body_that_is_none_are_refused() {
    let provider = provider(Manners::default());
    let status = |request: &[u8]| ask(&provider, request)[9..12].to_owned();
    assert_eq!(status(&request("Bearer ", "{}")), "401");
    assert_eq!(status(&request("Bearer SG.key", "{}")), "400");
    assert_eq!(status(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "404");
    assert_eq!(provider.ledger().calls(), 0);
}
