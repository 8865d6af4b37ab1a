//! A small name server: it answers from a list, byte for byte as RFC 1035 has it, over datagrams and
//! streams.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

/// Types of records (RFC 1035 §3.2.2).
pub(crate) const CNAME: u16 = 5;
pub(crate) const MX: u16 = 15;
pub(crate) const TXT: u16 = 16;

/// The longest answer in a datagram, and the sign of one that was longer.
const DATAGRAM: usize = 1_232;
const TRUNCATED: u8 = 0x02;

/// What the server does with a name.
#[derive(Clone)]
pub(crate) enum Zone {
    /// Answers these records: type and data.
    Records(Vec<(u16, Vec<u8>)>),
    /// Answers that something is wrong with the server (SERVFAIL).
    Fails,
    /// Does not answer at all.
    Silent,
}

/// A running server; it ends with the process of the test.
pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl NameServer {
    pub(crate) fn start(zones: Vec<(&'static str, Zone)>) -> Self {
        let stream = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = stream.local_addr().unwrap();
        let datagram = UdpSocket::bind(address).unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let zones = Arc::new(zones);
        let (seen, known) = (Arc::clone(&asked), Arc::clone(&zones));
        thread::spawn(move || over_datagrams(&datagram, &known, &seen));
        thread::spawn(move || over_streams(&stream, &zones));
        Self { address, asked }
    }

    /// The names that were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn over_datagrams(socket: &UdpSocket, zones: &[(&str, Zone)], asked: &Mutex<Vec<String>>) {
    let mut query = [0; 4_096];
    while let Ok((length, client)) = socket.recv_from(&mut query) {
        let (name, kind, question) = read(&query[..length]);
        asked.lock().unwrap().push(name.clone());
        let zone = zones.iter().find(|(zone, _)| *zone == name);
        let answer = answer(&query, &question, kind, zone.map(|(_, zone)| zone));
        if let Some(answer) = answer.map(|answer| cut(answer, &question)) {
            socket.send_to(&answer, client).unwrap();
        }
    }
}

/// Each message stands behind its length (RFC 1035 §4.2.2).
fn over_streams(listener: &TcpListener, zones: &[(&str, Zone)]) {
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut length = [0; 2];
        while stream.read_exact(&mut length).is_ok() {
            let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
            stream.read_exact(&mut query).unwrap();
            let (name, kind, question) = read(&query);
            let zone = zones.iter().find(|(zone, _)| *zone == name);
            if let Some(answer) = answer(&query, &question, kind, zone.map(|(_, zone)| zone)) {
                let length = u16::try_from(answer.len()).unwrap();
                stream.write_all(&length.to_be_bytes()).unwrap();
                stream.write_all(&answer).unwrap();
            }
        }
    }
}

/// What does not fit into a datagram is asked for again over a stream.
fn cut(mut answer: Vec<u8>, question: &[u8]) -> Vec<u8> {
    if answer.len() > DATAGRAM {
        answer[2] |= TRUNCATED;
        answer[6..8].fill(0);
        answer.truncate(12 + question.len());
    }
    answer
}

/// The name, the type and the bytes of the one question of a query.
fn read(query: &[u8]) -> (String, u16, Vec<u8>) {
    let mut labels = Vec::new();
    let mut at = 12;
    while query[at] != 0 {
        let end = at + 1 + usize::from(query[at]);
        labels.push(
            String::from_utf8(query[at + 1..end].to_vec())
                .unwrap()
                .to_lowercase(),
        );
        at = end;
    }
    let kind = u16::from_be_bytes([query[at + 1], query[at + 2]]);
    (labels.join("."), kind, query[12..at + 5].to_vec())
}

fn answer(query: &[u8], question: &[u8], kind: u16, zone: Option<&Zone>) -> Option<Vec<u8>> {
    const NO_ERROR: u8 = 0;
    const SERVER_FAILURE: u8 = 2;
    const NAME_ERROR: u8 = 3;
    let (code, records) = match zone {
        Some(Zone::Silent) => return None,
        Some(Zone::Fails) => (SERVER_FAILURE, Vec::new()),
        None => (NAME_ERROR, Vec::new()),
        Some(Zone::Records(records)) => {
            let of_kind = records.iter().filter(|(known, _)| *known == kind);
            (NO_ERROR, of_kind.collect())
        }
    };
    let mut answer = vec![query[0], query[1], 0x85, 0x80 | code, 0, 1];
    answer.extend(u16::try_from(records.len()).unwrap().to_be_bytes());
    answer.extend([0; 4]);
    answer.extend(question);
    for (kind, data) in records {
        // The name of the question, by pointer; class IN; 60 seconds.
        answer.extend([0xc0, 12]);
        answer.extend(kind.to_be_bytes());
        answer.extend([0, 1, 0, 0, 0, 60]);
        answer.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        answer.extend(data);
    }
    Some(answer)
}

/// The strings of one TXT record.
pub(crate) fn txt(strings: &[&[u8]]) -> (u16, Vec<u8>) {
    let mut data = Vec::new();
    for string in strings {
        data.push(u8::try_from(string.len()).unwrap());
        data.extend(*string);
    }
    (TXT, data)
}

pub(crate) fn cname(target: &str) -> (u16, Vec<u8>) {
    (CNAME, name(target))
}

pub(crate) fn mx(preference: u16, host: &str) -> (u16, Vec<u8>) {
    let mut data = preference.to_be_bytes().to_vec();
    data.extend(name(host));
    (MX, data)
}

fn name(text: &str) -> Vec<u8> {
    let mut data = Vec::new();
    for label in text.split('.').filter(|label| !label.is_empty()) {
        data.push(u8::try_from(label.len()).unwrap());
        data.extend(label.as_bytes());
    }
    data.push(0);
    data
}
