//! Excel workbooks.

use std::io::{self, Seek, SeekFrom, Write};

use domain::leads::{ExportError, SheetWriter};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// Rows of a worksheet.
const ROWS_MAX: u32 = 1_048_576;
/// Longest text of a cell, in UTF-16 code units.
const CELL_MAX: usize = 32_767;

/// A workbook with one sheet. Rows go to a temporary file at once, so that memory stays flat.
/// Cells are strings, which no spreadsheet program runs, so that they need no apostrophe.
pub(crate) struct WorkbookSheet<'a> {
    workbook: Workbook,
    out: Box<dyn Write + Send + 'a>,
    rows: u32,
    heading: Format,
}

impl<'a> WorkbookSheet<'a> {
    pub(crate) fn new(out: Box<dyn Write + Send + 'a>) -> Result<Self, ExportError> {
        let mut workbook = Workbook::new();
        let sheet = workbook
            .add_worksheet_with_constant_memory()
            .map_err(write_error)?;
        sheet.set_name("leads").map_err(write_error)?;
        sheet.set_freeze_panes(1, 0).map_err(write_error)?;
        Ok(Self {
            workbook,
            out,
            rows: 0,
            heading: Format::new().set_bold(),
        })
    }
}

impl SheetWriter for WorkbookSheet<'_> {
    fn row(&mut self, cells: &[String]) -> Result<(), ExportError> {
        if self.rows == ROWS_MAX {
            return Err(ExportError::TooManyRows);
        }
        let sheet = self.workbook.worksheet_from_index(0).map_err(write_error)?;
        for (column, cell) in (0..).zip(cells) {
            if cell.is_empty() {
                continue;
            }
            let text = shortened(cell);
            let written = if self.rows == 0 {
                sheet.write_string_with_format(self.rows, column, text, &self.heading)
            } else {
                sheet.write_string(self.rows, column, text)
            };
            written.map_err(write_error)?;
        }
        self.rows += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        let mut file = tempfile::tempfile()?;
        self.workbook
            .save_to_writer(&mut file)
            .map_err(write_error)?;
        file.seek(SeekFrom::Start(0))?;
        io::copy(&mut file, &mut self.out)?;
        Ok(self.out.flush()?)
    }
}

fn shortened(cell: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= CELL_MAX
    };
    cell.chars().take_while(fits).collect()
}

fn write_error(error: XlsxError) -> ExportError {
    ExportError::Io(io::Error::other(error))
}
