//! How a spool is opened, and why it may not open.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Where a spool lies and how large it may get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpoolSettings {
    /// The folder, made when it is missing. No two processes share one.
    pub folder: PathBuf,
    /// The most that may wait in it. Bytes.
    pub limit: u64,
    /// A segment that would get larger is closed and the next one begun. Bytes.
    pub segment_bytes: u64,
}

impl SpoolSettings {
    /// What a segment holds unless told otherwise: small enough to give room back soon, large
    /// enough that a full spool is a few hundred files. Bytes.
    pub const SEGMENT_BYTES: u64 = 16 * 1024 * 1024;

    /// With segments of [`Self::SEGMENT_BYTES`].
    #[must_use]
    pub const fn new(folder: PathBuf, limit: u64) -> Self {
        Self {
            folder,
            limit,
            segment_bytes: Self::SEGMENT_BYTES,
        }
    }
}

/// Why a spool could not be opened. Nothing in the folder was lost.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has it.
    #[error(
        "the spool folder {} is in use by another process: stop that one, or set spool_dir to a \
         folder of its own for each process",
        .0.display()
    )]
    InUse(PathBuf),
    /// A file or folder cannot be made, read or locked.
    #[error(
        "the spool cannot use {}: {source}. Check the rights and the disk of the folder that \
         spool_dir names",
        .path.display()
    )]
    Unusable {
        /// Which.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl OpenError {
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Unusable { path, source }
    }
}
