//! As much of PostgreSQL's protocol (version 3.0, chapter "Message Formats") as is needed to see a
//! client's COMMIT: where messages begin and end, and the texts of statements.

use std::collections::{HashMap, HashSet};

/// A startup message has no tag, only a length and one of these codes.
const SSL_REQUEST: u32 = 80_877_103;
const GSSENC_REQUEST: u32 = 80_877_104;
const CODE_BYTES: usize = 8;

/// Cuts a client's bytes into messages.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    bytes: Vec<u8>,
    is_started: bool,
}

impl Frames {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message, with its tag and length.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        let tag = usize::from(self.is_started);
        let length = usize::try_from(word(&self.bytes, tag)?).ok()?;
        let end = tag + length.max(4);
        if self.bytes.len() < end {
            return None;
        }
        let rest = self.bytes.split_off(end);
        let message = std::mem::replace(&mut self.bytes, rest);
        if !self.is_started {
            let code = word(&message, 4);
            let asks_for_more = matches!(code, Some(SSL_REQUEST | GSSENC_REQUEST));
            self.is_started = !(asks_for_more && message.len() == CODE_BYTES);
        }
        Some(message)
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

/// What a transaction wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// Engagements.
    Engagements,
    /// That a mail is about to be handed to its provider.
    Intent,
    /// What became of a mail.
    Outcome,
}

/// How the statements that write them are recognised.
const WRITES: [(&[u8], Written); 3] = [
    (b"INSERT INTO engagement_events", Written::Engagements),
    (b"content_hash = judged.content_hash", Written::Intent),
    (b"state = given.state", Written::Outcome),
];

impl Written {
    fn by(sql: &[u8]) -> Option<Self> {
        let mut found = WRITES.iter().filter(|(part, _)| contains(sql, part));
        found.next().map(|(_, written)| *written)
    }
}

/// Recognises the COMMIT of a transaction that writes something that matters here.
#[derive(Debug, Default)]
pub(crate) struct Commits {
    committing: HashSet<Vec<u8>>,
    writing: HashMap<Vec<u8>, Written>,
    /// The portal that was bound last runs a COMMIT.
    is_bound: bool,
    written: Option<Written>,
}

impl Commits {
    /// What the transaction wrote that this message commits; none where it commits nothing, or
    /// nothing of that.
    pub(crate) fn sees(&mut self, message: &[u8]) -> Option<Written> {
        let (tag, body) = message.split_first()?;
        let body = body.get(4..).unwrap_or_default();
        match tag {
            b'Q' => self.runs(text(body)),
            b'P' => {
                let name = text(body);
                let sql = text(body.get(name.len() + 1..).unwrap_or_default());
                self.remember(name, sql);
                None
            }
            b'B' => {
                let portal = text(body);
                let statement = text(body.get(portal.len() + 1..).unwrap_or_default());
                self.is_bound = self.committing.contains(statement);
                self.written = self.writing.get(statement).copied().or(self.written);
                None
            }
            b'E' if self.is_bound => self.ends(),
            _ => None,
        }
    }

    /// A prepared statement; the one without a name is another each time.
    fn remember(&mut self, name: &[u8], sql: &[u8]) {
        self.committing.remove(name);
        self.writing.remove(name);
        if is_commit(sql) {
            self.committing.insert(name.to_vec());
        }
        if let Some(written) = Written::by(sql) {
            self.writing.insert(name.to_vec(), written);
        }
    }

    fn runs(&mut self, sql: &[u8]) -> Option<Written> {
        self.written = Written::by(sql).or(self.written);
        if starts_with(sql, b"ROLLBACK") || starts_with(sql, b"BEGIN") {
            self.written = None;
        }
        if is_commit(sql) { self.ends() } else { None }
    }

    fn ends(&mut self) -> Option<Written> {
        self.is_bound = false;
        self.written.take()
    }
}

/// Up to the byte 0 that ends a text.
fn text(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn is_commit(sql: &[u8]) -> bool {
    starts_with(sql, b"COMMIT")
}

fn starts_with(sql: &[u8], word: &[u8]) -> bool {
    let sql = sql.trim_ascii_start();
    sql.get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn contains(sql: &[u8], part: &[u8]) -> bool {
    sql.windows(part.len())
        .any(|window| window.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(tag: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap();
        [&[tag][..], &length.to_be_bytes(), body].concat()
    }

    fn startup(code: u32, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 8).unwrap();
        [&length.to_be_bytes()[..], &code.to_be_bytes(), body].concat()
    }

    #[test]
    fn messages_are_found_wherever_the_bytes_are_cut() {
        let sent = [
            startup(SSL_REQUEST, b""),
            startup(196_608, b"user\0ondo\0\0"),
            message(b'Q', b"BEGIN\0"),
            message(b'S', b""),
        ];
        let bytes = sent.concat();
        for cut in 0..bytes.len() {
            let mut frames = Frames::default();
            let mut found = Vec::new();
            for part in [&bytes[..cut], &bytes[cut..]] {
                frames.push(part);
                found.extend(std::iter::from_fn(|| frames.next()));
            }
            assert_eq!(found, sent, "cut at {cut}");
        }
    }

    #[test]
    fn the_commit_of_a_transaction_that_writes_engagements_is_seen_in_both_protocols() {
        // F-04
        let insert = b"i\0insert into engagement_events VALUES ($1)\0\0\0";
        let mut simple = Commits::default();
        assert_eq!(simple.sees(&message(b'Q', b"BEGIN\0")), None);
        assert_eq!(simple.sees(&message(b'P', insert)), None);
        assert_eq!(simple.sees(&message(b'B', b"\0i\0\0\0\0\0\0\0")), None);
        assert_eq!(
            simple.sees(&message(b'Q', b" commit\0")),
            Some(Written::Engagements)
        );

        let mut extended = Commits::default();
        assert_eq!(extended.sees(&message(b'P', insert)), None);
        assert_eq!(extended.sees(&message(b'P', b"c\0COMMIT\0\0\0")), None);
        assert_eq!(extended.sees(&message(b'B', b"\0i\0\0\0\0\0\0\0")), None);
        assert_eq!(extended.sees(&message(b'E', b"\0\0\0\0\0")), None);
        assert_eq!(extended.sees(&message(b'B', b"\0c\0\0\0\0\0\0\0")), None);
        assert_eq!(
            extended.sees(&message(b'E', b"\0\0\0\0\0")),
            Some(Written::Engagements)
        );
        assert_eq!(extended.sees(&message(b'E', b"\0\0\0\0\0")), None);
    }

    #[test]
    fn commits_of_other_transactions_are_let_alone() {
        let mut commits = Commits::default();
        commits.sees(&message(
            b'Q',
            b"INSERT INTO engagement_events VALUES (1)\0",
        ));
        commits.sees(&message(b'Q', b"ROLLBACK\0"));
        commits.sees(&message(b'Q', b"UPDATE leads SET name = 'COMMIT'\0"));
        assert_eq!(commits.sees(&message(b'Q', b"COMMIT\0")), None);
    }

    #[test]
    fn intent_and_outcome_of_a_mail_are_told_apart() {
        // F-12
        let statement = |sql: &str| message(b'P', format!("s\0{sql}\0\0\0").as_bytes());
        let committed = |sql: &str| {
            let mut commits = Commits::default();
            commits.sees(&message(b'Q', b"BEGIN\0"));
            commits.sees(&statement(sql));
            commits.sees(&message(b'B', b"\0s\0\0\0\0\0\0\0"));
            commits.sees(&message(b'Q', b"COMMIT\0"))
        };
        let intent =
            "UPDATE send_logs AS send SET provider = $1, content_hash = judged.content_hash";
        let outcome = "WITH given AS (SELECT 1) UPDATE send_logs AS send SET state = given.state";
        assert_eq!(committed(intent), Some(Written::Intent));
        assert_eq!(committed(outcome), Some(Written::Outcome));
        assert_eq!(committed("UPDATE send_logs SET lease_until = $1"), None);
    }
}
