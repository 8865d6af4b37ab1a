//! Uploaded files of leads.

use std::io::Read;

use thiserror::Error;

use super::format::FileFormat;
use super::refusal::RefusalReason;
use crate::ids::{ImportId, TenantId};

/// Why an uploaded file cannot be taken.
#[derive(Debug, Error)]
pub enum ImportFileError {
    /// It is not there (any more).
    #[error("the uploaded file is gone; upload it again")]
    NotFound,
    /// It has no rows.
    #[error("the file is empty")]
    Empty,
    /// It is larger than this many bytes.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// It is an Excel workbook or another archive.
    #[error("the file is a workbook, not CSV; save it as CSV in the spreadsheet program")]
    Workbook,
    /// It is not text: a picture, a program ….
    #[error("the file is not text from line {line} on")]
    Binary {
        /// The physical line with the first byte that no text has.
        line: u64,
    },
    /// Its header cannot be read.
    #[error("the header on line {line} cannot be read: {}", reason.as_str())]
    Header {
        /// Where it starts.
        line: u64,
        /// What is wrong.
        reason: RefusalReason,
    },
    /// The disk failed.
    #[error("the uploaded file cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
}

/// A first look at a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// How it is probably read.
    pub format: FileFormat,
    /// The headings, tidied.
    pub header: Vec<String>,
    /// The first rows with the physical lines they start on; faulty ones are left out.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// One row as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The physical line it starts on.
    pub line: u64,
    /// The physical line after it.
    pub next_line: u64,
    /// Bytes of the file that are read, at least up to its end.
    pub bytes_read: u64,
    /// Its cells, or why it has none.
    pub cells: Result<Vec<String>, RefusalReason>,
}

/// The rows of a file, one after another.
pub trait Records {
    /// The next row; `None` after the last.
    ///
    /// # Errors
    /// `Io` where the file cannot be read on. A faulty row is no error.
    fn next(&mut self) -> Result<Option<Record>, ImportFileError>;
}

/// Uploaded files, kept under names of our own (V-31).
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ImportFiles: Send + Sync {
    /// Keeps an upload and returns its size. On an error nothing is kept.
    ///
    /// # Errors
    /// `TooLarge` as soon as more than `limit` bytes came, or `Io`.
    fn keep(
        &self,
        tenant: TenantId,
        id: ImportId,
        content: &mut dyn Read,
        limit: u64,
    ) -> Result<u64, ImportFileError>;

    /// Looks at the start of a file. Where `format` is given, it is read in that way.
    ///
    /// # Errors
    /// Every [`ImportFileError`] but `TooLarge`.
    fn inspect(
        &self,
        tenant: TenantId,
        id: ImportId,
        format: Option<FileFormat>,
    ) -> Result<Inspection, ImportFileError>;

    /// The rows of a file that start on `from_line` or after; that line must be the start of a
    /// row, as `Record::next_line` is. From line 1 on, the first is the header.
    ///
    /// # Errors
    /// `NotFound` or `Io`.
    fn open(
        &self,
        tenant: TenantId,
        id: ImportId,
        format: FileFormat,
        from_line: u64,
    ) -> Result<Box<dyn Records>, ImportFileError>;

    /// Removes a file; fine where it is gone already.
    ///
    /// # Errors
    /// `Io`.
    fn discard(&self, tenant: TenantId, id: ImportId) -> Result<(), ImportFileError>;
}
