//! What the spool does to the disk when it writes. A seam, because the promises of this crate are
//! about what happens when the disk says no, and real disks seldom do.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Makes and removes files.
pub(crate) trait Files: Send + Sync {
    /// A new file that only its owner can read; an error when there is one of this name.
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// A file that is being written.
pub(crate) trait SegmentFile: Send {
    /// Writes all the bytes behind what is written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes what is written durable.
    fn sync(&mut self) -> io::Result<()>;
}

/// The files of the operating system.
pub(crate) struct SystemFiles;

impl Files for SystemFiles {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        Ok(Box::new(file))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }
}

impl SegmentFile for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}
