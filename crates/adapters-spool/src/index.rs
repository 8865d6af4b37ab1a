//! What the spool knows of its segments without looking at the disk.

use std::collections::BTreeMap;

use domain::tracking::{SpoolPosition, SpoolState};

use crate::frame::Tally;
use crate::segment;

/// One segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Where its good and synced frames end. Bytes.
    pub(crate) end: u64,
    /// How much of the disk it takes; more than `end` when something broken lies behind. Bytes.
    pub(crate) length: u64,
    /// What lies before this is released. Bytes.
    pub(crate) released: u64,
    /// What the frames between `released` and `end` hold.
    pub(crate) tally: Tally,
}

/// A part of a segment that has frames to read. Bytes from the start of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) segment: u64,
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// The segments by number, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Index {
    segments: BTreeMap<u64, Segment>,
}

impl Index {
    /// What is not released. Bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.segments
            .values()
            .map(|segment| segment.length - segment.released)
            .sum()
    }

    pub(crate) fn state(&self, limit: u64) -> SpoolState {
        let mut tally = Tally::default();
        for segment in self.segments.values() {
            tally.add(segment.tally);
        }
        SpoolState {
            engagements: tally.engagements,
            bytes: self.bytes(),
            limit,
            oldest: tally.oldest(),
        }
    }

    pub(crate) fn insert(&mut self, number: u64, segment: Segment) {
        self.segments.insert(number, segment);
    }

    /// Frames of `bytes` bytes are durable in a segment.
    pub(crate) fn grow(&mut self, number: u64, bytes: u64, tally: Tally) {
        if let Some(segment) = self.segments.get_mut(&number) {
            segment.end += bytes;
            segment.length = segment.end;
            segment.tally.add(tally);
        }
    }

    /// As many as `bytes` bytes that are no good may lie behind a segment's frames.
    pub(crate) fn spoil(&mut self, number: u64, bytes: u64) {
        if let Some(segment) = self.segments.get_mut(&number) {
            segment.length = segment.end + bytes;
        }
    }

    /// The oldest frames behind `from` that are not released.
    pub(crate) fn unread(&self, from: SpoolPosition) -> Option<Extent> {
        self.segments
            .range(from.segment..)
            .map(|(&number, segment)| {
                let passed = if number == from.segment {
                    from.offset
                } else {
                    0
                };
                Extent {
                    segment: number,
                    start: passed.max(segment.released).max(segment::HEAD),
                    end: segment.end,
                }
            })
            .find(|extent| extent.start < extent.end)
    }

    /// What is left to read of the segment of `position`, if `position` parts it.
    pub(crate) fn parted(&self, position: SpoolPosition) -> Option<Extent> {
        let extent = self.unread(position)?;
        let segment = self.segments.get(&position.segment)?;
        let parted = extent.segment == position.segment && segment.released < position.offset;
        parted.then_some(extent)
    }

    /// Of a segment, only `extent` is still needed, which holds `left`.
    pub(crate) fn release(&mut self, extent: Extent, left: Tally) {
        if let Some(segment) = self.segments.get_mut(&extent.segment) {
            segment.released = extent.start;
            segment.tally = left;
        }
    }

    /// Of a segment, nothing behind `position` is any good; before it, `left` waits.
    pub(crate) fn cut(&mut self, position: SpoolPosition, left: Tally) {
        if let Some(segment) = self.segments.get_mut(&position.segment) {
            segment.end = position.offset;
            segment.tally = left;
        }
    }

    /// Segments that nobody needs once all before `position` is released.
    pub(crate) fn drained(&self, position: SpoolPosition) -> Vec<u64> {
        self.segments
            .iter()
            .filter(|&(&number, segment)| {
                let end = SpoolPosition {
                    segment: number,
                    offset: segment.end,
                };
                end <= position || segment.tally.engagements == 0
            })
            .map(|(&number, _)| number)
            .collect()
    }

    pub(crate) fn forget(&mut self, number: u64) {
        self.segments.remove(&number);
    }

    pub(crate) fn len(&self) -> usize {
        self.segments.len()
    }
}
