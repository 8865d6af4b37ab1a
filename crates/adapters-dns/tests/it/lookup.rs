//! What the port promises. (B72)

use std::time::{Duration, Instant};

use adapters_dns::Resolver;
use domain::delivery::authentication::{
    DnsAnswer, DnsError, DnsLookup, DnsName, Question, RecordKind,
};

use crate::name_server::{NameServer, Zone, cname, mx, txt};

const PATIENCE: Duration = Duration::from_secs(3);

fn question(name: &str, kind: RecordKind) -> Question {
    Question {
        name: DnsName::parse(name).unwrap(),
        kind,
    }
}

fn ask(server: &NameServer, questions: &[(&str, RecordKind)]) -> Vec<DnsAnswer> {
    let questions: Vec<Question> = questions
        .iter()
        .map(|(name, kind)| question(name, *kind))
        .collect();
    let resolver = Resolver::new(&[server.address]).unwrap();
    resolver.look_up(&questions, PATIENCE)
}

fn records(texts: &[&str]) -> DnsAnswer {
    Ok(texts.iter().map(|text| (*text).to_owned()).collect())
}

#[test]
fn each_kind_of_record_comes_as_its_text() {
    let server = NameServer::start(vec![
        (
            "example.jp",
            Zone::Records(vec![
                txt(&[b"v=spf1 include:", b"a.example ~all"]),
                txt(&[b"other"]),
                mx(10, "MX.example.jp"),
            ]),
        ),
        (
            "s1._domainkey.example.jp",
            Zone::Records(vec![cname("s1.domainkey.u1.wl2.SendGrid.net")]),
        ),
        ("null.example.jp", Zone::Records(vec![mx(0, ".")])),
    ]);
    let answers = ask(
        &server,
        &[
            ("example.jp", RecordKind::Txt),
            ("example.jp", RecordKind::Mx),
            ("s1._domainkey.example.jp", RecordKind::Cname),
            ("null.example.jp", RecordKind::Mx),
        ],
    );
    assert_eq!(
        answers,
        [
            records(&["v=spf1 include:a.example ~all", "other"]),
            records(&["10 mx.example.jp"]),
            records(&["s1.domainkey.u1.wl2.sendgrid.net"]),
            records(&["0 ."]),
        ]
    );
}

#[test]
fn a_name_that_is_not_there_is_no_failure() {
    let server = NameServer::start(vec![("bare.example.jp", Zone::Records(vec![]))]);
    let answers = ask(
        &server,
        &[
            ("nowhere.example.jp", RecordKind::Txt),
            ("bare.example.jp", RecordKind::Txt),
        ],
    );
    let none = || Err(DnsError::NoSuchName);
    assert_eq!(answers, [none(), none()]);
}

#[test]
fn a_server_that_fails_or_is_silent_says_nothing_about_the_name() {
    let server = NameServer::start(vec![
        ("fails.example.jp", Zone::Fails),
        ("silent.example.jp", Zone::Silent),
        ("fine.example.jp", Zone::Records(vec![txt(&[b"here"])])),
    ]);
    let resolver = Resolver::new(&[server.address]).unwrap();
    let questions = ["fails.example.jp", "silent.example.jp", "fine.example.jp"]
        .map(|name| question(name, RecordKind::Txt));
    let begun = Instant::now();
    let answers = resolver.look_up(&questions, Duration::from_secs(1));
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
    assert!(
        matches!(answers[0], Err(DnsError::Unavailable(_))),
        "{answers:?}"
    );
    assert!(
        matches!(answers[1], Err(DnsError::Unavailable(_))),
        "{answers:?}"
    );
    assert_eq!(
        answers[2],
        records(&["here"]),
        "one silence costs the others nothing"
    );
}

#[test]
fn what_strangers_publish_is_cut() {
    let long: Vec<&[u8]> = vec![&[b'x'; 255]; 20];
    let many = (0..30).map(|_| txt(&[b"one"])).collect();
    let server = NameServer::start(vec![
        ("long.example.jp", Zone::Records(vec![txt(&long)])),
        ("many.example.jp", Zone::Records(many)),
        (
            "bytes.example.jp",
            Zone::Records(vec![txt(&[&[0xff, 0xfe, b'a']])]),
        ),
    ]);
    let answers = ask(
        &server,
        &[
            ("long.example.jp", RecordKind::Txt),
            ("many.example.jp", RecordKind::Txt),
            ("bytes.example.jp", RecordKind::Txt),
        ],
    );
    assert_eq!(answers[0].as_ref().unwrap()[0].len(), 4_096);
    assert_eq!(answers[1].as_ref().unwrap().len(), 20);
    assert_eq!(answers[2], records(&["\u{fffd}\u{fffd}a"]));
}

#[test]
fn an_answer_is_never_remembered() {
    let server = NameServer::start(vec![(
        "example.jp",
        Zone::Records(vec![txt(&[b"v=spf1 -all"])]),
    )]);
    let resolver = Resolver::new(&[server.address]).unwrap();
    for _ in 0..2 {
        let asked = [question("example.jp", RecordKind::Txt)];
        assert_eq!(
            resolver.look_up(&asked, PATIENCE),
            [records(&["v=spf1 -all"])]
        );
    }
    assert_eq!(server.asked(), ["example.jp", "example.jp"]);
}

/// A web server asks from threads that belong to a runtime of its own.
#[test]
fn it_can_be_asked_and_dropped_inside_another_runtime() {
    let server = NameServer::start(vec![("example.jp", Zone::Records(vec![txt(&[b"here"])]))]);
    let resolver = Resolver::new(&[server.address]).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async move {
        let asked = [question("example.jp", RecordKind::Txt)];
        assert_eq!(resolver.look_up(&asked, PATIENCE), [records(&["here"])]);
        drop(resolver);
    });
}
