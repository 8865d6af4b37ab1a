//! The folder of uploads.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use domain::ids::{ImportId, TenantId};
use domain::leads::import::{
    FileEncoding, FileFormat, ImportFileError, ImportFiles, Inspection, Record, Records,
};

use crate::decode::{Decoded, encoding};
use crate::detect::{PREFIX, guess_encoding};
use crate::separator::guess_separator;
use crate::split::Splitter;

/// Rows of the preview.
const PREVIEW_ROWS: usize = 10;

/// Uploads in one folder that only this user can enter, each in a file that only this user can
/// read, named by ids: no name that came from outside ever reaches the file system (V-31).
#[derive(Clone, Debug)]
pub struct UploadFolder {
    path: PathBuf,
}

impl UploadFolder {
    /// The folder at `path`, made where it is not there.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn new(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)?;
        Ok(Self { path })
    }

    /// Removes the uploads that nobody has touched for `age`, such as those never queued, and
    /// returns how many.
    ///
    /// # Errors
    /// Where the folder cannot be read or a file cannot be removed.
    pub fn sweep(&self, age: Duration, now: SystemTime) -> io::Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let written = entry.metadata()?.modified()?;
            if now.duration_since(written).is_ok_and(|since| since > age) {
                fs::remove_file(entry.path())?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn file_of(&self, tenant: TenantId, id: ImportId) -> PathBuf {
        self.path.join(format!("{tenant}.{id}.upload"))
    }

    fn open_file(&self, tenant: TenantId, id: ImportId) -> Result<File, ImportFileError> {
        File::open(self.file_of(tenant, id)).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                ImportFileError::NotFound
            } else {
                ImportFileError::Io(error)
            }
        })
    }
}

impl ImportFiles for UploadFolder {
    fn keep(
        &self,
        tenant: TenantId,
        id: ImportId,
        content: &mut dyn Read,
        limit: u64,
    ) -> Result<u64, ImportFileError> {
        let path = self.file_of(tenant, id);
        let kept = write_new(&path, content, limit);
        if kept.is_err() {
            // The cause is told; a leftover is swept with the old uploads.
            drop(fs::remove_file(&path));
        }
        kept
    }

    fn inspect(
        &self,
        tenant: TenantId,
        id: ImportId,
        format: Option<FileFormat>,
    ) -> Result<Inspection, ImportFileError> {
        let mut prefix = Vec::with_capacity(PREFIX);
        let file = self.open_file(tenant, id)?;
        file.take(PREFIX as u64).read_to_end(&mut prefix)?;
        let guessed = guess_encoding(&prefix)?;
        let format = format.unwrap_or_else(|| format_of(&prefix, guessed));
        let mut records = self.open(tenant, id, format, 1)?;
        let first = records.next()?.ok_or(ImportFileError::Empty)?;
        let header = first.cells.map_err(|reason| ImportFileError::Header {
            line: first.line,
            reason,
        })?;
        let mut rows = Vec::new();
        while rows.len() < PREVIEW_ROWS {
            let Some(record) = records.next()? else {
                break;
            };
            if let Ok(cells) = record.cells {
                rows.push((record.line, cells));
            }
        }
        let header = header.iter().map(|cell| cell.trim().to_owned()).collect();
        Ok(Inspection {
            format,
            header,
            rows,
        })
    }

    fn open(
        &self,
        tenant: TenantId,
        id: ImportId,
        format: FileFormat,
        from_line: u64,
    ) -> Result<Box<dyn Records>, ImportFileError> {
        let file = self.open_file(tenant, id)?;
        let mut rows = Splitter::new(Decoded::new(file, format.encoding), format.separator);
        rows.skip_to(from_line)?;
        Ok(Box::new(FilledRows(rows)))
    }

    fn discard(&self, tenant: TenantId, id: ImportId) -> Result<(), ImportFileError> {
        match fs::remove_file(self.file_of(tenant, id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn write_new(path: &Path, content: &mut dyn Read, limit: u64) -> Result<u64, ImportFileError> {
    // `create_new` follows no link and overwrites nothing.
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    let written = io::copy(&mut content.take(limit.saturating_add(1)), &mut file)?;
    if written > limit {
        return Err(ImportFileError::TooLarge(limit));
    }
    file.sync_all()?;
    Ok(written)
}

fn format_of(prefix: &[u8], from: FileEncoding) -> FileFormat {
    let (text, _) = encoding(from).decode_with_bom_removal(prefix);
    FileFormat {
        encoding: from,
        separator: guess_separator(&text),
    }
}

/// Rows with something in them.
struct FilledRows(Splitter<File>);

impl Records for FilledRows {
    fn next(&mut self) -> Result<Option<Record>, ImportFileError> {
        loop {
            let record = self.0.next()?;
            let is_blank = record.as_ref().is_some_and(|record| match &record.cells {
                Ok(cells) => cells.iter().all(|cell| cell.trim().is_empty()),
                Err(_) => false,
            });
            if !is_blank {
                return Ok(record);
            }
        }
    }
}

#[cfg(test)]
mod tests;
