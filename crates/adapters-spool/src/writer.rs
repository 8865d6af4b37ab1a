//! The end of the log that grows.

use std::io;
use std::sync::Mutex;

use domain::tracking::SpoolError;

use crate::files::SegmentFile;
use crate::folder::Folder;
use crate::frame::Frames;
use crate::index::{Index, Segment};
use crate::segment;
use crate::spool::lock;

/// How far the log may grow. Bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) spool: u64,
    pub(crate) segment: u64,
}

/// Appends to the active segment, and begins new ones.
pub(crate) struct Writer {
    next: u64,
    active: Option<Active>,
}

/// The segment that is written to. All that is in it is synced.
struct Active {
    number: u64,
    file: Box<dyn SegmentFile>,
    length: u64,
}

impl Writer {
    /// Begins with the segment `next`.
    pub(crate) fn new(next: u64) -> Self {
        Self { next, active: None }
    }

    /// The active segment, if there is one.
    pub(crate) fn active(&self) -> Option<u64> {
        self.active.as_ref().map(|active| active.number)
    }

    /// Nothing is written to the active segment any more.
    pub(crate) fn seal(&mut self) {
        self.active = None;
    }

    /// Makes frames durable.
    pub(crate) fn append(
        &mut self,
        folder: &Folder,
        index: &Mutex<Index>,
        limits: Limits,
        frames: &Frames,
    ) -> Result<(), SpoolError> {
        let fits = |active: &Active| active.length + frames.len() <= limits.segment;
        let goes_on = self.active.as_ref().is_some_and(fits);
        let head = if goes_on { 0 } else { segment::HEAD };
        if lock(index).bytes() + head + frames.len() > limits.spool {
            return Err(SpoolError::Full);
        }
        // Given back only when the disk has said yes: a segment that failed is not written again.
        let active = match self.active.take().filter(|_| goes_on) {
            Some(active) => active.extend(folder, index, frames)?,
            None => self.begin(folder, index, frames)?,
        };
        self.active = Some(active);
        Ok(())
    }

    fn begin(
        &mut self,
        folder: &Folder,
        index: &Mutex<Index>,
        frames: &Frames,
    ) -> io::Result<Active> {
        let number = self.next;
        self.next = number
            .checked_add(1)
            .ok_or_else(|| io::Error::other("there are no more numbers for segments"))?;
        let bytes = [&segment::HEAD_BYTES, frames.bytes()].concat();
        let file = folder.create(number)?;
        let file = first(file, folder, &bytes).inspect_err(|_| discard(folder, number))?;
        let length = bytes.len() as u64;
        let segment = Segment {
            end: length,
            length,
            released: 0,
            tally: frames.tally(),
        };
        lock(index).insert(number, segment);
        Ok(Active {
            number,
            file,
            length,
        })
    }
}

impl Active {
    fn extend(
        mut self,
        folder: &Folder,
        index: &Mutex<Index>,
        frames: &Frames,
    ) -> io::Result<Self> {
        let written = self.file.write(frames.bytes());
        if let Err(error) = written.and_then(|()| self.file.sync()) {
            lock(index).spoil(self.number, frames.len());
            let path = folder.segment(self.number);
            tracing::warn!(path = %path.display(), %error, "an append failed: segment sealed");
            return Err(error);
        }
        self.length += frames.len();
        lock(index).grow(self.number, frames.len(), frames.tally());
        Ok(self)
    }
}

/// The first append to a segment: durable once the folder knows the file's name too.
fn first(
    mut file: Box<dyn SegmentFile>,
    folder: &Folder,
    bytes: &[u8],
) -> io::Result<Box<dyn SegmentFile>> {
    file.write(bytes)?;
    file.sync()?;
    folder.sync()?;
    Ok(file)
}

/// Nothing in the segment was acknowledged. On a full disk, leaving it would make one more useless
/// file for each append that is tried.
fn discard(folder: &Folder, number: u64) {
    if let Err(error) = folder.remove(number) {
        let path = folder.segment(number);
        tracing::warn!(path = %path.display(), %error, "a segment that failed stays behind");
    }
}
