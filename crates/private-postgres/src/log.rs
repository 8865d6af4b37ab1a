//! The server's log, as far as we write and read it.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// At a start, a log longer than this is put aside, so that it cannot fill the disk.
const LONGEST: u64 = 16 * 1024 * 1024;
const TAIL_BYTES: u64 = 8 * 1024;
const TAIL_LINES: usize = 15;

/// The log from one start of the server on.
#[derive(Debug)]
pub(crate) struct Log {
    path: PathBuf,
    from: u64,
}

impl Log {
    /// The log as it stands, from its end on.
    pub(crate) fn from_here(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            from: length(path),
        }
    }

    /// The file for the server to write to, and the log from there on.
    pub(crate) fn open(path: &Path) -> Result<(File, Self), Error> {
        if length(path) > LONGEST {
            let aside = path.with_extension("log.1");
            fs::rename(path, &aside).map_err(Error::io("put aside", path))?;
        }
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)
            .map_err(Error::io("open", path))?;
        Ok((file, Self::from_here(path)))
    }

    /// The server ended.
    pub(crate) fn ended(&self) -> Error {
        Error::Start {
            log: self.path.clone(),
            tail: self.tail(),
        }
    }

    /// The server is not ready after `seconds`.
    pub(crate) fn not_ready(&self, seconds: u64) -> Error {
        Error::NotReady {
            seconds,
            log: self.path.clone(),
            tail: self.tail(),
        }
    }

    /// The last lines.
    pub(crate) fn tail(&self) -> String {
        let text = self.last_bytes().unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }

    fn last_bytes(&self) -> std::io::Result<Vec<u8>> {
        let mut file = File::open(&self.path)?;
        let start = self
            .from
            .max(file.metadata()?.len().saturating_sub(TAIL_BYTES));
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.len())
}
