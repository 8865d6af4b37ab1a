//! What the spool does when the disk says no.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use domain::ids::TenantId;
use domain::tracking::{Engagement, Spool, SpoolError};
use tempfile::TempDir;
use test_support::builders::tracking::{HOME, page_view, visitor};

use crate::files::{Files, SegmentFile, SystemFiles};
use crate::spool::lock;
use crate::{SegmentedSpool, SpoolSettings};

/// A step of an append or a release, with the name of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Create(String),
    Write(String),
    Sync(String),
    SyncFolder,
    Remove(String),
}

/// The first step of this kind goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Create,
    /// Half of the bytes arrive.
    Write,
    /// All bytes arrive, nobody knows where.
    Sync,
    SyncFolder,
    Remove,
    /// The sync waits until the test has done its part.
    SlowSync,
}

/// A disk on which things go wrong as planned, and which remembers what it was asked.
#[derive(Default)]
struct Disk {
    plan: Mutex<VecDeque<Fault>>,
    steps: Mutex<Vec<Step>>,
    slow: Mutex<Option<(Sender<()>, Receiver<()>)>>,
}

impl Disk {
    fn fails_next(&self, fault: Fault) {
        lock(&self.plan).push_back(fault);
    }

    fn note(&self, step: Step) {
        lock(&self.steps).push(step);
    }

    fn fault(&self, fault: Fault) -> bool {
        let mut plan = lock(&self.plan);
        let now = plan.front() == Some(&fault);
        if now {
            plan.pop_front();
        }
        now
    }

    fn check(&self, fault: Fault) -> io::Result<()> {
        if self.fault(fault) {
            return Err(io::Error::from_raw_os_error(5));
        }
        Ok(())
    }

    fn steps(&self) -> Vec<Step> {
        lock(&self.steps).clone()
    }
}

struct FaultyFiles(Arc<Disk>);

struct FaultyFile {
    name: String,
    file: Box<dyn SegmentFile>,
    disk: Arc<Disk>,
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

impl Files for FaultyFiles {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        self.0.note(Step::Create(name(path)));
        self.0.check(Fault::Create)?;
        Ok(Box::new(FaultyFile {
            name: name(path),
            file: SystemFiles.create(path)?,
            disk: Arc::clone(&self.0),
        }))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.note(Step::Remove(name(path)));
        self.0.check(Fault::Remove)?;
        SystemFiles.remove(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.0.note(Step::SyncFolder);
        self.0.check(Fault::SyncFolder)?;
        SystemFiles.sync_folder(folder)
    }
}

impl SegmentFile for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.disk.note(Step::Write(self.name.clone()));
        if self.disk.fault(Fault::Write) {
            self.file.write(&bytes[..bytes.len() / 2])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.write(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.note(Step::Sync(self.name.clone()));
        self.disk.check(Fault::Sync)?;
        if self.disk.fault(Fault::SlowSync) {
            let slow = lock(&self.disk.slow).take();
            let (reached, go_on) = slow.expect("the test prepared it");
            reached.send(()).expect("the test waits");
            go_on
                .recv_timeout(Duration::from_secs(30))
                .map_err(io::Error::other)?;
        }
        self.file.sync()
    }
}

struct Case {
    folder: TempDir,
    disk: Arc<Disk>,
    spool: SegmentedSpool,
    tenant: TenantId,
}

impl Case {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let disk = Arc::new(Disk::default());
        let files = FaultyFiles(Arc::clone(&disk));
        let settings = SpoolSettings::new(folder.path().to_owned(), 1 << 20);
        Self {
            spool: SegmentedSpool::open_with(&settings, Box::new(files)).unwrap(),
            folder,
            disk,
            tenant: TenantId::new(),
        }
    }

    fn view(&self, seconds: i64) -> Engagement {
        page_view(self.tenant, visitor(), HOME, seconds)
    }

    fn append(&self, engagement: &Engagement) -> Result<(), SpoolError> {
        self.spool.append(std::slice::from_ref(engagement))
    }

    fn fails(&self, fault: Fault, engagement: &Engagement) {
        self.disk.fails_next(fault);
        let failed = self.append(engagement);
        assert!(matches!(failed, Err(SpoolError::Failed(_))), "{fault:?}");
    }

    fn waiting(&self) -> Vec<Engagement> {
        let spooled = self.spool.read(None, usize::MAX).unwrap();
        spooled.map_or_else(Vec::new, |spooled| spooled.engagements)
    }

    /// What another process finds once this one is gone.
    fn after_a_crash(self) -> Vec<Engagement> {
        let settings = SpoolSettings::new(self.folder.path().to_owned(), 1 << 20);
        drop(self.spool);
        let spool = SegmentedSpool::open(&settings).unwrap();
        let spooled = spool.read(None, usize::MAX).unwrap();
        spooled.map_or_else(Vec::new, |spooled| spooled.engagements)
    }
}

fn segment(number: u64) -> String {
    crate::segment::name(number)
}

#[test]
fn the_first_append_syncs_the_file_and_then_its_name() {
    // F-05
    let case = Case::new();
    case.append(&case.view(0)).unwrap();
    case.append(&case.view(1)).unwrap();
    let expected = [
        Step::Create(segment(1)),
        Step::Write(segment(1)),
        Step::Sync(segment(1)),
        Step::SyncFolder,
        Step::Write(segment(1)),
        Step::Sync(segment(1)),
    ];
    assert_eq!(case.disk.steps(), expected);
}

#[test]
fn a_failed_sync_acknowledges_nothing_and_is_not_repeated() {
    // F-06
    let case = Case::new();
    let [kept, failed, later] = [0, 1, 2].map(|seconds| case.view(seconds));
    case.append(&kept).unwrap();
    case.fails(Fault::Sync, &failed);
    assert_eq!(case.waiting(), std::slice::from_ref(&kept));
    assert_eq!(case.spool.state().engagements, 1);

    let before = case.disk.steps().len();
    case.append(&later).unwrap();
    let expected = [
        Step::Create(segment(2)),
        Step::Write(segment(2)),
        Step::Sync(segment(2)),
        Step::SyncFolder,
    ];
    assert_eq!(case.disk.steps()[before..], expected);
    assert_eq!(case.waiting(), [kept, later]);
}

#[test]
fn a_write_that_stops_halfway_hides_nothing_that_was_acknowledged() {
    // F-06, F-07
    let case = Case::new();
    let [kept, failed, later] = [0, 1, 2].map(|seconds| case.view(seconds));
    case.append(&kept).unwrap();
    case.fails(Fault::Write, &failed);
    case.append(&later).unwrap();
    let expected = [kept, later];
    assert_eq!(case.waiting(), expected);
    assert_eq!(case.after_a_crash(), expected);
}

#[test]
fn whatever_fails_the_next_append_works() {
    // F-06
    for fault in [Fault::Create, Fault::Write, Fault::Sync, Fault::SyncFolder] {
        let case = Case::new();
        let [failed, later] = [0, 1].map(|seconds| case.view(seconds));
        case.fails(fault, &failed);
        assert_eq!(case.spool.state().bytes, 0, "{fault:?}");
        case.append(&later).unwrap();
        let expected = [later];
        assert_eq!(case.waiting(), expected, "{fault:?}");
        assert_eq!(case.after_a_crash(), expected, "{fault:?}");
    }
}

#[test]
fn a_full_disk_does_not_fill_with_broken_segments() {
    // F-07
    let case = Case::new();
    for seconds in 0..20 {
        case.fails(Fault::Write, &case.view(seconds));
    }
    let segments = std::fs::read_dir(case.folder.path()).unwrap().count() - 1;
    assert_eq!(segments, 0);
}

#[test]
fn what_a_failed_append_left_counts_as_used() {
    // F-07
    let case = Case::new();
    case.append(&case.view(0)).unwrap();
    let before = case.spool.state().bytes;
    case.fails(Fault::Write, &case.view(1));
    let on_disk = File::open(case.folder.path().join(segment(1))).unwrap();
    let length = on_disk.metadata().unwrap().len();
    assert!(length > before);
    assert!(case.spool.state().bytes >= length);
}

#[test]
fn a_segment_that_cannot_be_removed_is_released_by_the_next_try() {
    let case = Case::new();
    case.append(&case.view(0)).unwrap();
    let end = case.spool.read(None, 1).unwrap().unwrap().end;
    case.disk.fails_next(Fault::Remove);
    assert!(case.spool.release(end).is_err());
    assert_eq!(case.spool.state().engagements, 1);

    case.spool.release(end).unwrap();
    assert_eq!(case.spool.state().engagements, 0);
    assert_eq!(case.waiting(), []);
}

#[test]
fn a_released_segment_is_removed_for_good() {
    let case = Case::new();
    case.append(&case.view(0)).unwrap();
    let end = case.spool.read(None, 1).unwrap().unwrap().end;
    let before = case.disk.steps().len();
    case.spool.release(end).unwrap();
    let expected = [Step::Remove(segment(1)), Step::SyncFolder];
    assert_eq!(case.disk.steps()[before..], expected);
}

#[test]
fn reading_and_counting_do_not_wait_for_the_disk() {
    let case = Case::new();
    let [kept, slow] = [0, 1].map(|seconds| case.view(seconds));
    case.append(&kept).unwrap();
    let (reached, until_reached) = channel();
    let (go_on, until_told) = channel();
    *lock(&case.disk.slow) = Some((reached, until_told));
    case.disk.fails_next(Fault::SlowSync);
    thread::scope(|scope| {
        let append = scope.spawn(|| case.append(&slow));
        until_reached.recv().unwrap();
        // The append is not acknowledged yet, so nobody may see it.
        assert_eq!(case.waiting(), std::slice::from_ref(&kept));
        assert_eq!(case.spool.state().engagements, 1);
        go_on.send(()).unwrap();
        append.join().unwrap().unwrap();
    });
    assert_eq!(case.waiting(), [kept, slow.clone()]);
}

/// Makes the only frame of a segment one of a whole record that nobody understands.
fn spoil_record(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let frame = &mut bytes[12..];
    let end = frame.len() - 1;
    frame[20..end].fill(b'x');
    frame[4..8].fill(0);
    let crc = crc32c::crc32c(frame);
    frame[4..8].copy_from_slice(&crc.to_le_bytes());
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_disk_that_takes_no_more_files_loses_no_record_that_cannot_be_read() {
    // F-07
    let case = Case::new();
    case.append(&case.view(0)).unwrap();
    let path = case.folder.path().join(segment(1));
    spoil_record(&path);
    for fault in [Fault::Create, Fault::Write, Fault::Sync, Fault::SyncFolder] {
        case.disk.fails_next(fault);
        assert!(case.spool.read(None, 1).is_err(), "{fault:?}");
        assert_eq!(case.spool.state().engagements, 1);
        assert!(path.exists());
    }
    assert_eq!(case.spool.read(None, 1).unwrap().unwrap().unreadable, 1);
}
