//! Records that this version cannot read.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use domain::tracking::{Engagement, Spool};
use tempfile::TempDir;

use crate::{open, segments, views, waiting};

/// A record of a kind that does not exist yet.
const STRANGE: &[u8] = b"{\"kind\":\"thought\"}\n";

fn line(engagement: &Engagement) -> Vec<u8> {
    let mut line = serde_json::to_vec(engagement).unwrap();
    line.push(b'\n');
    line
}

/// A whole segment of one frame that holds these records.
fn write_segment(folder: &Path, number: u64, records: &[Vec<u8>]) {
    let payload = records.concat();
    let mut head = [0; 20];
    head[..4].copy_from_slice(&u32::try_from(payload.len()).unwrap().to_le_bytes());
    head[8] = u8::try_from(records.len()).unwrap();
    let crc = crc32c::crc32c(&[&head[..], &payload].concat());
    head[4..8].copy_from_slice(&crc.to_le_bytes());
    let bytes = [b"ONDOSPL\n\x01\0\0\0", &head[..], &payload].concat();
    fs::write(folder.join(format!("{number:020}.seg")), bytes).unwrap();
}

/// The files of what was put aside.
fn put_aside(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    paths.sort();
    paths
}

#[test]
fn a_record_that_cannot_be_read_is_put_aside_and_hides_nothing() {
    let folder = TempDir::new().unwrap();
    let all = views(0..4);
    let frame = [line(&all[0]), STRANGE.to_vec(), line(&all[1])];
    write_segment(folder.path(), 1, &frame);
    let spool = open(folder.path());
    spool.append(&all[2..]).unwrap();

    let read = spool.read(None, usize::MAX).unwrap().unwrap();
    assert_eq!(read.engagements, all);
    assert_eq!(read.unreadable, 1);
    let [file] = &put_aside(folder.path())[..] else {
        panic!("one frame has such a record");
    };
    assert_eq!(fs::read(file).unwrap(), STRANGE);
    let mode = file.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    spool.release(read.end).unwrap();
    assert!(segments(folder.path()).is_empty());
    assert_eq!(fs::read(file).unwrap(), STRANGE);
}

#[test]
fn what_is_read_again_is_put_aside_once() {
    let folder = TempDir::new().unwrap();
    write_segment(folder.path(), 1, &[STRANGE.to_vec()]);
    for _ in 0..2 {
        let spool = open(folder.path());
        for _ in 0..2 {
            assert_eq!(spool.read(None, 1).unwrap().unwrap().unreadable, 1);
        }
    }
    assert_eq!(put_aside(folder.path()).len(), 1);
}

#[test]
fn a_later_spool_overwrites_nothing_that_was_put_aside() {
    let folder = TempDir::new().unwrap();
    let other = b"{\"kind\":\"doubt\"}\n";
    for record in [STRANGE, other] {
        // The numbers begin anew in a folder without segments.
        write_segment(folder.path(), 1, &[record.to_vec()]);
        let spool = open(folder.path());
        let end = spool.read(None, 1).unwrap().unwrap().end;
        spool.release(end).unwrap();
    }
    let files = put_aside(folder.path());
    let kept: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    assert_eq!(kept, [STRANGE.to_vec(), other.to_vec()]);
}

#[test]
fn frames_of_nothing_readable_are_passed_and_released() {
    let folder = TempDir::new().unwrap();
    write_segment(folder.path(), 1, &[STRANGE.to_vec(), STRANGE.to_vec()]);
    let spool = open(folder.path());
    assert_eq!(spool.state().engagements, 2);
    let read = spool.read(None, 1).unwrap().unwrap();
    assert_eq!(read.engagements, []);
    assert_eq!(read.unreadable, 2);
    spool.release(read.end).unwrap();
    assert_eq!(spool.state().engagements, 0);
    assert_eq!(spool.read(Some(read.end), 1).unwrap(), None);
}

#[test]
fn what_this_version_can_read_goes_back_into_the_spool() {
    let folder = TempDir::new().unwrap();
    let all = views(0..3);
    let readable = folder
        .path()
        .join("unreadable-00000000000000000007-12-0.jsonl");
    fs::write(&readable, all.iter().flat_map(line).collect::<Vec<u8>>()).unwrap();
    let strange = folder
        .path()
        .join("unreadable-00000000000000000007-99-0.jsonl");
    fs::write(&strange, [line(&all[0]), STRANGE.to_vec()].concat()).unwrap();

    assert_eq!(waiting(&open(folder.path())), all);
    assert_eq!(put_aside(folder.path()), [strange]);
    // It is in a segment now.
    assert_eq!(waiting(&open(folder.path())), all);
}
