//! Segments that a crash or a bad disk left broken.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use domain::tracking::{Engagement, Spool};
use tempfile::TempDir;

use crate::{open, segments, views, waiting};

/// A segment of some frames, the last of which begins at `last`.
struct Broken {
    bytes: Vec<u8>,
    last: usize,
    earlier: Vec<Engagement>,
}

impl Broken {
    fn new(last_frame: usize) -> Self {
        let folder = TempDir::new().unwrap();
        let spool = open(folder.path());
        let earlier = views(0..5);
        for batch in earlier.chunks(2) {
            spool.append(batch).unwrap();
        }
        let [segment] = &segments(folder.path())[..] else {
            panic!("one segment");
        };
        let last = fs::read(segment).unwrap().len();
        spool
            .append(&views(5..5 + i64::try_from(last_frame).unwrap()))
            .unwrap();
        Self {
            bytes: fs::read(segment).unwrap(),
            last,
            earlier,
        }
    }

    /// Opens a spool with this segment after `harm` was done to it at a byte of the last frame.
    fn check(&self, folder: &Path, at: usize, harm: impl Fn(&mut Vec<u8>)) {
        let path = folder.join("00000000000000000001.seg");
        let mut bytes = self.bytes.clone();
        harm(&mut bytes);
        fs::write(&path, &bytes).unwrap();
        let spool = open(folder);
        assert_eq!(waiting(&spool), self.earlier, "at byte {at}");
        assert_eq!(spool.state().engagements, 5, "at byte {at}");
        let skipped: u64 = spool.recovery().damaged.iter().map(|it| it.skipped).sum();
        assert_eq!(skipped, (bytes.len() - self.last) as u64, "at byte {at}");
    }
}

#[test]
fn a_torn_or_flipped_last_frame_costs_that_frame_alone() {
    // F-11
    let broken = Broken::new(10);
    let folder = TempDir::new().unwrap();
    let mut cases = 0;
    for at in (broken.last..broken.bytes.len()).step_by(7) {
        broken.check(folder.path(), at, |bytes| bytes.truncate(at));
        broken.check(folder.path(), at, |bytes| bytes[at] ^= 1 << (at % 8));
        cases += 2;
    }
    assert!(cases >= 1_000, "{cases}");
}

#[test]
fn every_bit_of_a_frame_s_head_is_checked() {
    // F-11
    let broken = Broken::new(1);
    let folder = TempDir::new().unwrap();
    for at in broken.last..broken.last + 20 {
        for bit in 0..8 {
            broken.check(folder.path(), at, |bytes| bytes[at] ^= 1 << bit);
        }
    }
}

#[test]
fn nothing_is_written_behind_a_torn_frame() {
    // F-11
    let broken = Broken::new(1);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("00000000000000000001.seg");
    let torn = &broken.bytes[..broken.bytes.len() - 3];
    fs::write(&path, torn).unwrap();
    let mut expected = broken.earlier;
    for seconds in 10..12 {
        let spool = open(folder.path());
        let later = views(seconds..seconds + 1);
        spool.append(&later).unwrap();
        expected.extend(later);
        assert_eq!(waiting(&spool), expected);
    }
    assert_eq!(fs::read(&path).unwrap(), torn);
}

/// Three segments of two frames each; the path of the middle one and where its second frame
/// begins.
fn three_segments(folder: &Path) -> (Vec<Engagement>, PathBuf, u64) {
    let all = views(0..12);
    let mut half = 0;
    for frames in all.chunks(4) {
        let spool = open(folder);
        spool.append(&frames[..2]).unwrap();
        half = segments(folder).last().unwrap().metadata().unwrap().len();
        spool.append(&frames[2..]).unwrap();
    }
    (all, segments(folder)[1].clone(), half)
}

fn overwrite(path: &Path, at: u64) {
    let file = OpenOptions::new().write(true).open(path).unwrap();
    file.write_all_at(b"\xff\x00\xff\x00", at).unwrap();
}

#[test]
fn damage_in_an_older_segment_is_reported_and_costs_its_rest_alone() {
    let folder = TempDir::new().unwrap();
    let (all, middle, half) = three_segments(folder.path());
    overwrite(&middle, half + 40);
    let spool = open(folder.path());
    assert_eq!(waiting(&spool), [&all[..6], &all[8..]].concat());
    let [damage] = &spool.recovery().damaged[..] else {
        panic!("one segment is damaged");
    };
    assert_eq!(damage.path, middle);
    assert_eq!(damage.offset, half);
    assert_eq!(damage.skipped, middle.metadata().unwrap().len() - half);
}

#[test]
fn damage_that_happens_while_it_runs_does_not_stop_the_replay() {
    let folder = TempDir::new().unwrap();
    let (all, middle, half) = three_segments(folder.path());
    let spool = open(folder.path());
    overwrite(&middle, half + 40);
    assert_eq!(waiting(&spool), [&all[..6], &all[8..]].concat());
    assert_eq!(spool.state().engagements, 10);
    let end = spool.read(None, usize::MAX).unwrap().unwrap().end;
    spool.release(end).unwrap();
    assert!(segments(folder.path()).is_empty());
    assert_eq!(spool.state().engagements, 0);
}

#[test]
fn damage_to_the_active_segment_does_not_hide_what_comes_later() {
    let folder = TempDir::new().unwrap();
    let spool = open(folder.path());
    let all = views(0..6);
    spool.append(&all[..2]).unwrap();
    let segment = segments(folder.path()).remove(0);
    let half = segment.metadata().unwrap().len();
    spool.append(&all[2..4]).unwrap();
    overwrite(&segment, half + 40);
    let read = spool.read(None, usize::MAX).unwrap().unwrap();
    assert_eq!(read.engagements, all[..2]);
    spool.append(&all[4..]).unwrap();
    let read = spool.read(Some(read.end), usize::MAX).unwrap().unwrap();
    assert_eq!(read.engagements, all[4..]);
}

#[test]
fn a_segment_that_was_cut_while_it_is_open_is_read_up_to_the_cut() {
    let folder = TempDir::new().unwrap();
    let (all, middle, half) = three_segments(folder.path());
    let spool = open(folder.path());
    let file = OpenOptions::new().write(true).open(&middle).unwrap();
    file.set_len(half + 9).unwrap();
    assert_eq!(waiting(&spool), [&all[..6], &all[8..]].concat());
}

#[test]
fn a_segment_that_was_never_written_goes_with_the_next_release() {
    let folder = TempDir::new().unwrap();
    for (number, bytes) in [(1, &b""[..]), (2, b"ONDO"), (3, b"ONDOSPL\n\x01\0\0\0")] {
        let path = folder.path().join(format!("{number:020}.seg"));
        fs::write(path, bytes).unwrap();
    }
    let spool = open(folder.path());
    let all = views(0..2);
    spool.append(&all).unwrap();
    assert_eq!(waiting(&spool), all);
    let end = spool.read(None, 2).unwrap().unwrap().end;
    spool.release(end).unwrap();
    assert!(segments(folder.path()).is_empty());
}
