//! The spool on a real disk.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod damage;
mod log;
mod model;
mod strangers;
mod threads;
mod unreadable;

use std::path::{Path, PathBuf};

use adapters_spool::{SegmentedSpool, SpoolSettings};
use domain::ids::TenantId;
use domain::tracking::{Engagement, Spool};
use test_support::builders::tracking::{HOME, page_view, visitor};

const MIB: u64 = 1024 * 1024;

fn open(folder: &Path) -> SegmentedSpool {
    SegmentedSpool::open(&SpoolSettings::new(folder.to_owned(), 64 * MIB)).unwrap()
}

/// Page views of one tenant, a second apart.
fn views(seconds: std::ops::Range<i64>) -> Vec<Engagement> {
    let tenant = TenantId::new();
    seconds
        .map(|second| page_view(tenant, visitor(), HOME, second))
        .collect()
}

/// All that waits, the oldest first.
fn waiting(spool: &SegmentedSpool) -> Vec<Engagement> {
    let spooled = spool.read(None, usize::MAX).unwrap();
    spooled.map_or_else(Vec::new, |spooled| spooled.engagements)
}

/// The files of the segments, the oldest first.
fn segments(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().unwrap();
    let mut segments: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "seg"))
        .collect();
    segments.sort();
    segments
}
