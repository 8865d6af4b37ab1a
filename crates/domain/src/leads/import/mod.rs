//! Importing tables of leads from files (CSV取り込み).
//!
//! An upload is kept and looked at ([`ImportFiles`]); its headings are guessed
//! ([`guess_mapping`]) and corrected by hand; then it is queued, and a worker carries it on chunk
//! by chunk ([`run_due_import`]). A chunk's leads, refusals and progress are one transaction of
//! [`ImportQueue`], so that a kill neither doubles nor loses a row. A faulty row is refused with
//! line, column and reason; the rows around it are kept.

mod files;
mod format;
mod guess;
mod headings;
mod mapping;
mod ports;
mod progress;
mod refusal;
mod row;
mod run;
mod value;

#[cfg(feature = "mocks")]
pub use files::MockImportFiles;
pub use files::{ImportFileError, ImportFiles, Inspection, Record, Records};
pub use format::{FileEncoding, FileFormat, Separator};
pub(in crate::leads) use guess::attribute_heading;
pub use guess::guess_mapping;
pub use mapping::{Column, ColumnMapping, MappingError, Target};
pub use ports::{Chunk, ClaimedImport, Commit, ImportQueue, ImportStore};
#[cfg(feature = "mocks")]
pub use ports::{MockImportQueue, MockImportStore};
pub use progress::{Import, ImportFailure, ImportStatus, NewImport, REFUSALS_MAX, shown_file_name};
pub use refusal::{Refusal, RefusalReason, VALUE_MAX};
pub use row::{Owners, Row, RowReader};
pub use run::{CHUNK_ROWS, run_due_import};
