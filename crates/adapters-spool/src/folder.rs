//! The folder of a spool.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::files::{Files, SegmentFile};
use crate::segment;
use crate::settings::OpenError;

/// A folder that this process owns as long as this value lives.
pub(crate) struct Folder {
    path: PathBuf,
    files: Box<dyn Files>,
    /// The system drops the lock with the descriptor, however the process ends.
    _lock: File,
}

impl Folder {
    /// Makes the folder when it is missing, and locks it.
    pub(crate) fn open(path: &Path, files: Box<dyn Files>) -> Result<Self, OpenError> {
        create(path, &*files).map_err(OpenError::at(path))?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock(path)?,
            files,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn segment(&self, number: u64) -> PathBuf {
        self.path.join(segment::name(number))
    }

    pub(crate) fn create(&self, number: u64) -> io::Result<Box<dyn SegmentFile>> {
        self.files.create(&self.segment(number))
    }

    /// A new file that is no segment: durable with all its bytes, or not there.
    pub(crate) fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.files.create(path)?;
        let written = file.write(bytes).and_then(|()| file.sync());
        written.inspect_err(|_| drop(self.files.remove(path)))?;
        self.sync()
    }

    /// Removes a segment; one that is gone already is fine.
    pub(crate) fn remove(&self, number: u64) -> io::Result<()> {
        self.remove_file(&self.segment(number))
    }

    /// Removes a file; one that is gone already is fine.
    pub(crate) fn remove_file(&self, path: &Path) -> io::Result<()> {
        match self.files.remove(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        self.files.sync_folder(&self.path)
    }
}

/// A new folder is durable only when the folder above knows its name.
fn create(path: &Path, files: &dyn Files) -> io::Result<()> {
    let missing: Vec<&Path> = path.ancestors().take_while(|path| !path.exists()).collect();
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    for parent in missing.into_iter().filter_map(Path::parent) {
        let here = parent.as_os_str().is_empty();
        files.sync_folder(if here { Path::new(".") } else { parent })?;
    }
    Ok(())
}

fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join("lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(OpenError::at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(folder.to_owned())),
        Err(TryLockError::Error(error)) => Err(OpenError::at(&path)(error)),
    }
}
