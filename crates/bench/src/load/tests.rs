use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::*;
use crate::cli::Work;
use crate::population::Population;

type Seen = Arc<Mutex<BTreeMap<String, usize>>>;

const STALL: Duration = Duration::from_millis(400);

/// Answers every GET with 302 and counts the paths. Stalls once, at request number `stall`.
fn server(stall: Option<usize>) -> (SocketAddr, Seen) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Seen::default();
    let paths = Arc::clone(&seen);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let paths = Arc::clone(&paths);
            thread::spawn(move || answer(stream.unwrap(), &paths, stall));
        }
    });
    (address, seen)
}

fn answer(mut stream: TcpStream, seen: &Seen, stall: Option<usize>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    while let Some(Ok(first)) = lines.next() {
        while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
        let number = {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            *seen.entry(first).or_default() += 1;
            seen.len()
        };
        if stall == Some(number) {
            thread::sleep(STALL);
        }
        let text = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(text).unwrap();
    }
}

fn phase(address: SocketAddr, people: usize, connections: usize) -> Phase {
    let population = Population::of(people).unwrap();
    Phase {
        address,
        requests: Arc::new(requests(Work::Click, &population).unwrap()),
        first: 10,
        end: people,
        connections,
        limit: Duration::from_secs(20),
    }
}

#[test]
fn every_request_of_a_phase_is_sent_once() {
    let (address, seen) = server(None);
    let tally = phase(address, 300, 8).closed().unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!((tally.count(), tally.refused), (290, 0));
    assert_eq!(seen.len(), 290);
    assert!(seen.values().all(|times| *times == 1));
}

#[test]
fn a_server_that_stalls_is_charged_for_everybody_who_waits() {
    let (address, _) = server(Some(20));
    let tally = phase(address, 110, 1).open(100.0, None).unwrap();
    // 40 requests were due in the 400 ms; the 30 of the first 300 ms waited at least 100 ms each.
    let waited = |latency: &&Duration| **latency >= STALL / 4;
    assert_eq!(tally.count(), 100);
    assert!(tally.latencies.iter().filter(waited).count() >= 29);
}

#[test]
fn an_unexpected_answer_is_refused() {
    let (address, _) = server(None);
    let population = Population::of(3).unwrap();
    let views = Phase {
        requests: Arc::new(requests(Work::Pv, &population).unwrap()),
        first: 0,
        ..phase(address, 3, 1)
    };
    // The server answers 302 where a page view expects 200; the body confuses it after that.
    let tally = Phase { end: 1, ..views }.closed().unwrap();
    assert_eq!((tally.count(), tally.refused), (0, 1));
    assert_eq!(tally.reason.as_deref(), Some("status 302"));
}
