//! The spool against a list.

use adapters_spool::{SegmentedSpool, SpoolSettings};
use domain::tracking::{Engagement, Spool, SpoolError, SpoolPosition};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::{views, waiting};

#[derive(Clone, Debug)]
enum Step {
    Append(i64),
    Read(usize),
    Release,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..6_i64).prop_map(Step::Append),
        3 => (0..8_usize).prop_map(Step::Read),
        2 => Just(Step::Release),
        1 => Just(Step::Reopen),
    ]
}

/// What the spool must hold.
struct Model {
    /// All that was ever acknowledged.
    all: Vec<Engagement>,
    /// How many of them are released.
    released: usize,
    /// How many of them the reader has got, and where it stands.
    read: usize,
    position: Option<SpoolPosition>,
}

struct Case {
    _folder: TempDir,
    settings: SpoolSettings,
    spool: Option<SegmentedSpool>,
    model: Model,
}

impl Case {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let settings = SpoolSettings {
            folder: folder.path().to_owned(),
            limit: 8_000,
            segment_bytes: 2_500,
        };
        Self {
            spool: Some(SegmentedSpool::open(&settings).unwrap()),
            _folder: folder,
            settings,
            model: Model {
                all: Vec::new(),
                released: 0,
                read: 0,
                position: None,
            },
        }
    }

    fn spool(&self) -> &SegmentedSpool {
        self.spool.as_ref().unwrap()
    }

    fn append(&mut self, size: i64) {
        let batch = views(0..size);
        match self.spool().append(&batch) {
            Ok(()) => self.model.all.extend(batch),
            Err(SpoolError::Full) => {}
            Err(SpoolError::Failed(error)) => panic!("{error}"),
        }
    }

    fn read(&mut self, limit: usize) {
        let rest = &self.model.all[self.model.read..];
        match self.spool().read(self.model.position, limit).unwrap() {
            None => assert!(rest.is_empty()),
            Some(spooled) => {
                let count = spooled.engagements.len();
                assert_eq!(spooled.engagements, rest[..count]);
                assert!(count >= limit.clamp(1, rest.len()));
                self.model.read += count;
                self.model.position = Some(spooled.end);
            }
        }
    }

    fn release(&mut self) {
        if let Some(position) = self.model.position {
            self.spool().release(position).unwrap();
            self.model.released = self.model.read;
        }
    }

    /// Nothing that waits may be missing; some that was released may be back. A position is worth
    /// nothing to another process.
    fn reopen(&mut self) {
        self.spool = None;
        self.spool = Some(SegmentedSpool::open(&self.settings).unwrap());
        let back = waiting(self.spool()).len();
        assert!(back >= self.model.all.len() - self.model.released);
        self.model.released = self.model.all.len() - back;
        self.model.read = self.model.released;
        self.model.position = None;
    }

    fn check(&self) {
        let expected = &self.model.all[self.model.released..];
        assert_eq!(waiting(self.spool()), expected);
        let state = self.spool().state();
        assert_eq!(state.engagements, expected.len() as u64);
        let oldest = expected.iter().map(|it| it.received_at).min();
        assert_eq!(state.oldest, oldest);
        // A part of a segment that was released counts again after opening.
        assert!(state.bytes <= state.limit + self.settings.segment_bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, ..ProptestConfig::default() })]

    #[test]
    fn a_spool_is_a_list_that_is_appended_and_released(
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let mut case = Case::new();
        for step in steps {
            match step {
                Step::Append(size) => case.append(size),
                Step::Read(limit) => case.read(limit),
                Step::Release => case.release(),
                Step::Reopen => case.reopen(),
            }
            case.check();
        }
    }
}
