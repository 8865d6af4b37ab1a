//! Frames: what one append leaves in a segment. The drawing is in the documentation of the crate.

mod encode;
mod read;

use chrono::{DateTime, Utc};

pub(crate) use encode::Frames;
pub(crate) use read::{FrameError, FrameReader, Records, Unreadable, tally};

/// How long the head of a frame is. Bytes.
const HEAD: usize = 20;

/// What stands before the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    length: u32,
    crc: u32,
    count: u32,
    oldest: i64,
}

impl Head {
    /// The head of a payload.
    fn of(payload: &[u8], length: u32, count: u32, oldest: i64) -> Self {
        let head = Self {
            length,
            crc: 0,
            count,
            oldest,
        };
        Self {
            crc: head.checksum(payload),
            ..head
        }
    }

    fn to_bytes(self) -> [u8; HEAD] {
        let mut bytes = [0; HEAD];
        bytes[..4].copy_from_slice(&self.length.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.crc.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.count.to_le_bytes());
        bytes[12..].copy_from_slice(&self.oldest.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: [u8; HEAD]) -> Self {
        let [l0, l1, l2, l3, c0, c1, c2, c3, n0, n1, n2, n3, oldest @ ..] = bytes;
        Self {
            length: u32::from_le_bytes([l0, l1, l2, l3]),
            crc: u32::from_le_bytes([c0, c1, c2, c3]),
            count: u32::from_le_bytes([n0, n1, n2, n3]),
            oldest: i64::from_le_bytes(oldest),
        }
    }

    /// Covers the head as well: a wrong count would be believed otherwise.
    fn checksum(self, payload: &[u8]) -> u32 {
        let head = Self { crc: 0, ..self }.to_bytes();
        crc32c::crc32c_append(crc32c::crc32c(&head), payload)
    }
}

/// How many engagements some frames hold, and how old they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) engagements: u64,
    /// The earliest `received_at`. Microseconds since 1970.
    oldest: Option<i64>,
}

impl Tally {
    fn count(&mut self, head: Head) {
        self.add(Self {
            engagements: head.count.into(),
            oldest: Some(head.oldest),
        });
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.engagements += other.engagements;
        self.oldest = [self.oldest, other.oldest].into_iter().flatten().min();
    }

    pub(crate) fn oldest(self) -> Option<DateTime<Utc>> {
        self.oldest.and_then(DateTime::from_timestamp_micros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_reads_back() {
        let head = Head::of(b"payload", 7, 3, -1);
        assert_eq!(Head::from_bytes(head.to_bytes()), head);
    }

    #[test]
    fn zeros_are_no_frame() {
        // A file that grew before its data arrived reads as zeros after a power cut.
        let head = Head::from_bytes([0; HEAD]);
        assert_ne!(head.checksum(b""), head.crc);
    }

    #[test]
    fn the_checksum_covers_the_head() {
        let head = Head::of(b"payload", 7, 3, 5);
        for wrong in [
            Head { length: 6, ..head },
            Head { count: 4, ..head },
            Head { oldest: 4, ..head },
        ] {
            assert_ne!(wrong.checksum(b"payload"), head.crc);
        }
    }
}
