//! The spool itself.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::tracking::{Engagement, Spool, SpoolError, SpoolPosition, SpoolState, Spooled};

use crate::files::{Files, SystemFiles};
use crate::folder::Folder;
use crate::frame::{FrameError, FrameReader, Frames, tally};
use crate::index::{Extent, Index};
use crate::recovery::{Recovery, recover};
use crate::settings::{OpenError, SpoolSettings};
use crate::writer::{Limits, Writer};

/// A [`Spool`] in a folder of this machine.
///
/// It may be used from several threads. Appends take turns, and each waits for the disk; reading
/// and [`state`](Spool::state) do not wait for them.
pub struct SegmentedSpool {
    folder: Folder,
    limits: Limits,
    recovery: Recovery,
    /// Held while the disk works; taken before `index` where both are.
    writer: Mutex<Writer>,
    /// Held for moments only.
    index: Mutex<Index>,
}

impl SegmentedSpool {
    /// Opens the spool of a folder, with all that an earlier process left in it.
    ///
    /// # Errors
    /// [`OpenError`]: another process has the folder, or the disk refuses.
    pub fn open(settings: &SpoolSettings) -> Result<Self, OpenError> {
        Self::open_with(settings, Box::new(SystemFiles))
    }

    pub(crate) fn open_with(
        settings: &SpoolSettings,
        files: Box<dyn Files>,
    ) -> Result<Self, OpenError> {
        let folder = Folder::open(&settings.folder, files)?;
        let recovered = recover(folder.path())?;
        Ok(Self {
            folder,
            limits: Limits {
                spool: settings.limit,
                segment: settings.segment_bytes,
            },
            recovery: recovered.report,
            writer: Mutex::new(Writer::new(recovered.next)),
            index: Mutex::new(recovered.index),
        })
    }

    /// What was found when it was opened.
    #[must_use]
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// Adds frames of `extent` until there are `limit` engagements.
    fn gather(&self, extent: Extent, limit: usize, gathered: &mut Spooled) -> io::Result<()> {
        let Extent {
            segment,
            start,
            end,
        } = extent;
        let mut reader = match FrameReader::open(&self.folder.segment(segment), start, end) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Released since it was looked up.
                gathered.end = SpoolPosition {
                    segment,
                    offset: end,
                };
                return Ok(());
            }
            opened => opened?,
        };
        while gathered.engagements.len() < limit {
            let engagements = reader.engagements();
            gathered.end = SpoolPosition {
                segment,
                offset: reader.position(),
            };
            match engagements {
                Ok(Some(engagements)) => gathered.engagements.extend(engagements),
                Ok(None) => break,
                Err(FrameError::Damaged) => return self.give_up(gathered.end),
                Err(FrameError::Io(error)) => return Err(self.unreadable(gathered.end, &error)),
            }
        }
        Ok(())
    }

    /// The frame at `position` was whole once and is not now. What lies behind it in its segment
    /// cannot be reached; the next segments can.
    fn give_up(&self, position: SpoolPosition) -> io::Result<()> {
        let mut writer = lock(&self.writer);
        if writer.active() == Some(position.segment) {
            writer.seal();
        }
        let path = self.folder.segment(position.segment);
        let start = SpoolPosition {
            offset: 0,
            ..position
        };
        let waiting = lock(&self.index).unread(start);
        let Some(extent) = waiting.filter(|extent| extent.segment == position.segment) else {
            return Ok(());
        };
        let left = tally(&path, extent.start, position.offset)?;
        lock(&self.index).cut(position, left);
        tracing::error!(
            path = %path.display(),
            offset = position.offset,
            skipped = extent.end - position.offset,
            "a frame that was written well is damaged: the rest of the segment is skipped"
        );
        Ok(())
    }

    fn unreadable(&self, position: SpoolPosition, error: &io::Error) -> io::Error {
        let path = self.folder.segment(position.segment);
        let text = format!(
            "the frame at byte {} of {} cannot be read ({error}). If a newer version of the \
             program wrote it, run that version again, or move the file away to go on without it",
            position.offset,
            path.display()
        );
        io::Error::new(error.kind(), text)
    }

    /// Marks what lies before `position` as not needed any more. The segments that nobody needs
    /// now, none of which is written to.
    fn mark(&self, position: SpoolPosition) -> io::Result<Vec<u64>> {
        // Held to the end, so that the segment does not grow while its rest is counted.
        let mut writer = lock(&self.writer);
        let parted = lock(&self.index).parted(position);
        if let Some(extent) = parted {
            let path = self.folder.segment(extent.segment);
            let left = tally(&path, extent.start, extent.end)?;
            lock(&self.index).release(extent, left);
        }
        let drained = lock(&self.index).drained(position);
        if writer
            .active()
            .is_some_and(|active| drained.contains(&active))
        {
            writer.seal();
        }
        Ok(drained)
    }
}

impl Spool for SegmentedSpool {
    fn append(&self, engagements: &[Engagement]) -> Result<(), SpoolError> {
        if engagements.is_empty() {
            return Ok(());
        }
        let frames = Frames::encode(engagements)?;
        lock(&self.writer).append(&self.folder, &self.index, self.limits, &frames)
    }

    fn read(
        &self,
        from: Option<SpoolPosition>,
        limit: usize,
    ) -> Result<Option<Spooled>, SpoolError> {
        let limit = limit.max(1);
        let mut gathered = Spooled {
            engagements: Vec::new(),
            end: from.unwrap_or_default(),
        };
        while gathered.engagements.len() < limit {
            let Some(extent) = lock(&self.index).unread(gathered.end) else {
                break;
            };
            match self.gather(extent, limit, &mut gathered) {
                Ok(()) => {}
                Err(error) if gathered.engagements.is_empty() => return Err(error.into()),
                // What was read first can go to the log; the next call meets the error again.
                Err(_) => break,
            }
        }
        Ok((!gathered.engagements.is_empty()).then_some(gathered))
    }

    fn release(&self, position: SpoolPosition) -> Result<(), SpoolError> {
        let drained = self.mark(position)?;
        for &number in &drained {
            self.folder.remove(number)?;
            lock(&self.index).forget(number);
        }
        if !drained.is_empty() {
            self.folder.sync()?;
        }
        Ok(())
    }

    fn state(&self) -> SpoolState {
        lock(&self.index).state(self.limits.spool)
    }
}

/// A thread that panicked left nothing half done: the writer gives its segment out of hand while
/// it writes, and the index changes in single steps.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
