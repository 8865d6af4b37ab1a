//! SMTP.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use fake_provider::{Deed, Manners, Protocol, Provider};
use uuid::Uuid;

/// The first characters of each answer in a conversation of these lines, until it ends.
fn answers(provider: &Provider, lines: &[&str]) -> Vec<String> {
    let mut stream = TcpStream::connect(provider.address()).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut next = || {
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return None;
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                return Some(line[..3].to_owned());
            }
        }
    };
    let mut answers = vec![next().unwrap()];
    for line in lines {
        if stream.write_all(format!("{line}\r\n").as_bytes()).is_err() {
            break;
        }
        match next() {
            Some(answer) => answers.push(answer),
            None => break,
        }
    }
    answers
}

const SEND: Uuid = Uuid::from_u128(7);

fn conversation(provider: &Provider) -> Vec<String> {
    let message = format!("Subject: x\r\nX-Ondo-Send: {SEND}\r\n\r\n..dot\r\n.");
    let lines = [
        "EHLO me",
        "MAIL FROM:<a@example.jp>",
        "RCPT TO:<b@example.com>",
        "DATA",
        &message,
    ];
    answers(provider, &lines)
}

#[test]
fn a_message_is_taken_with_its_envelope_and_its_dots() {
    let provider = Provider::start(Protocol::Smtp, 1).unwrap();
    provider.keep_content();
    let answers = conversation(&provider);
    assert_eq!(answers, ["220", "250", "250", "250", "354", "250"]);
    let [taken] = provider.ledger().taken().try_into().unwrap();
    assert_eq!(
        (taken.send, taken.to),
        (Some(SEND), vec!["b@example.com".to_owned()])
    );
    let content = String::from_utf8(taken.content.unwrap()).unwrap();
    assert!(content.ends_with("\r\n\r\n.dot\r\n"), "{content:?}");
}

#[test]
fn each_deed_answers_where_a_server_would() {
    for (deed, expected, taken) in [
        (Deed::Limit, &["220", "250", "421"][..], 0),
        (Deed::RefuseKey, &["220", "250", "530", "503", "503"], 0),
        (Deed::Reject, &["220", "250", "250", "550", "503"], 0),
        (Deed::Fault, &["220", "250", "250", "250", "354", "451"], 0),
        (
            Deed::TooLarge,
            &["220", "250", "250", "250", "354", "552"],
            0,
        ),
        (Deed::DropTaken, &["220", "250", "250", "250", "354"], 1),
        (Deed::DropUntaken, &["220", "250", "250", "250", "354"], 0),
    ] {
        let provider = Provider::start(Protocol::Smtp, 1).unwrap();
        provider.behave(Manners::always(deed));
        let answers = conversation(&provider);
        assert_eq!(answers[..expected.len()], *expected, "{deed:?}");
        assert_eq!(provider.ledger().count(), taken, "{deed:?}");
    }
}
