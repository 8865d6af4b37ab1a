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
