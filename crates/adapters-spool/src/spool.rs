//! The spool itself.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::tracking::{Engagement, Spool, SpoolError, SpoolPosition, SpoolState, Spooled};

use crate::aside;
use crate::files::{Files, SystemFiles};
use crate::folder::Folder;
use crate::frame::{FrameError, FrameReader, Frames, Unreadable, tally};
use crate::index::{Extent, Index};
use crate::recovery::{Recovery, recover};
use crate::settings::{OpenError, SpoolSettings};
use crate::writer::{Limits, Writer};

/// A [`Spool`] in a folder of this machine.
///
/// It may be used from several threads. Appends take turns, and each waits for the disk; reading
/// and [`state`](Spool::state) do not wait for them, unless reading finds something broken.
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
        let spool = Self {
            folder,
            limits: Limits {
                spool: settings.limit,
                segment: settings.segment_bytes,
            },
            recovery: recovered.report,
            writer: Mutex::new(Writer::new(recovered.next)),
            index: Mutex::new(recovered.index),
        };
        if let Err(error) = spool.take_back() {
            tracing::warn!(%error, "records that were put aside stay there until the next start");
        }
        Ok(spool)
    }

    /// What was found when it was opened.
    #[must_use]
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// Takes back what an earlier version could not read and this one can. Should the process die
    /// in between, it is there twice, and the log knows the ids.
    fn take_back(&self) -> Result<(), SpoolError> {
        for path in aside::files(&self.folder)? {
            let Some(engagements) = aside::engagements(&path)? else {
                continue;
            };
            self.append(&engagements)?;
            self.folder.remove_file(&path)?;
            tracing::info!(
                path = %path.display(),
                engagements = engagements.len(),
                "records that were put aside can be read now: back in the spool"
            );
        }
        Ok(())
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
            let start = SpoolPosition {
                segment,
                offset: reader.position(),
            };
            gathered.end = start;
            let records = match reader.records() {
                Ok(Some(records)) => records,
                Ok(None) => break,
                Err(FrameError::Damaged) => return self.give_up(start),
                Err(FrameError::Io(error)) => return Err(self.unreachable(start, &error)),
            };
            self.put_aside(start, &records.unreadable)?;
            gathered.unreadable += records.unreadable.count;
            gathered.engagements.extend(records.engagements);
            gathered.end.offset = reader.position();
        }
        Ok(())
    }

    /// What cannot be read shall not stop what lies behind it, and shall not be lost either.
    fn put_aside(&self, frame: SpoolPosition, unreadable: &Unreadable) -> io::Result<()> {
        if unreadable.count == 0 {
            return Ok(());
        }
        // Held so that two readers do not write the same file.
        let _writer = lock(&self.writer);
        aside::keep(&self.folder, frame, unreadable).map_err(|error| {
            let text = format!(
                "records that cannot be read could not be put aside in {} ({error}). Nothing is \
                 lost; make room on its disk",
                self.folder.path().display()
            );
            io::Error::new(error.kind(), text)
        })
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

    fn unreachable(&self, position: SpoolPosition, error: &io::Error) -> io::Error {
        let path = self.folder.segment(position.segment);
        let text = format!(
            "the frame at byte {} of {} cannot be read ({error}). Mend the disk, or move the file \
             away to go on without it",
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
            unreadable: 0,
            end: from.unwrap_or_default(),
        };
        while gathered.engagements.len() < limit {
            let Some(extent) = lock(&self.index).unread(gathered.end) else {
                break;
            };
            match self.gather(extent, limit, &mut gathered) {
                Ok(()) => {}
                Err(error) if is_empty(&gathered) => return Err(error.into()),
                // What was read first can go to the log; the next call meets the error again.
                Err(_) => break,
            }
        }
        Ok((!is_empty(&gathered)).then_some(gathered))
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

/// Whether nothing was passed that waits: then there is nothing to release either.
fn is_empty(gathered: &Spooled) -> bool {
    gathered.engagements.is_empty() && gathered.unreadable == 0
}

/// A thread that panicked left nothing half done: the writer gives its segment out of hand while
/// it writes, and the index changes in single steps.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
