//! Several threads at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use adapters_spool::{SegmentedSpool, SpoolSettings};
use domain::ids::TenantId;
use domain::tracking::{Engagement, Spool};
use tempfile::TempDir;

use crate::{MIB, segments, views};

const WRITERS: usize = 4;
const APPENDS: usize = 50;

/// Reads and releases until all is there.
fn drain(spool: &SegmentedSpool, writing: &AtomicUsize) -> Vec<Engagement> {
    let mut seen = Vec::new();
    let mut position = None;
    loop {
        // Asked before reading: what is appended in between must not be missed.
        let done = writing.load(Ordering::SeqCst) == 0;
        match spool.read(position, 10).unwrap() {
            Some(spooled) => {
                seen.extend(spooled.engagements);
                position = Some(spooled.end);
                spool.release(spooled.end).unwrap();
            }
            None if done => return seen,
            None => thread::yield_now(),
        }
    }
}

fn write(spool: &SegmentedSpool, writing: &AtomicUsize, all: &[Engagement]) {
    for batch in all.chunks(3) {
        spool.append(batch).unwrap();
        assert!(spool.state().bytes <= MIB);
    }
    writing.fetch_sub(1, Ordering::SeqCst);
}

#[test]
fn all_that_many_threads_append_is_read_once_and_in_each_one_s_order() {
    let folder = TempDir::new().unwrap();
    let settings = SpoolSettings {
        segment_bytes: 8_000,
        ..SpoolSettings::new(folder.path().to_owned(), MIB)
    };
    let spool = SegmentedSpool::open(&settings).unwrap();
    let batches: [_; WRITERS] = std::array::from_fn(|_| views(0..3 * APPENDS as i64));
    let writing = AtomicUsize::new(WRITERS);
    let seen = thread::scope(|scope| {
        for all in &batches {
            scope.spawn(|| write(&spool, &writing, all));
        }
        scope.spawn(|| drain(&spool, &writing)).join().unwrap()
    });

    let mut of_tenant: HashMap<TenantId, Vec<Engagement>> = HashMap::new();
    for engagement in seen {
        of_tenant
            .entry(engagement.tenant)
            .or_default()
            .push(engagement);
    }
    for all in batches {
        assert_eq!(of_tenant.remove(&all[0].tenant), Some(all));
    }
    assert_eq!(spool.state().engagements, 0);
    assert!(segments(folder.path()).is_empty());
}
