//! Reading frames. Nothing that a file says is believed before it is checked: a length is compared
//! with what the file holds before memory is taken for it.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use domain::tracking::Engagement;
use thiserror::Error;

use super::{HEAD, Head, Tally};

/// Why the next frame of a segment cannot be read.
#[derive(Debug, Error)]
pub(crate) enum FrameError {
    /// It is short or fails its checksum.
    #[error("the frame is short or fails its checksum")]
    Damaged,
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<FrameError> for io::Error {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Damaged => Self::new(io::ErrorKind::InvalidData, error),
            FrameError::Io(error) => error,
        }
    }
}

/// What a frame holds.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// What this version can read, in its order.
    pub(crate) engagements: Vec<Engagement>,
    /// The rest.
    pub(crate) unreadable: Unreadable,
}

/// Records that are no engagements as far as this version knows: another one wrote them, or a fault
/// of ours did.
#[derive(Debug, Default)]
pub(crate) struct Unreadable {
    /// The records as they are, one a line.
    pub(crate) lines: Vec<u8>,
    /// How many.
    pub(crate) count: u64,
}

impl Records {
    /// Every line is read for itself: one that cannot be read says nothing about the others.
    pub(crate) fn of(payload: &[u8]) -> Self {
        let mut records = Self::default();
        for line in payload.split_inclusive(|byte| *byte == b'\n') {
            match serde_json::from_slice(line) {
                Ok(engagement) => records.engagements.push(engagement),
                Err(_) => records.unreadable.push(line),
            }
        }
        records
    }
}

impl Unreadable {
    fn push(&mut self, line: &[u8]) {
        self.lines.extend_from_slice(line);
        self.count += 1;
    }
}

/// Reads the frames of a segment in their order.
pub(crate) struct FrameReader {
    file: BufReader<File>,
    at: u64,
    end: u64,
    payload: Vec<u8>,
}

impl FrameReader {
    /// The frames between two places of a file, where one begins and where one ends.
    pub(crate) fn open(path: &Path, start: u64, end: u64) -> io::Result<Self> {
        let mut file = BufReader::new(File::open(path)?);
        file.seek(SeekFrom::Start(start))?;
        Ok(Self {
            file,
            at: start,
            end,
            payload: Vec::new(),
        })
    }

    /// Behind the last frame that was read. Bytes from the start of the file.
    pub(crate) fn position(&self) -> u64 {
        self.at
    }

    /// What the next frame holds; none at the end.
    pub(crate) fn records(&mut self) -> Result<Option<Records>, FrameError> {
        let head = self.check()?;
        Ok(head.map(|_| Records::of(&self.payload)))
    }

    /// Adds the next frame to `tally` if it is whole; false at the end.
    pub(crate) fn verify(&mut self, tally: &mut Tally) -> Result<bool, FrameError> {
        let head = self.check()?;
        head.into_iter().for_each(|head| tally.count(head));
        Ok(head.is_some())
    }

    fn check(&mut self) -> Result<Option<Head>, FrameError> {
        let Some(head) = self.head()? else {
            return Ok(None);
        };
        self.payload.resize(head.length as usize, 0);
        self.file.read_exact(&mut self.payload).map_err(short)?;
        if head.checksum(&self.payload) != head.crc {
            return Err(FrameError::Damaged);
        }
        self.pass(head);
        Ok(Some(head))
    }

    /// The next head, without a look at the payload.
    fn skip(&mut self) -> Result<Option<Head>, FrameError> {
        let Some(head) = self.head()? else {
            return Ok(None);
        };
        self.file.seek_relative(head.length.into())?;
        self.pass(head);
        Ok(Some(head))
    }

    fn head(&mut self) -> Result<Option<Head>, FrameError> {
        let left = self.end.saturating_sub(self.at);
        if left == 0 {
            return Ok(None);
        }
        let room = left.checked_sub(HEAD as u64).ok_or(FrameError::Damaged)?;
        let mut bytes = [0; HEAD];
        self.file.read_exact(&mut bytes).map_err(short)?;
        let head = Head::from_bytes(bytes);
        if u64::from(head.length) > room || head.count == 0 {
            return Err(FrameError::Damaged);
        }
        Ok(Some(head))
    }

    fn pass(&mut self, head: Head) {
        self.at += HEAD as u64 + u64::from(head.length);
    }
}

/// Someone cut a file that was longer.
fn short(error: io::Error) -> FrameError {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        FrameError::Damaged
    } else {
        FrameError::Io(error)
    }
}

/// What the heads of the frames between two places say.
pub(crate) fn tally(path: &Path, start: u64, end: u64) -> Result<Tally, FrameError> {
    let mut reader = FrameReader::open(path, start, end)?;
    let mut tally = Tally::default();
    while let Some(head) = reader.skip()? {
        tally.count(head);
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_no_file_can_have_takes_no_memory() {
        // F-11
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("segment");
        std::fs::write(&path, [0xff; 64]).unwrap();
        let mut reader = FrameReader::open(&path, 0, 64).unwrap();
        assert!(matches!(reader.records(), Err(FrameError::Damaged)));
        assert_eq!(reader.payload.capacity(), 0);
        assert_eq!(reader.position(), 0);
    }
}
