//! The journal: every answer, synced to disk. What stands here was acknowledged.
//!
//! One line an answer: number, kind, status, subject, and the latency in microseconds. A last line
//! without its end was cut off by a crash and says nothing.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use anyhow::{Context as _, anyhow};
use uuid::Uuid;

use crate::load::Kind;

/// Answers that share one sync, at most.
const GROUP: usize = 1024;

/// One answer, or that there was none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Which request.
    pub(crate) number: u64,
    /// Of what kind.
    pub(crate) kind: Kind,
    /// The status of the answer; 0: the connection ended without one.
    pub(crate) status: u16,
    /// The engagement, where the request names one; else the mail.
    pub(crate) subject: Uuid,
    /// From the first byte of the request to the last of the answer. Microseconds.
    pub(crate) latency: u64,
}

impl Entry {
    /// Whether the server said that it keeps what was sent.
    pub(crate) const fn is_acknowledged(&self) -> bool {
        matches!(self.status, 200..=399)
    }

    fn line(&self) -> String {
        format!(
            "{} {} {} {} {}\n",
            self.number,
            self.kind.letter(),
            self.status,
            self.subject.simple(),
            self.latency
        )
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(' ');
        let mut next = || fields.next();
        let entry = Self {
            number: next()?.parse().ok()?,
            kind: Kind::of_letter(next()?)?,
            status: next()?.parse().ok()?,
            subject: Uuid::try_parse(next()?).ok()?,
            latency: next()?.parse().ok()?,
        };
        next().is_none().then_some(entry)
    }
}

/// The entries of a journal's text. A torn last line is left out; any other line that cannot be
/// read is an error, because then nothing here can be believed.
pub(crate) fn entries(text: &str) -> anyhow::Result<Vec<Entry>> {
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    let parsed = whole.lines().enumerate().map(|(number, line)| {
        Entry::parse(line).ok_or_else(|| anyhow!("line {} of the journal: {line:?}", number + 1))
    });
    parsed.collect()
}

/// Writes a journal on a thread of its own.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    sender: Sender<Entry>,
    thread: JoinHandle<std::io::Result<()>>,
}

impl Journal {
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = OpenOptions::new()
            .create_new(true)
            .append(true)
            .open(path)
            .with_context(|| format!("the journal {}", path.display()))?;
        let (sender, entries) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write(file, &entries))?;
        Ok(Self {
            path: path.to_owned(),
            sender,
            thread,
        })
    }

    /// Where answers are handed in.
    pub(crate) fn sender(&self) -> Sender<Entry> {
        self.sender.clone()
    }

    /// Waits for the last sync, then reads back what is on disk. Every sender must be gone.
    pub(crate) fn close(self) -> anyhow::Result<Vec<Entry>> {
        drop(self.sender);
        let written = self.thread.join();
        written.map_err(|_panic| anyhow!("the journal's thread panicked"))??;
        entries(&std::fs::read_to_string(&self.path)?)
    }
}

fn write(mut file: File, entries: &Receiver<Entry>) -> std::io::Result<()> {
    while let Ok(first) = entries.recv() {
        let mut lines = first.line();
        for entry in entries.try_iter().take(GROUP - 1) {
            lines.push_str(&entry.line());
        }
        file.write_all(lines.as_bytes())?;
        file.sync_data()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u64) -> Entry {
        Entry {
            number,
            kind: Kind::PageView,
            status: 200,
            subject: Uuid::from_u128(7),
            latency: 1_500,
        }
    }

    #[test]
    fn a_journal_reads_back_what_was_handed_in() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(&folder.path().join("journal")).unwrap();
        let sender = journal.sender();
        for number in 0..2_000 {
            sender.send(entry(number)).unwrap();
        }
        drop(sender);
        let read = journal.close().unwrap();
        assert_eq!(read, (0..2_000).map(entry).collect::<Vec<_>>());
    }

    #[test]
    fn a_torn_last_line_was_never_acknowledged() {
        let text = entry(1).line() + &entry(2).line();
        for cut in 1..entry(2).line().len() {
            let torn = &text[..text.len() - cut];
            assert_eq!(entries(torn).unwrap(), [entry(1)], "{torn:?}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_an_error() {
        let text = format!("{}nonsense\n{}", entry(1).line(), entry(2).line());
        assert!(entries(&text).unwrap_err().to_string().contains("line 2"));
    }
}
