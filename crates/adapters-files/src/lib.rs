//! Lead tables as files: CSV in many encodings in, CSV and Excel out.
//!
//! In: [`UploadFolder`] keeps uploads under names of its own, tells their encoding and separator,
//! and reads them row by row. Out: [`SpreadsheetExport`]. Both work in constant memory, whatever
//! the size of the file and whatever is in it.

mod csv_sheet;
mod decode;
mod detect;
mod export;
mod separator;
mod split;
mod uploads;
mod workbook;

pub use export::SpreadsheetExport;
pub use uploads::UploadFolder;
