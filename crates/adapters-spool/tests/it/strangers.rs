//! Files in the folder that are not this version's segments.

use std::fs;

use domain::tracking::Spool;
use tempfile::TempDir;

use crate::{open, segments, views, waiting};

#[test]
fn other_files_are_neither_read_nor_touched() {
    let folder = TempDir::new().unwrap();
    let files = [
        "notes.txt",
        "7.seg",
        "0000000000000000000x.seg",
        ".00000000000000000001.seg",
    ];
    for file in files {
        fs::write(folder.path().join(file), "not ours").unwrap();
    }
    let spool = open(folder.path());
    let all = views(0..2);
    spool.append(&all).unwrap();
    assert_eq!(waiting(&spool), all);
    let end = spool.read(None, 2).unwrap().unwrap().end;
    spool.release(end).unwrap();
    for file in files {
        let text = fs::read_to_string(folder.path().join(file)).unwrap();
        assert_eq!(text, "not ours");
    }
    assert!(spool.recovery().left_alone.is_empty());
}

#[test]
fn a_segment_of_another_version_is_reported_and_kept() {
    let folder = TempDir::new().unwrap();
    let newer = folder.path().join("00000000000000000003.seg");
    fs::write(&newer, b"ONDOSPL\n\x02\0\0\0and more").unwrap();
    let other = folder.path().join("00000000000000000004.seg");
    fs::write(&other, "a letter to nobody").unwrap();
    let nested = folder.path().join("00000000000000000005.seg");
    fs::create_dir(&nested).unwrap();

    let spool = open(folder.path());
    let strangers = [newer, other, nested];
    assert_eq!(spool.recovery().left_alone, strangers);
    let all = views(0..2);
    spool.append(&all).unwrap();
    assert_eq!(waiting(&spool), all);
    let read = spool.read(None, 2).unwrap().unwrap();
    assert_eq!(read.end.segment, 6);
    spool.release(read.end).unwrap();
    assert_eq!(segments(folder.path()), strangers);
}

#[test]
fn a_segment_of_rubbish_behind_a_good_head_is_skipped() {
    let folder = TempDir::new().unwrap();
    let mut bytes = b"ONDOSPL\n\x01\0\0\0".to_vec();
    bytes.extend([0xff; 64]);
    let path = folder.path().join("00000000000000000001.seg");
    fs::write(path, bytes).unwrap();
    let spool = open(folder.path());
    assert_eq!(waiting(&spool), []);
    assert_eq!(spool.recovery().damaged[0].skipped, 64);
}

#[test]
fn a_frame_that_this_version_cannot_understand_stays_and_is_named() {
    let folder = TempDir::new().unwrap();
    let all = views(0..2);
    open(folder.path()).append(&all).unwrap();
    write_foreign_frame(folder.path());

    let spool = open(folder.path());
    let read = spool.read(None, usize::MAX).unwrap().unwrap();
    assert_eq!(read.engagements, all);
    let error = spool.read(Some(read.end), 1).unwrap_err().to_string();
    assert!(error.contains("00000000000000000002.seg"), "{error}");
    assert_eq!(spool.state().engagements, 3);
    assert_eq!(segments(folder.path()).len(), 2);
}

/// A whole frame of one engagement, of a kind that does not exist yet.
fn write_foreign_frame(folder: &std::path::Path) {
    let payload = b"{\"kind\":\"thought\"}\n";
    let mut head = [0; 20];
    head[0] = u8::try_from(payload.len()).unwrap();
    head[8] = 1;
    let crc = crc32c::crc32c(&[&head[..], payload].concat());
    head[4..8].copy_from_slice(&crc.to_le_bytes());
    let bytes = [b"ONDOSPL\n\x01\0\0\0", &head[..], payload].concat();
    fs::write(folder.join("00000000000000000002.seg"), bytes).unwrap();
}
