//! Finding out what an earlier process left.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::frame::{FrameError, FrameReader, Tally};
use crate::index::{Index, Segment};
use crate::segment;
use crate::settings::OpenError;

/// What was found when a spool was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Segments that can be read, at least in part.
    pub segments: usize,
    /// Engagements that wait in them.
    pub engagements: u64,
    /// Where reading had to stop before the end of a segment.
    pub damaged: Vec<Damage>,
    /// Files with a segment's name that are none, or of a version that this program does not
    /// know. They stay where they are.
    pub left_alone: Vec<PathBuf>,
}

/// Bytes of a segment that cannot be used.
///
/// After a crash this is the usual trace of an append that was never acknowledged. Anything else
/// means that the disk lost what it had confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The segment.
    pub path: PathBuf,
    /// Where the first wrong frame begins. Bytes.
    pub offset: u64,
    /// From there to the end of the file. Bytes.
    pub skipped: u64,
}

/// Segments, and the number of the next one.
pub(crate) struct Recovered {
    pub(crate) index: Index,
    pub(crate) next: u64,
    pub(crate) report: Recovery,
}

/// Reads all the segments of a folder.
pub(crate) fn recover(folder: &Path) -> Result<Recovered, OpenError> {
    let mut recovered = Recovered {
        index: Index::default(),
        next: 1,
        report: Recovery::default(),
    };
    for (number, path) in segments(folder).map_err(OpenError::at(folder))? {
        recovered.next = recovered.next.max(number.saturating_add(1));
        let found = look_at(&path).map_err(OpenError::at(&path))?;
        recovered.note(number, path, found);
    }
    recovered.report.segments = recovered.index.len();
    recovered.report.engagements = recovered.index.state(0).engagements;
    Ok(recovered)
}

impl Recovered {
    fn note(&mut self, number: u64, path: PathBuf, found: Found) {
        match found {
            Found::Segment(segment) => {
                if segment.end < segment.length {
                    self.report.damaged.push(damage(path, segment));
                }
                self.index.insert(number, segment);
            }
            Found::Other => {
                tracing::warn!(
                    path = %path.display(),
                    "no segment that this version can read: left where it is"
                );
                self.report.left_alone.push(path);
            }
        }
    }
}

fn damage(path: PathBuf, segment: Segment) -> Damage {
    let skipped = segment.length - segment.end;
    tracing::warn!(
        path = %path.display(),
        offset = segment.end,
        skipped,
        "a frame is short or fails its checksum: the rest of the segment is skipped"
    );
    Damage {
        path,
        offset: segment.end,
        skipped,
    }
}

/// The files with a segment's name, the oldest first.
fn segments(folder: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut segments = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let number = entry.file_name().to_str().and_then(segment::number);
        segments.extend(number.map(|number| (number, entry.path())));
    }
    segments.sort_unstable();
    Ok(segments)
}

enum Found {
    Segment(Segment),
    Other,
}

fn look_at(path: &Path) -> io::Result<Found> {
    // Opening a pipe would wait for ever.
    let about = fs::symlink_metadata(path)?;
    if !about.is_file() {
        return Ok(Found::Other);
    }
    let mut head = Vec::new();
    File::open(path)?
        .take(segment::HEAD)
        .read_to_end(&mut head)?;
    if !segment::HEAD_BYTES.starts_with(&head) {
        return Ok(Found::Other);
    }
    let (end, tally) = good_part(path, about.len())?;
    Ok(Found::Segment(Segment {
        end,
        length: about.len(),
        released: 0,
        tally,
    }))
}

/// How far the frames of a segment are whole, and what they hold.
fn good_part(path: &Path, length: u64) -> io::Result<(u64, Tally)> {
    let mut tally = Tally::default();
    if length < segment::HEAD {
        // The process died before the first append was written.
        return Ok((0, tally));
    }
    let mut reader = FrameReader::open(path, segment::HEAD, length)?;
    loop {
        match reader.verify(&mut tally) {
            Ok(true) => {}
            Ok(false) | Err(FrameError::Damaged) => return Ok((reader.position(), tally)),
            Err(FrameError::Io(error)) => return Err(error),
        }
    }
}
