//! Appending, reading, releasing.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use adapters_spool::{OpenError, SegmentedSpool, SpoolSettings};
use domain::tracking::{Action, PageUrl, Spool, SpoolError, SpoolPosition, SpoolState};
use tempfile::TempDir;
use test_support::builders::tenancy::at;

use crate::{MIB, open, segments, views, waiting};

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn engagements_come_back_whole_and_in_their_order() {
    let folder = TempDir::new().unwrap();
    let spool = open(folder.path());
    let all = views(0..30);
    for batch in all.chunks(7) {
        spool.append(batch).unwrap();
    }
    assert_eq!(waiting(&spool), all);
}

#[test]
fn a_long_address_comes_back_without_its_tid() {
    let folder = TempDir::new().unwrap();
    let spool = open(folder.path());
    let mut all = views(0..2);
    let text = format!("https://school.example/search?tid=x&q={}", "/".repeat(1900));
    if let Action::PageView { page, .. } = &mut all[0].action {
        *page = PageUrl::parse(&text).unwrap().take_tid().0;
    }
    spool.append(&all).unwrap();
    assert_eq!(waiting(&spool), all);
}

#[test]
fn a_spool_survives_its_process() {
    let folder = TempDir::new().unwrap();
    let all = views(0..4);
    for batch in all.chunks(2) {
        open(folder.path()).append(batch).unwrap();
    }
    let spool = open(folder.path());
    assert_eq!(waiting(&spool), all);
    assert_eq!(spool.recovery().engagements, 4);
    assert_eq!(spool.recovery().segments, 2);
    assert!(spool.recovery().damaged.is_empty());
}

#[test]
fn reading_goes_on_where_it_stopped_and_sees_what_came_since() {
    let folder = TempDir::new().unwrap();
    let spool = open(folder.path());
    let all = views(0..6);
    spool.append(&all[..2]).unwrap();
    spool.append(&all[2..4]).unwrap();
    let first = spool.read(None, 1).unwrap().unwrap();
    assert_eq!(first.engagements, all[..2]);
    let second = spool.read(Some(first.end), 1).unwrap().unwrap();
    assert_eq!(second.engagements, all[2..4]);
    assert_eq!(spool.read(Some(second.end), 1).unwrap(), None);

    spool.append(&all[4..]).unwrap();
    let third = spool.read(Some(second.end), 1).unwrap().unwrap();
    assert_eq!(third.engagements, all[4..]);
}

#[test]
fn reading_passes_from_segment_to_segment() {
    let folder = TempDir::new().unwrap();
    let settings = SpoolSettings {
        segment_bytes: 2_000,
        ..SpoolSettings::new(folder.path().to_owned(), MIB)
    };
    let spool = SegmentedSpool::open(&settings).unwrap();
    let all = views(0..20);
    for batch in all.chunks(1) {
        spool.append(batch).unwrap();
    }
    assert!(segments(folder.path()).len() > 3);
    for path in segments(folder.path()) {
        assert!(path.metadata().unwrap().len() <= 2_000);
    }
    assert_eq!(waiting(&spool), all);
}

#[test]
fn a_batch_of_any_size_is_taken_and_read_in_parts() {
    let folder = TempDir::new().unwrap();
    let spool = open(folder.path());
    let mut all = views(0..40);
    for engagement in &mut all {
        if let Action::PageView { title, .. } = &mut engagement.action {
            *title = Some("学".repeat(100_000));
        }
    }
    spool.append(&all).unwrap();
    let part = spool.read(None, 1).unwrap().unwrap();
    assert!(part.engagements.len() < 20, "{}", part.engagements.len());
    assert_eq!(spool.state().engagements, 40);
    assert_eq!(waiting(&spool), all);
    drop(spool);
    assert_eq!(waiting(&open(folder.path())), all);
}

#[test]
fn an_empty_batch_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let spool = open(folder.path());
    spool.append(&[]).unwrap();
    assert_eq!(spool.read(None, 1).unwrap(), None);
    assert!(segments(folder.path()).is_empty());
}

#[test]
fn the_state_counts_what_is_not_released() {
    let folder = TempDir::new().unwrap();
    let spool = open(folder.path());
    let all = views(0..6);
    for batch in all.chunks(2) {
        spool.append(batch).unwrap();
    }
    let full = spool.state();
    assert_eq!(full.engagements, 6);
    assert_eq!(full.oldest, Some(at(0)));
    let length = segments(folder.path())[0].metadata().unwrap().len();
    assert_eq!(full.bytes, length);

    let end = spool.read(None, 2).unwrap().unwrap().end;
    spool.release(end).unwrap();
    let less = spool.state();
    assert_eq!(less.engagements, 4);
    assert_eq!(less.oldest, Some(at(2)));
    assert_eq!(less.bytes, length - end.offset);
    assert_eq!(waiting(&spool), all[2..]);
}

#[test]
fn the_oldest_is_the_earliest_received_wherever_it_lies() {
    let folder = TempDir::new().unwrap();
    let spool = open(folder.path());
    for seconds in [50, 10, 30] {
        spool.append(&views(seconds..seconds + 2)).unwrap();
    }
    assert_eq!(spool.state().oldest, Some(at(10)));
    let end = spool.read(None, 4).unwrap().unwrap().end;
    spool.release(end).unwrap();
    assert_eq!(spool.state().oldest, Some(at(30)));
    drop(spool);
    assert_eq!(open(folder.path()).state().oldest, Some(at(10)));
}

#[test]
fn what_is_released_whole_leaves_the_disk() {
    let folder = TempDir::new().unwrap();
    let spool = open(folder.path());
    spool.append(&views(0..3)).unwrap();
    let end = spool.read(None, 3).unwrap().unwrap().end;
    spool.release(end).unwrap();
    assert!(segments(folder.path()).is_empty());
    let empty = SpoolState {
        limit: 64 * MIB,
        ..SpoolState::default()
    };
    assert_eq!(spool.state(), empty);

    let later = views(3..5);
    spool.append(&later).unwrap();
    let read = spool.read(Some(end), 1).unwrap().unwrap();
    assert_eq!(read.engagements, later);
    assert!(read.end > end);
}

#[test]
fn a_crash_forgets_at_most_how_far_a_segment_was_released() {
    let folder = TempDir::new().unwrap();
    let all = views(0..4);
    let spool = open(folder.path());
    spool.append(&all[..2]).unwrap();
    spool.append(&all[2..]).unwrap();
    let end = spool.read(None, 1).unwrap().unwrap().end;
    spool.release(end).unwrap();
    drop(spool);
    assert_eq!(waiting(&open(folder.path())), all);
}

#[test]
fn releasing_what_is_released_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let spool = open(folder.path());
    let all = views(0..4);
    spool.append(&all[..2]).unwrap();
    let end = spool.read(None, 2).unwrap().unwrap().end;
    spool.append(&all[2..]).unwrap();
    for position in [end, end, SpoolPosition::default()] {
        spool.release(position).unwrap();
        assert_eq!(spool.state().engagements, 2);
        assert_eq!(waiting(&spool), all[2..]);
    }
}

#[test]
fn a_position_inside_a_frame_releases_nothing() {
    let folder = TempDir::new().unwrap();
    let spool = open(folder.path());
    let all = views(0..4);
    spool.append(&all[..2]).unwrap();
    spool.append(&all[2..]).unwrap();
    let end = spool.read(None, 1).unwrap().unwrap().end;
    let inside = SpoolPosition {
        offset: end.offset - 5,
        ..end
    };
    assert!(spool.release(inside).is_err());
    assert!(spool.read(Some(inside), 1).is_err());
    assert_eq!(waiting(&spool), all);
}

#[test]
fn a_full_spool_says_so_and_takes_again_once_released() {
    // F-07
    let folder = TempDir::new().unwrap();
    let settings = SpoolSettings::new(folder.path().to_owned(), 4_000);
    let spool = SegmentedSpool::open(&settings).unwrap();
    let all = views(0..50);
    let mut batches = all.chunks(1);
    let refused = loop {
        let batch = batches.next().expect("it fills up");
        if let Err(error) = spool.append(batch) {
            assert!(matches!(error, SpoolError::Full), "{error}");
            break batch;
        }
    };
    let before = waiting(&spool);
    assert_eq!(before, all[..before.len()]);
    assert!(spool.state().bytes <= 4_000);

    let end = spool.read(None, 2).unwrap().unwrap().end;
    spool.release(end).unwrap();
    spool.append(refused).unwrap();
    assert_eq!(waiting(&spool), all[2..=before.len()]);
}

#[test]
fn a_second_process_is_refused_with_the_name_of_the_folder_and_the_setting() {
    let folder = TempDir::new().unwrap();
    let spool = open(folder.path());
    let settings = SpoolSettings::new(folder.path().to_owned(), MIB);
    let refused = SegmentedSpool::open(&settings).err().unwrap();
    assert!(matches!(refused, OpenError::InUse(_)), "{refused}");
    let text = refused.to_string();
    assert!(text.contains(folder.path().to_str().unwrap()), "{text}");
    assert!(text.contains("spool_dir"), "{text}");

    drop(spool);
    assert!(SegmentedSpool::open(&settings).is_ok());
}

#[test]
fn nobody_else_can_read_it() {
    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("data").join("spool");
    let spool = open(&folder);
    spool.append(&views(0..1)).unwrap();
    assert_eq!(mode(&folder), 0o700);
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let parent = TempDir::new().unwrap();
    let file = parent.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let settings = SpoolSettings::new(file.join("spool"), MIB);
    let text = SegmentedSpool::open(&settings).err().unwrap().to_string();
    assert!(text.contains("a-file/spool"), "{text}");
}
