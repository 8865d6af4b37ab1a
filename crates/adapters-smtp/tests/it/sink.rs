//! A mail server on loopback that takes what it gets, or answers as it is told to.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What the server does instead of agreeing.
#[derive(Clone, Default)]
pub(crate) struct Manners {
    /// Answers to lines that begin so, the first that fits.
    pub(crate) answers: Vec<(&'static str, &'static str)>,
    /// Hangs up after a line that begins so, without an answer. `.` is the end of a mail.
    pub(crate) hangs_up_at: Option<&'static str>,
}

#[derive(Default)]
struct Seen {
    connections: usize,
    lines: Vec<String>,
    mails: Vec<String>,
}

pub(crate) struct Sink {
    pub(crate) port: u16,
    seen: Arc<Mutex<Seen>>,
}

impl Sink {
    pub(crate) fn with(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let noted = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (noted, manners) = (Arc::clone(&noted), manners.clone());
                noted.lock().unwrap().connections += 1;
                thread::spawn(move || converse(&stream.unwrap(), &noted, &manners));
            }
        });
        Self { port, seen }
    }

    pub(crate) fn mails(&self) -> Vec<String> {
        self.seen.lock().unwrap().mails.clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen.lock().unwrap().lines.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }
}

/// Ends, like a server, when the other side is gone.
fn converse(mut stream: &TcpStream, seen: &Mutex<Seen>, manners: &Manners) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    stream.write_all(b"220 sink\r\n").ok()?;
    loop {
        let line = read_line(&mut reader)?;
        seen.lock().unwrap().lines.push(line.clone());
        if manners.hangs_up_at.is_some_and(|at| line.starts_with(at)) {
            return None;
        }
        let told = manners
            .answers
            .iter()
            .find(|(start, _)| line.starts_with(start));
        let answer = told.map_or_else(|| usual_answer(&line), |(_, answer)| answer);
        stream.write_all(format!("{answer}\r\n").as_bytes()).ok()?;
        if answer.starts_with("354") {
            let mail = read_mail(&mut reader)?;
            seen.lock().unwrap().mails.push(mail);
            if manners.hangs_up_at == Some(".") {
                return None;
            }
            let told = manners.answers.iter().find(|(start, _)| *start == ".");
            let answer = told.map_or("250 taken", |(_, answer)| answer);
            stream.write_all(format!("{answer}\r\n").as_bytes()).ok()?;
        }
    }
}

fn usual_answer(line: &str) -> &'static str {
    match line.get(..4) {
        Some("EHLO") => "250-sink\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
        Some("AUTH") => "235 welcome",
        Some("DATA") => "354 go on",
        Some("QUIT") => "221 bye",
        _ => "250 ok",
    }
}

fn read_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let bytes = reader.read_line(&mut line).ok()?;
    (bytes > 0).then(|| line.trim_end().to_owned())
}

fn read_mail(reader: &mut impl BufRead) -> Option<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == ".\r\n" {
            return Some(mail);
        }
        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
