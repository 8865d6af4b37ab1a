//! Records that this version cannot read: kept in files beside the segments, so that what lies
//! behind them goes on, and given back to the spool by a version that can read them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use domain::tracking::{Engagement, SpoolPosition};

use crate::folder::Folder;
use crate::frame::{Records, Unreadable};

const PREFIX: &str = "unreadable-";
const SUFFIX: &str = ".jsonl";

/// Makes the records of the frame at `position` durable in a file of their own.
///
/// A frame is read again while the log is away and after a restart; then its file is there and will
/// do. One that holds something else is left alone: it may be torn, or of an earlier spool, since
/// the numbers of segments begin anew in a folder without any.
pub(crate) fn keep(
    folder: &Folder,
    position: SpoolPosition,
    unreadable: &Unreadable,
) -> io::Result<()> {
    let mut copy = 0_u32;
    loop {
        let path = folder.path().join(name(position, copy));
        match fs::read(&path) {
            Ok(found) if found == unreadable.lines => {
                // Whoever wrote it may have died before this.
                File::open(&path)?.sync_data()?;
                return folder.sync();
            }
            Ok(_) => copy += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                folder.write_new(&path, &unreadable.lines)?;
                // Not the parser's words: they quote what people sent.
                tracing::error!(
                    path = %path.display(),
                    records = unreadable.count,
                    "records in the spool cannot be read and were put aside. If a newer version of \
                     the program wrote them, it takes them back when it starts"
                );
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
}

fn name(position: SpoolPosition, copy: u32) -> String {
    let SpoolPosition { segment, offset } = position;
    format!("{PREFIX}{segment:020}-{offset}-{copy}{SUFFIX}")
}

/// The files of what was put aside.
pub(crate) fn files(folder: &Folder) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.path())? {
        let entry = entry?;
        let is_ours = |name: &str| name.starts_with(PREFIX) && name.ends_with(SUFFIX);
        if entry.file_name().to_str().is_some_and(is_ours) && entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// What such a file holds; none while some of it cannot be read.
pub(crate) fn engagements(file: &Path) -> io::Result<Option<Vec<Engagement>>> {
    let records = Records::of(&fs::read(file)?);
    Ok((records.unreadable.count == 0).then_some(records.engagements))
}
