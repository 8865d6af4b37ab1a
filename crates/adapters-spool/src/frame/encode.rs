//! Writing frames.

use std::io;

use domain::tracking::Engagement;

use super::{HEAD, Head, Tally};

/// A payload is not made longer by a second engagement than this, so that reading takes little
/// memory. Bytes.
const MAX_PAYLOAD: usize = 4 * 1024 * 1024;

/// The frames of one append, one behind the other.
#[derive(Debug)]
pub(crate) struct Frames {
    bytes: Vec<u8>,
    tally: Tally,
}

impl Frames {
    /// The engagements in as few frames as the longest payload allows.
    pub(crate) fn encode(engagements: &[Engagement]) -> io::Result<Self> {
        let mut frames = Self {
            bytes: Vec::new(),
            tally: Tally::default(),
        };
        let mut payload = Payload::default();
        for engagement in engagements {
            let line = line(engagement)?;
            if !payload.has_room_for(&line) {
                frames.close(&payload)?;
                payload = Payload::default();
            }
            payload.push(&line, engagement.received_at.timestamp_micros());
        }
        frames.close(&payload)?;
        Ok(frames)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes.
    pub(crate) fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }

    fn close(&mut self, payload: &Payload) -> io::Result<()> {
        let Some(oldest) = payload.oldest else {
            return Ok(());
        };
        let length = u32::try_from(payload.bytes.len())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let head = Head::of(&payload.bytes, length, payload.count, oldest);
        self.tally.count(head);
        self.bytes.reserve(HEAD + payload.bytes.len());
        self.bytes.extend_from_slice(&head.to_bytes());
        self.bytes.extend_from_slice(&payload.bytes);
        Ok(())
    }
}

/// The lines of a frame that is not finished.
#[derive(Default)]
struct Payload {
    bytes: Vec<u8>,
    count: u32,
    oldest: Option<i64>,
}

impl Payload {
    fn has_room_for(&self, line: &[u8]) -> bool {
        self.count == 0 || self.bytes.len() + line.len() <= MAX_PAYLOAD
    }

    fn push(&mut self, line: &[u8], received_at: i64) {
        self.bytes.extend_from_slice(line);
        self.count += 1;
        self.oldest = Some(self.oldest.map_or(received_at, |it| it.min(received_at)));
    }
}

fn line(engagement: &Engagement) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(engagement)?;
    line.push(b'\n');
    Ok(line)
}
