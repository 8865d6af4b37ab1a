//! An import, and how far it is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::format::FileFormat;
use super::mapping::ColumnMapping;
use crate::ids::{ImportId, UserId};

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportStatus {
    /// The file is here; nobody has said yet what its columns mean.
    Uploaded,
    /// Waits for a worker.
    Queued,
    /// A worker is at it, or was when it was killed.
    Running,
    /// Every row was read.
    Completed,
    /// It cannot go on; the rows before are kept.
    Failed,
    /// A person stopped it; the rows before are kept.
    Cancelled,
}

/// Why an import could not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFailure {
    /// The uploaded file is gone.
    FileGone,
    /// The uploaded file cannot be read.
    FileUnreadable,
    /// More than [`REFUSALS_MAX`] rows were refused: the mapping or the file is wrong.
    TooManyRefusals,
}

/// After so many refused rows an import gives up.
pub const REFUSALS_MAX: u64 = 100_000;

/// One import of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Names the import.
    pub id: ImportId,
    /// The name that the file had at the person's; shown, never opened (V-31).
    pub file_name: String,
    /// How far it is.
    pub status: ImportStatus,
    /// How the file is read.
    pub format: FileFormat,
    /// What its columns mean.
    pub mapping: ColumnMapping,
    /// Size of the file.
    pub bytes_total: u64,
    /// How much of it is done.
    pub bytes_read: u64,
    /// The physical line to go on with; 1 before the first row.
    pub next_line: u64,
    /// Rows that made a lead.
    pub rows_created: u64,
    /// Rows that completed a lead.
    pub rows_updated: u64,
    /// Rows that were refused.
    pub rows_refused: u64,
    /// Why it failed.
    pub failure: Option<ImportFailure>,
    /// Who uploaded the file.
    pub created_by: Option<UserId>,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
    /// When a worker first took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended in whatever way.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A file that was uploaded.
#[derive(Clone, Debug, PartialEq)]
pub struct NewImport {
    /// Names the import and its file.
    pub id: ImportId,
    /// The name that the file had at the person's.
    pub file_name: String,
    /// How it is probably read.
    pub format: FileFormat,
    /// What its columns probably mean.
    pub mapping: ColumnMapping,
    /// Size of the file.
    pub bytes_total: u64,
    /// Who uploaded it.
    pub created_by: Option<UserId>,
}

impl ImportStatus {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Uploaded,
        Self::Queued,
        Self::Running,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The name in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

impl ImportFailure {
    /// The name in storage and in the keys of the interface's texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FileGone => "file_gone",
            Self::FileUnreadable => "file_unreadable",
            Self::TooManyRefusals => "too_many_refusals",
        }
    }

    /// The failure with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::FileGone, Self::FileUnreadable, Self::TooManyRefusals]
            .into_iter()
            .find(|one| one.as_str() == name)
    }
}

impl Import {
    /// How much of the file is done, in hundredths.
    #[must_use]
    pub fn percent(&self) -> u8 {
        if self.status == ImportStatus::Completed {
            return 100;
        }
        let percent = self.bytes_read.saturating_mul(100) / self.bytes_total.max(1);
        u8::try_from(percent.min(99)).unwrap_or(99)
    }
}

/// Longest file name that is kept, in characters.
const FILE_NAME_MAX: usize = 200;

/// The name of an uploaded file as it is shown: without folders, and without characters that
/// change how the text around it is read. It names nothing on our disk (V-31).
#[must_use]
pub fn shown_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    last.chars().filter(is_shown).take(FILE_NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_shown_without_what_could_mislead() {
        // V-31
        for (name, shown) in [
            ("名簿.csv", "名簿.csv"),
            ("../../x.csv", "x.csv"),
            ("C:\\fakepath\\x.csv", "x.csv"),
            ("x.csv\0.php", "x.csv.php"),
            ("gpj.\u{202E}exe", "gpj.exe"),
        ] {
            assert_eq!(shown_file_name(name), shown);
        }
    }
}
