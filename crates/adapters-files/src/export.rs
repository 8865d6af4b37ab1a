//! The export of tables.

use std::io::Write;

use domain::leads::{ExportError, ExportFormat, LeadExport, SheetWriter};

use crate::csv_sheet::CsvSheet;
use crate::workbook::WorkbookSheet;

/// Tables as CSV and as Excel workbooks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SpreadsheetExport;

impl LeadExport for SpreadsheetExport {
    fn begin<'a>(
        &self,
        format: ExportFormat,
        out: Box<dyn Write + Send + 'a>,
    ) -> Result<Box<dyn SheetWriter + 'a>, ExportError> {
        Ok(match format {
            ExportFormat::CsvUtf8 => Box::new(CsvSheet::utf8(out)?),
            ExportFormat::CsvCp932 => Box::new(CsvSheet::cp932(out)),
            ExportFormat::Xlsx => Box::new(WorkbookSheet::new(out)?),
        })
    }
}
