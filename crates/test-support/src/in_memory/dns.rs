//! A domain name system with the records that a test writes.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::delivery::authentication::{DnsAnswer, DnsError, DnsLookup, Question, RecordKind};

/// Names that were not written do not exist.
#[derive(Debug, Default)]
pub struct InMemoryDns(Mutex<Zone>);

#[derive(Debug, Default)]
struct Zone {
    records: HashMap<(String, RecordKind), Vec<String>>,
    is_silent: bool,
    lookups: usize,
}

impl InMemoryDns {
    /// Adds a record.
    pub fn publish(&self, name: &str, kind: RecordKind, record: &str) {
        let mut zone = self.zone();
        let records = zone.records.entry((name.to_owned(), kind)).or_default();
        records.push(record.to_owned());
    }

    /// From now on nobody answers.
    pub fn fall_silent(&self) {
        self.zone().is_silent = true;
    }

    /// How often something was asked, however much at once.
    #[must_use]
    pub fn lookups(&self) -> usize {
        self.zone().lookups
    }

    fn zone(&self) -> MutexGuard<'_, Zone> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DnsLookup for InMemoryDns {
    fn look_up(&self, questions: &[Question], _: Duration) -> Vec<DnsAnswer> {
        let mut zone = self.zone();
        zone.lookups += 1;
        let answer = |question: &Question| {
            if zone.is_silent {
                return Err(DnsError::Unavailable("nobody answers".to_owned()));
            }
            let key = (question.name.as_str().to_owned(), question.kind);
            let found = zone.records.get(&key).cloned();
            found.ok_or(DnsError::NoSuchName)
        };
        questions.iter().map(answer).collect()
    }
}
